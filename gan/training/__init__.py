"""The trainer process: what it does between two steps, what it draws, and how long it will take."""
