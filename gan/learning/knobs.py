"""What can be turned while a training goes on: the settings that a schedule does not know, too, and who is taught.

The settings with which a run began stay as they are; what was turned since then holds from its moment on, whatever a
schedule says, and belongs to the training's state.
"""

from collections.abc import Mapping
from enum import StrEnum

from gan.errors import ForgerError
from gan.learning import schedule
from gan.learning.config import SETTINGS, Config, configure

LESSONS = ("d_steps", "g_steps")
KNOBS = (*schedule.RATES, "real_label", "penalty_weight", "augment_probability", *LESSONS)


class Who(StrEnum):
    """Whose lesson a step is."""

    BOTH = "both"
    INSPECTOR = "inspector"
    FORGER = "forger"


def settings_now(config: Config, turned: Mapping[str, float], images_seen: int) -> dict[str, float]:
    """Every setting that may change, as it is after so many images."""
    fixed = {name: getattr(config, name) for name in KNOBS}
    return fixed | schedule.values(config, images_seen) | dict(turned)


def check_turn(config: Config, turned: Mapping[str, float], setting: str, value: float) -> float:
    """What the knob `setting` will be. Raises ForgerError where there is no such knob in this training, for a value
    beyond its bounds, and where nobody would be taught any more."""
    rule = SETTINGS.get(setting)
    if setting not in KNOBS or rule is None:
        raise ForgerError(f"{setting!r} cannot be turned while a training runs; what can: {', '.join(KNOBS)}.")
    # Augmentation that was off can be turned on; a penalty that the loss does not have cannot.
    if setting != "augment_probability" and not rule.has_a_say(config):
        raise ForgerError(f"{setting} has no say in this training: its loss or penalty does not ask for it.")
    if setting in LESSONS:
        if value != int(value) or not 0 <= value <= (rule.high or 0):
            raise ForgerError(f"The setting {setting} must be a whole number from 0 to {rule.high:g}, not {value:g}.")
        other = next(name for name in LESSONS if name != setting)
        if value == 0 and turned.get(other, getattr(config, other)) == 0:
            raise ForgerError("One of the two has to be taught: with no lesson for either nothing would happen.")
        return int(value)
    configure(config, **{setting: value})  # complains of what is out of bounds
    return float(value)


def lessons_of(who: Who, now: Mapping[str, float]) -> tuple[int, int]:
    """How many lessons the inspector and the forger have in a step."""
    if who == Who.INSPECTOR:
        return 1, 0
    if who == Who.FORGER:
        return 0, 1
    return int(now["d_steps"]), int(now["g_steps"])
