"""Generators that draw from seeds, and what can be done with what they draw."""
