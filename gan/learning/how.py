"""How a training was set up, in a line: the recipe that is nearest, and what is otherwise."""

from functools import lru_cache

from gan.learning.config import SETTINGS, Config
from gan.learning.recipes import RECIPES, recipes_for

# What was learned from, how large, how often it was looked at: not how.
OTHER = {
    "data", "task", "resolution", "start_from", "seed", "chance", "sample_count", "sample_every", "checkpoint_every",
    "log_every", "measure_every", "measure_count", "keep_checkpoints",
}  # fmt: skip


@lru_cache(maxsize=64)  # a page asks at every look
def how(config: Config) -> str:
    """Such as "classic, but batch size 32 (64)": in brackets what the recipe has."""
    changed = {name: _changes(config, name) for name in recipes_for(config.kind)}
    nearest = min(changed, key=lambda name: len(changed[name]))
    return ", but ".join(filter(None, [nearest, "; ".join(changed[nearest])]))


def _changes(config: Config, recipe: str) -> list[str]:
    theirs = Config(**RECIPES[recipe].settings)
    return [
        f"{name.replace('_', ' ')} {_said(getattr(config, name))} ({_said(getattr(theirs, name))})"
        for name, rule in SETTINGS.items()
        if name not in OTHER and rule.has_a_say(config) and getattr(config, name) != getattr(theirs, name)
    ]


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value) or "none"
