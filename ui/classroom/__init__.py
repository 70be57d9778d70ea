"""The lesson, the game against the inspector, and points."""
