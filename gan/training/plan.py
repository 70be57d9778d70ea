"""What a training that was asked for will be: its settings, from a preset or from what another one has learned."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gan.data import absolute_source
from gan.errors import ForgerError
from gan.learning.config import Config, configure
from gan.learning.recipes import preset
from gan.training.head_start import as_it_was_trained, begin, kimg_to_go

FIRST = "quick-look"  # the preset, where nobody says


@dataclass(frozen=True)
class Plan:
    """How a run is called that was given no name, its settings, and until how many `kimg` it goes."""

    name: str
    config: Config
    kimg: float


def plan(
    changes: Mapping[str, Any], named: str | None = None, recipe: str | None = None, sized_for: str = "cpu"
) -> Plan:
    """The settings of the preset `named`, by its own recipe or another, sized for a type of device, with `changes`.

    Without preset and recipe, those behind what `changes` say to start from, if they do. Raises ForgerError for what
    there is not, and where nobody says what to learn from.
    """
    start = changes.get("start_from")
    if start and named is recipe is None:
        config = begin(as_it_was_trained(start), changes)
        return Plan(f"from-{start.removeprefix('run:')}", _with_pictures(config), kimg_to_go(config))
    chosen = preset(named or FIRST).sized_for(sized_for)
    config = begin(chosen.config if recipe is None else chosen.follow(recipe), changes)
    return Plan(named or FIRST, _with_pictures(config), chosen.kimg)


def _with_pictures(config: Config) -> Config:
    """`config` with a place of the pictures that means the same from any folder."""
    if not config.data:
        raise ForgerError(f"The pictures that {config.start_from} learned from are not here: say what to learn from.")
    return configure(config, data=absolute_source(config.data))
