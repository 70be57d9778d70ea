"""A page that has nothing but a question."""

from ui import polls

polls.show(polls.Question("rate", "What comes?", ("more", "less"), 0, "So it is."))
