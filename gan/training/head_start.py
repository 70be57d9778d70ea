"""A training that begins with what another one has learned, at the same resolution or at half of it.

At twice the resolution, and with half the width, the networks have the same layers but for those next to the picture.
The plan of a face or a cat is known already, and only what the new pixels add starts from chance. That is growing
(Karras et al. 2018, arXiv 1710.10196) without its slow blending of old and new.
"""

from itertools import takewhile

from torch import Tensor, nn

from gan import runs
from gan.errors import ForgerError
from gan.learning.config import SETTINGS, Config
from gan.learning.kinds import kind_of
from gan.learning.setting import Fit
from gan.learning.trainer import Trainer
from gan.runs.checkpoint import read_checkpoint
from gan.runs.run import Run


def fitting_runs(config: Config) -> list[str]:
    """The names of the runs that a training by `config` can start from."""
    return [run.name for run in runs.list_runs() if run.checkpoints() and fits(config, run.config)]


def fits(mine: Config, theirs: Config) -> bool:
    """Whether networks by `theirs` have layers for those by `mine`."""
    scale = mine.resolution / theirs.resolution
    if mine.kind != theirs.kind or scale not in ((1, 2) if kind_of(mine).grows else (1,)):
        return False
    for name, setting in SETTINGS.items():
        ours, older = getattr(mine, name), getattr(theirs, name)
        if setting.has_a_say(mine) and (
            (setting.fit == Fit.SAME and ours != older) or (setting.fit == Fit.SCALED and ours * scale != older)
        ):
            return False
    return True


def find_head_start(config: Config) -> Run:
    """The run that `config` says to start from. Raises ForgerError where there is none that fits."""
    run = runs.find_run(config.start_from)
    if not run.checkpoints():
        raise ForgerError(f"The run {run.name!r} has no checkpoint yet to start from.")
    if not fits(config, run.config):
        raise ForgerError(
            f"The networks of {run.name!r} do not fit. Start from a run with the same networks and widths, or from one "
            "at half the resolution with twice the widths (not for a training that redraws)."
        )
    return run


def load_head_start(trainer: Trainer, run: Run) -> None:
    """Takes what `run` has learned, by its newest checkpoint, into the networks of `trainer`.

    Both generators begin as the averaged one, since the new average soon follows the trained one. Raises ForgerError
    where the checkpoint cannot be read.
    """
    try:
        state = read_checkpoint(run.checkpoints()[-1], trainer.device)["trainer"]
        for generator in (trainer.generator, trainer.average):
            _copy_by_name(generator, state["average"])
        _copy_from_the_end(trainer.discriminator, state["discriminator"])
    except Exception as error:  # torch names no type for a torn file
        raise ForgerError(f"The checkpoint of {run.name!r} cannot be read ({error}).") from error


def _copy_by_name(generator: nn.Module, weights: dict[str, Tensor]) -> None:
    """A generator begins at 4x4, so at twice the resolution its first layers have the same names."""
    for name, value in generator.state_dict().items():
        if name in weights and weights[name].shape == value.shape:
            value.copy_(weights[name])


def _copy_from_the_end(discriminator: nn.Module, weights: dict[str, Tensor]) -> None:
    """A discriminator ends at 4x4, so its last layers are the same, and are numbered otherwise."""
    pairs = zip(reversed(discriminator.state_dict().values()), reversed(weights.values()), strict=False)
    for mine, theirs in takewhile(lambda pair: pair[0].shape == pair[1].shape, pairs):
        mine.copy_(theirs)
