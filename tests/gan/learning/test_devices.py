"""A card without a card: all trainings run on the `meta` device, whose tensors have a shape and a place but no numbers.

`OneDevice` refuses what a card would refuse or have to be waited for. What only a card has (pinned memory, bfloat16)
is not reached here; the tests marked `cuda` are for that.
"""

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import relu

from gan.learning.config import Config, configure
from gan.learning.kinds import new_trainer
from gan.learning.losses import LOSSES
from gan.learning.penalties import PENALTIES, slope
from gan.learning.recipes import PRESETS, RECIPES
from gan.tasks import TASKS
from tests.gan.learning.one_device import CARD, CPU, OneDevice, WrongPlace, pictures_for

pytestmark = pytest.mark.usefixtures("fused_adam_anywhere")

TINY = {"width_g": 4, "width_d": 4}
SMALL = TINY | {"resolution": 32}


def train_on_the_card(config: Config, steps: int, state: dict[str, Any] | None = None) -> None:
    """Raises WrongPlace for all that `OneDevice` refuses and for a metric that is not on the card."""
    with OneDevice() as mode:
        trainer = new_trainer(config, pictures_for(config), CARD)
        if state is not None:
            trainer.load_state_dict(state)
        for _ in range(steps):
            measured = trainer.step()
            for name, value in measured.items():
                if not (isinstance(value, Tensor) and value.shape == () and value.device == CARD):
                    raise WrongPlace(f"The metric {name} is {value!r}.")
    assert mode.operations > 100 * steps  # so the mode did look


@lru_cache
def four_steps(config: Config) -> None:
    """One of them with a penalty. Presets that show the same recipe other pictures are one training."""
    train_on_the_card(configure(config, data="", penalty_every=4, **TINY), 4)


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_stays_on_its_device(recipe):
    four_steps(Config(**RECIPES[recipe].settings | {"data": ""}))


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_stays_on_its_device(preset):
    four_steps(configure(PRESETS[preset].config, data=""))


@pytest.mark.parametrize("task", TASKS)
def test_every_task_stays_on_its_device(task):
    four_steps(Config(**RECIPES["redraw"].settings | {"data": "", "task": task}))


@pytest.mark.parametrize("recipe", RECIPES)
def test_two_lessons_each_with_augmentation_and_penalties_stay_on_their_device(recipe):
    changes = {"augment_probability": 0.5, "d_steps": 2, "g_steps": 2, "penalty": "r1+r2", "penalty_every": 1}
    train_on_the_card(Config(**RECIPES[recipe].settings | SMALL | changes), 1)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_training_that_began_on_the_processor_goes_on_on_its_device(recipe):
    config = Config(**RECIPES[recipe].settings | SMALL)
    here = new_trainer(config, pictures_for(config), CPU)
    here.step()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*which is a no-op")  # its numbers go nowhere, as meant
        train_on_the_card(config, 1, here.state_dict())


@pytest.mark.parametrize(("loss", "penalty"), list(product(LOSSES, PENALTIES)))
def test_every_loss_with_every_penalty_stays_on_its_device(loss, penalty):
    """Without networks: those of a trainer are the same whatever the loss."""
    with OneDevice():
        weights = torch.ones(3, 8, 8, device=CARD, requires_grad=True)
        sides = [torch.ones(8, 3, 8, 8, device=CARD, requires_grad=wanted) for wanted in PENALTIES[penalty]]
        real, fake = ((pictures * weights).square().sum((1, 2, 3)) for pictures in sides)
        one = LOSSES[loss]
        losses = [*one.discriminator(real, fake, 0.9).values(), one.generator(fake, real)]
        if penalised := [pictures for pictures in sides if pictures.requires_grad]:
            losses.append(slope(torch.cat([real, fake]), penalised))
        torch.stack(losses).sum().backward()
        accuracy = (real > one.undecided(real, fake, 0.9)).float().mean()
    assert accuracy.device == weights.grad.device == CARD


