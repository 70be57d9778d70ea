"""How a training was set up, in a line: the recipe that is nearest, and what is otherwise. And how two differ."""

from collections.abc import Collection, Mapping
from functools import lru_cache

from gan.learning.config import SETTINGS, Config
from gan.learning.recipes import RECIPES, recipes_for

# How often it was looked at, and how closely: nothing is learned by that.
LOOKS = {
    "sample_count", "sample_every", "checkpoint_every", "log_every", "measure_every", "measure_count",
    "keep_checkpoints",
}  # fmt: skip
# Besides, what was learned from, how large, and from where: not how.
OTHER = LOOKS | {
    "data", "framing", "ground", "leave_out", "splitting", "task", "resolution", "start_from", "seed", "chance",
}  # fmt: skip


@lru_cache(maxsize=64)  # a page asks at every look
def how(config: Config) -> str:
    """Such as "classic, but batch size 32 (64)": in brackets what the recipe has."""
    changed = {name: _changes(config, name) for name in recipes_for(config.kind)}
    nearest = min(changed, key=lambda name: len(changed[name]))
    return ", but ".join(filter(None, [nearest, "; ".join(changed[nearest])]))


def differences(mine: Config, theirs: Config, apart_from: Collection[str] = ()) -> list[tuple[str, str, str]]:
    """Every setting that has a say and is not the same in two trainings, in words: its name, then either's value,
    "none" where it has no say there. How often they were looked at is no difference."""
    found = []
    for name, rule in SETTINGS.items():
        values = getattr(mine, name), getattr(theirs, name)
        says = rule.has_a_say(mine), rule.has_a_say(theirs)
        if name not in LOOKS and name not in apart_from and any(says) and values[0] != values[1]:
            here, there = (said(value) if has else "none" for value, has in zip(values, says, strict=True))
            found.append((name.replace("_", " "), here, there))
    return found


def listed(settings: Mapping[str, object]) -> str:
    """Such as "batch size 32; flips off"."""
    return "; ".join(f"{name.replace('_', ' ')} {said(value)}" for name, value in settings.items())


def _changes(config: Config, recipe: str) -> list[str]:
    theirs = Config(**RECIPES[recipe].settings)
    return [
        f"{name.replace('_', ' ')} {said(getattr(config, name))} ({said(getattr(theirs, name))})"
        for name, rule in SETTINGS.items()
        if name not in OTHER and rule.has_a_say(config) and getattr(config, name) != getattr(theirs, name)
    ]


def said(value: object) -> str:
    """A setting's value in words."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value) or "none"
