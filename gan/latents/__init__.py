"""The random numbers that a forger draws from: of a seed, and on the way between two."""
