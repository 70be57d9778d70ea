"""One step of training and its settings: no files, no clock."""
