"""Pictures as arrays: side by side, as files, as films, and as tensors."""
