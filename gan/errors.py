"""The one exception that a page or the command line shows to a person as it stands."""


class ForgerError(Exception):
    """A wrong request or bad input, said in one plain sentence."""
