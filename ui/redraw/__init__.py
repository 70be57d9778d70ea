"""Bringing a picture, and what becomes of it."""
