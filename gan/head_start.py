"""A training that begins with what another one has learned, at the same resolution or at half of it.

At twice the resolution all layers fit but those next to the picture, if the width is half: the plan of a face or a cat
is known already, and only what the new pixels add starts from chance. That is growing (Karras et al. 2018, arXiv
1710.10196) without its slow blending of old and new.
"""

from itertools import takewhile

import torch
from torch import Tensor, nn

from gan import runs
from gan.config import Config
from gan.errors import ForgerError
from gan.run import Run
from gan.trainer import Trainer


def fitting_runs(config: Config) -> list[str]:
    """The names of the runs that a training by `config` can start from."""
    return [run.name for run in runs.list_runs() if run.checkpoints() and _fits(config, run.config)]


def _fits(mine: Config, theirs: Config) -> bool:
    same = ("generator", "discriminator", "latent_size", "latent_distribution")
    if any(getattr(mine, name) != getattr(theirs, name) for name in same):
        return False
    scale = mine.resolution // theirs.resolution
    widths = (theirs.width_g, theirs.width_d)
    return scale in (1, 2) and (mine.width_g * scale, mine.width_d * scale) == widths


def load_head_start(trainer: Trainer, run: Run) -> None:
    """Takes the networks' weights from the newest checkpoint of `run` into `trainer`, as far as they fit.

    Raises ForgerError where there is none that can be read, or where nothing fits.
    """
    checkpoints = run.checkpoints()
    if not checkpoints:
        raise ForgerError(f"The run {run.name!r} has no checkpoint yet to start from.")
    try:
        state = torch.load(checkpoints[-1], map_location=trainer.device, weights_only=True)["trainer"]
        fitted = [
            copy_fitting(trainer.generator, state["generator"]),
            copy_fitting(trainer.average, state["average"]),
            copy_fitting(trainer.discriminator, state["discriminator"], backwards=True),
        ]
    except Exception as error:  # torch names no type for a torn file
        raise ForgerError(f"The checkpoint of {run.name!r} cannot be read ({error}).") from error
    if not all(fitted):
        raise ForgerError(
            f"Nothing of {run.name!r} fits these networks. Start from a run with the same networks and widths, or from "
            "one at half the resolution with twice the widths."
        )


def copy_fitting(network: nn.Module, weights: dict[str, Tensor], backwards: bool = False) -> int:
    """Copies `weights` into `network`, tensor by tensor while their shapes agree. Returns how many did.

    In order for a generator, which begins at 4x4; `backwards` for a discriminator, which ends there.
    """
    own, other = list(network.state_dict().values()), list(weights.values())
    if backwards:
        own, other = own[::-1], other[::-1]
    fitting = list(takewhile(lambda pair: pair[0].shape == pair[1].shape, zip(own, other, strict=False)))
    for mine, theirs in fitting:
        mine.copy_(theirs)
    return len(fitting)
