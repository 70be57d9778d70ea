"""A person's own pictures, a folder or a ZIP of them: found, looked through, read, paired, and what is said of them."""
