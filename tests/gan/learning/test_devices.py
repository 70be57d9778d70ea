"""A card without a card: all trainings run on the `meta` device, whose tensors have a shape and a place but no numbers.

`OneDevice` refuses what a card would refuse or have to be waited for. What only a card has (pinned memory, bfloat16)
is not reached here; the tests marked `cuda` are for that.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import relu
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from gan import device as devices
from gan.learning.config import Config, configure
from gan.learning.kinds import new_trainer
from gan.learning.losses import LOSSES
from gan.learning.penalties import PENALTIES, slope
from gan.learning.recipes import PRESETS, RECIPES
from gan.tasks import TASKS

CPU, CARD = torch.device("cpu"), torch.device("meta")
aten = torch.ops.aten

COPIES = {aten._to_copy, aten.copy_, aten.copy}
# These take a number on the CPU as well as pointwise operations do.
TAKES_A_NUMBER = {aten.masked_fill, aten.masked_fill_, aten.index_put, aten.index_put_}
WRITES_BY_INDEX = {aten.index_put, aten.index_put_}


class WrongPlace(AssertionError):
    """Something lies where it should not, or is fetched from there."""


class Made(TorchFunctionMode):
    """Adds to `sent` what `TorchDispatchMode` does not see being copied: a tensor made there of Python's numbers, which
    the index in `x[[0, -1]]` is as well."""

    def __init__(self, sent: list[tuple[int, ...]]):
        super().__init__()
        self.sent = sent

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **kwargs or {})
        if function is torch.tensor and result.device == CARD:
            self.sent.append(tuple(result.shape))
        if function in (Tensor.__getitem__, Tensor.__setitem__) and args[0].device == CARD:
            index = args[1] if isinstance(args[1], tuple) else (args[1],)
            self.sent += [(len(part),) for part in index if isinstance(part, list | range | np.ndarray)]
        return result


class OneDevice(TorchDispatchMode):
    """Within it, an operation is refused (`WrongPlace`)

    - whose tensors lie on two devices, index tensors too, for which a card would have to be waited for. A copy from
      here to the card may. So may a CPU tensor () in what is done number by number: a card is handed it with the call,
      and PyTorch itself makes one of the number in `torch.where(mask, x, 0.0)`;
    - that reads a number of the card's here (`.item()`, `.cpu()`, `if tensor:`), or whose result's shape depends on
      the numbers (boolean masks, `nonzero`): until the card has worked it out, Python stands still;
    - that draws by a CPU generator on the card, which torch refuses there.

    `operations` counts those that were done on the card, `sent` holds the shapes of what was copied there from here.
    """

    def __init__(self):
        super().__init__()
        self.operations = 0
        self.sent: list[tuple[int, ...]] = []
        self.made = Made(self.sent)

    def __enter__(self):
        self.made.__enter__()
        return super().__enter__()

    def __exit__(self, *error):
        super().__exit__(*error)
        self.made.__exit__(*error)

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        given = list(leaves((args, kwargs)))
        tensors = [value for value in given if isinstance(value, Tensor)]
        if any(tensor.device == CARD for tensor in tensors):
            self.operations += 1
            if operation.overloadpacket in COPIES:
                self._check_copy(operation, args, kwargs)
            else:
                self._check_places(operation, tensors)
                self._check_reading(operation, args, kwargs)
        result = operation(*args, **kwargs)
        if operation.overloadpacket in COPIES and result.device == CARD:
            source = args[0] if operation.overloadpacket is aten._to_copy else args[1]
            if source.device != CARD:
                self.sent.append(tuple(source.shape))
        chance = [value.device for value in given if isinstance(value, torch.Generator)]
        made = [value.device for value in leaves(result) if isinstance(value, Tensor)]
        if chance and set(chance) != set(made):
            raise WrongPlace(f"{operation} draws on {made} by a generator on {chance}.")
        return result

    @staticmethod
    def _check_copy(operation: Any, args: tuple, kwargs: dict[str, Any]) -> None:
        there = args[0].device if operation.overloadpacket is not aten._to_copy else kwargs.get("device") or CARD
        if there != CARD:
            raise WrongPlace(f"{operation} fetches a tensor {tuple(args[0].shape)}.")

    @staticmethod
    def _check_places(operation: Any, tensors: list[Tensor]) -> None:
        numbers_may_be_here = torch.Tag.pointwise in operation.tags or operation.overloadpacket in TAKES_A_NUMBER
        changed = tensors[0] if operation._schema.is_mutable else None
        strangers = [
            tensor for tensor in tensors
            if tensor.device != CARD and (tensor is changed or tensor.dim() > 0 or not numbers_may_be_here)
        ]  # fmt: skip
        if strangers:
            raise WrongPlace(f"{operation} is given {[(str(one.device), tuple(one.shape)) for one in tensors]}.")

    @staticmethod
    def _check_reading(operation: Any, args: tuple, kwargs: dict[str, Any]) -> None:
        depends = {torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape} & set(operation.tags)
        if operation.overloadpacket is aten.index or operation.overloadpacket in WRITES_BY_INDEX:
            # By numbers any shape is known beforehand; `pictures[mask] = 0.0` is filling, which needs no shape.
            fills = operation.overloadpacket in WRITES_BY_INDEX and args[2].dim() == 0
            depends = not fills and any(index.dtype in (torch.bool, torch.uint8) for index in leaves(args[1]))
        if depends:
            raise WrongPlace(f"{operation} waits for numbers of the card.")


def leaves(value: Any) -> Iterator[Any]:
    """Everything but None inside nested dictionaries, lists and tuples."""
    if isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item)
    elif value is not None:
        yield value


@pytest.fixture(autouse=True)
def fused_adam_anywhere(monkeypatch):
    """PyTorch can say what fused Adam does on `meta`, but has it on no list of devices that have it."""
    optimizer = import_module("torch.optim.optimizer")  # torch.optim hides it
    monkeypatch.setattr(optimizer, "_get_fused_kernels_supported_devices", lambda: ["cpu", "cuda", "meta"])


TINY = {"width_g": 4, "width_d": 4}
SMALL = TINY | {"resolution": 32}


def pictures_for(config: Config) -> np.ndarray:
    return np.zeros((22, config.resolution, config.resolution, 3), np.uint8)


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


AT_ONCE = {
    "classic": RECIPES["classic"].settings,
    "modern": RECIPES["modern"].settings,
    "falling rates": RECIPES["modern"].settings | {"schedule": "learning_rate settles after 50; beta2 to 0.9 over 20"},
    "modern from streams": RECIPES["modern"].settings | {"chance": "streams"},
    "redraw from streams": RECIPES["redraw"].settings | {"chance": "streams"},
    **{f"redraw: {task}": RECIPES["redraw"].settings | {"task": task} for task in TASKS},
}


@pytest.mark.parametrize("settings", AT_ONCE.values(), ids=AT_ONCE)
def test_all_that_a_step_needs_goes_to_the_card_at_once(settings):
    """Constants may be sent once, before or with the first step."""
    most = {"augment_probability": 0.5, "penalty": "r1+r2", "penalty_every": 1, "d_steps": 2, "g_steps": 2}
    config = Config(**settings | SMALL | most)
    with OneDevice() as mode:
        trainer = new_trainer(config, pictures_for(config), CARD)
        trainer.step()
        mode.sent.clear()
        trainer.step()
    assert len(mode.sent) == 1, mode.sent


def test_all_ways_to_send_something_are_counted():
    ways = {
        "to": lambda: torch.ones(2).to(CARD),
        "copy_": lambda: torch.ones(2, device=CARD).copy_(torch.ones(2)),
        "tensor": lambda: torch.tensor([1.0, 2.0], device=CARD),
        "of an array": lambda: torch.as_tensor(np.ones(2), device=CARD),
        "get by a list": lambda: torch.ones(4, device=CARD)[[0, 2]],
        "set by a list": lambda: torch.ones(4, 4, device=CARD).__setitem__((slice(None), [0, 2]), 1.0),
    }
    nothing = {
        "get": lambda: torch.ones(4, device=CARD)[1::2],
        "set": lambda: torch.ones(4, device=CARD).__setitem__(0, 1.0),
        "full": lambda: torch.full((2,), 3.0, device=CARD),
        "where": lambda: torch.where(torch.ones(4, device=CARD) > 0, 1.0, 0.0),
    }
    sent = {}
    for name, act in (ways | nothing).items():
        with OneDevice() as mode:
            act()
        sent[name] = mode.sent
    assert sent == {name: [(2,)] for name in ways} | {name: [] for name in nothing}


@pytest.mark.parametrize("device", [CPU, CARD], ids=str)
def test_what_is_sent_together_arrives_as_it_was(device):
    tensors = [
        torch.rand(3, 5) < 0.5, torch.rand(7), torch.arange(10).to(torch.uint8).view(2, 5, 1), torch.arange(4),
        torch.rand(0, 4), torch.rand(()), torch.rand(2, 3, 4).permute(2, 0, 1), torch.rand(3, dtype=torch.float64),
    ]  # fmt: skip
    there = devices.send_together(tensors, device)
    assert [(one.shape, one.dtype, one.device.type) for one in there] == [
        (one.shape, one.dtype, device.type) for one in tensors
    ]
    if device == CPU:
        assert all(torch.equal(one, other) for one, other in zip(tensors, there, strict=True))


def test_packed_numbers_are_those_that_were_packed(monkeypatch):
    """As on a card, with this machine's memory as the card's."""
    tensors = [
        torch.rand(3, 5) < 0.5,
        torch.rand(7),
        torch.rand(2, 3, 4).permute(2, 0, 1),
        torch.arange(4),
        torch.rand(()),
    ]
    monkeypatch.setattr(Tensor, "to", lambda packed, device, non_blocking: packed.clone())
    there = devices.send_together(tensors, CARD)
    assert all(torch.equal(one, other) for one, other in zip(tensors, there, strict=True))
    assert all(one.data_ptr() % one.element_size() == 0 for one in there)


def test_a_constant_is_sent_once_and_a_training_can_use_what_a_page_asked_for_first():
    devices.constant.cache_clear()
    with OneDevice() as mode, torch.inference_mode():
        first = devices.constant((0.25, 0.5), CARD)
        assert devices.constant((0.25, 0.5), CARD) is first
    assert len(mode.sent) <= 1
    here = torch.ones(2, requires_grad=True)
    with torch.inference_mode():
        weights = devices.constant((0.25, 0.5), CPU)
    (here * weights).sum().backward()
    assert here.grad.tolist() == [0.25, 0.5]


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
