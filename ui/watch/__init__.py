"""A run on the screen: how it stands, what it draws, what was, and what its owner can do with it."""
