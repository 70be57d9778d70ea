"""How good, how varied and how much copied generated pictures are, as numbers."""
