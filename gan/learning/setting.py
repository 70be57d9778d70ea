"""What is known of one setting beside its default: all decisions about it in one place.

The form, the command line, the estimate, a head start and a resume read it here.
"""

from collections.abc import Callable, Collection
from dataclasses import Field, dataclass, field
from enum import Enum, auto
from typing import Any


class Cost(Enum):
    """What a setting has to do with how long a step and a sample grid take."""

    TIME = auto()  # another value, another pace
    SWITCH = auto()  # whether it is 0 matters, how much more than that does not
    NOTHING = auto()


class Fit(Enum):
    """What a setting must be for a training to start from another one's networks."""

    ANY = auto()
    SAME = auto()
    SCALED = auto()  # twice as much at half the resolution


MISSING: Any = object()
KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


@dataclass(frozen=True)
class Setting:
    """The rules of one setting. `has_a_say` and computed `choices` are given the whole `Config`."""

    type: type
    default: Any
    help: str
    low: float | None = None
    high: float | None = None
    choices: Collection[str] | Callable[[Any], Collection[str]] = ()
    # What runs from before there was this setting were trained with.
    older: Any = MISSING
    # What is wrong with a value, given the whole `Config`, where no bound and no list can say it.
    complain: Callable[[Any, Any], str | None] = lambda value, config: None
    cost: Cost = Cost.TIME
    fit: Fit = Fit.ANY
    has_a_say: Callable[[Any], bool] = lambda config: True
    # Where the page has a place of its own for it, it is not in the list of all settings.
    listed: bool = True
    # Where the page has a switch for it: the least value while that is on. Off is 0.
    least_on: float | None = None

    def choices_for(self, config: Any) -> Collection[str]:
        """What it may be, as the other settings of `config` are; empty where there is no such list."""
        return self.choices(config) if callable(self.choices) else self.choices

    def check(self, name: str, value: Any, config: Any) -> str | None:
        """Why `value` cannot be; None where it can."""
        if type(value) is not self.type:  # a bool is an int, but no number of pictures
            return f"The setting {name} must be {KINDS[self.type]}, not {value!r}."
        choices = self.choices_for(config)
        if choices and value not in choices:
            allowed = ", ".join(str(choice) for choice in choices if choice != "")
            allowed += ", or empty" if "" in choices else ""
            return f"The setting {name} must be one of {allowed}, not {value!r}."
        number: Any = value
        if self.low is not None and self.high is not None and not self.low <= number <= self.high:
            return f"The setting {name} must lie between {self.low:g} and {self.high:g}, not {value!r}."
        return self.complain(value, config)


def setting(default: Any, help: str, low: float | None = None, high: float | None = None, **rules: Any) -> Any:
    """A dataclass field with the rules of a `Setting`."""
    return field(default=default, metadata={"setting": Setting(type(default), default, help, low, high, **rules)})


def rules(item: Field) -> Setting:
    """The rules of a field made by `setting`."""
    return item.metadata["setting"]
