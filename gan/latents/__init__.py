"""The random numbers that a forger draws from: of a seed, pulled to the mean, and on the way between two."""
