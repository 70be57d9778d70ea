"""Leave to change something. A function that changes what others see takes a `Permit`, so that a button which forgets
to ask who presses it fails at once."""

_SEAL = object()


class Permit:
    """Leave to change runs, generators and data, and in whose name: "the command line", "the Train page"."""

    def __init__(self, holder: str, seal: object):
        if seal is not _SEAL:
            raise TypeError("Permits come from gan.permits.issue.")
        self.holder = holder


def issue(holder: str) -> Permit:
    """A permit. For commands and programs, whose user owns the machine, and for `ui.roles`, which asks who wants it."""
    return Permit(holder, _SEAL)


def check(permit: Permit) -> None:
    """Raises TypeError for anything but a permit: a mistake in the program."""
    if not isinstance(permit, Permit):
        raise TypeError(f"A permit is needed, not {permit!r}.")