def test_what_a_card_takes_is_let_through():
    with OneDevice() as mode:
        x = torch.rand(4, 3).to(CARD)
        here = torch.rand(4, generator=torch.Generator())
        assert float(here.max()) < 1 and len(here[here > 2]) == 0  # the CPU may read its own
        x = torch.where(x > 0.5, x, 0.0) * torch.tensor(2.0)
        x[x > 1] = 0.0
        x[[0, -1]] = 1.0
        x[:, 0].copy_(here)
    assert x.device == CARD and mode.operations > 5


# Faults as somebody might make them: which function of the project is at fault, and what it does instead.
def loss_with(**parts: Callable) -> tuple[str, Any]:
    return "gan.learning.trainer.LOSSES", LOSSES | {"hinge": replace(LOSSES["hinge"], **parts)}


def grey_by_weights_here(pictures: Tensor) -> Tensor:
    return (pictures * torch.tensor([0.3, 0.6, 0.1])[:, None, None]).sum(1, keepdim=True)


def mirrored_by_indices_here(pictures: Tensor, changes: Tensor) -> Tensor:
    return pictures[torch.arange(len(pictures)).flip(0)]


def darkened_by_a_mask_here(pictures: Tensor, changes: Tensor) -> Tensor:
    return torch.where(torch.rand(len(pictures), 1, 1, 1, generator=torch.Generator()) < 0.5, pictures, 0.0)


def drawn_there(pictures: Tensor, changes: Tensor) -> Tensor:
    noise = torch.empty(len(pictures), 1, 1, 1, device=pictures.device)
    return pictures + noise.uniform_(-0.5, 0.5, generator=torch.Generator())


def slopes_if_any(logits: Tensor, pictures: list[Tensor]) -> Tensor:
    return logits.mean().square() if logits.sum() > 0 else logits.sum()


FAULTS = {
    "a loss compares with labels here": loss_with(
        discriminator=lambda real, fake, label: {
            "loss_d_real": relu(torch.ones(len(real)) - real).mean(), "loss_d_fake": relu(1 + fake).mean(),
        },
    ),
    "a part of the loss is here": loss_with(
        discriminator=lambda real, fake, label: {"loss_d_real": (fake - real).mean(), "loss_d_fake": torch.zeros(())},
    ),
    "a loss looks at some verdicts only": loss_with(generator=lambda fake, real: fake[fake < 1].sum()),
    "a verdict is fetched": loss_with(undecided=lambda real, fake, label: real.mean().cpu()),
    "a penalty looks whether it counts": ("gan.learning.trainer.slope", slopes_if_any),
    "augmentation leaves its mask here": ("gan.learning.augment.cutout", darkened_by_a_mask_here),
    "augmentation leaves its indices here": ("gan.learning.augment.translation", mirrored_by_indices_here),
    "augmentation draws there by chance from here": ("gan.learning.augment.colour", drawn_there),
    "a task multiplies by weights here": ("gan.tasks.reduced.luminance", grey_by_weights_here),
    "a metric is read": (
        "torch.nn.utils.get_total_norm", lambda gradients: sum(one.square().sum().item() for one in gradients) ** 0.5,
    ),
    "a metric is left here": ("torch.nn.utils.get_total_norm", lambda gradients: torch.zeros(())),
    "a metric is a list": ("torch.nn.utils.get_total_norm", lambda gradients: gradients[0].flatten().tolist()),
    "lessons are not sent": ("gan.device.send_together", lambda tensors, device: list(tensors)),
}  # fmt: skip


LIABLE = Config(**SMALL, loss="hinge", penalty="r1", penalty_every=1, augment_probability=0.5)
LIABLE_TASK = Config(**RECIPES["redraw"].settings | SMALL | {"task": "grey"})


@pytest.mark.parametrize("config", [LIABLE, LIABLE_TASK], ids=["latents", "pictures"])
def test_without_a_planted_fault_none_is_found(config):
    train_on_the_card(config, 1)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault, monkeypatch):
    """Each is harmless on the processor, where no other test would notice it."""
    config = LIABLE_TASK if "task" in fault else LIABLE
    monkeypatch.setattr(*FAULTS[fault])
    new_trainer(config, pictures_for(config), CPU).step()
    with pytest.raises(WrongPlace):
        train_on_the_card(config, 1)
