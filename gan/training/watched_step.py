"""A step taken apart: what the inspector thought before and after it, and which network moved how far."""

import copy

import torch
from torch import Tensor, nn

from gan.learning.knobs import Who
from gan.learning.trainer import Trainer
from gan.pictures.files import jpeg_bytes
from gan.pictures.sheet import grid
from gan.pictures.tensors import to_uint8
from gan.runs.lesson import Lesson

SHOWN = 8  # pictures; all of the batch are judged, since some verdicts hang on the whole of it


def watched_step(trainer: Trainer, who: Who) -> tuple[dict[str, Tensor], Lesson, bytes]:
    """One step of `trainer`, exactly as it would be taken unwatched: what it measured, what it did, and a JPEG file
    with two rows of forgeries from the same latents (or sources), before and after."""
    before = _Moment(trainer)
    real, given = trainer.next_pictures()
    forged = before.forge(given)
    verdicts = before.judge(real, given), before.judge(forged, given)
    measured = trainer.step(who)
    after = _Moment(trainer)
    again = after.forge(given)
    lesson = Lesson(
        images_seen=trainer.images_seen,
        who=who,
        real_before=_numbers(verdicts[0]),
        forged_before=_numbers(verdicts[1]),
        real_after=_numbers(after.judge(real, given)),
        forged_after=_numbers(after.judge(forged, given)),
        again=_numbers(after.judge(again, given)),
        moved_d=_way(before.discriminator, after.discriminator),
        moved_g=_way(before.generator, after.generator),
    )
    pictures = to_uint8(torch.cat([forged[:SHOWN], again[:SHOWN]]))
    return measured, lesson, jpeg_bytes(grid(pictures, columns=min(SHOWN, len(forged))))


class _Moment:
    """Copies of both networks as they are now: looking through them teaches the real ones nothing."""

    def __init__(self, trainer: Trainer):
        self.trainer = trainer
        self.generator = copy.deepcopy(trainer.generator)
        self.discriminator = copy.deepcopy(trainer.discriminator)

    @torch.no_grad()
    def forge(self, given: Tensor) -> Tensor:
        return self.generator(given).float()

    @torch.no_grad()
    def judge(self, pictures: Tensor, given: Tensor) -> Tensor:
        """One verdict for each picture (N,): the mean, where it judges patches."""
        return self.discriminator(self.trainer.exhibits(pictures, given)).float().view(len(pictures), -1).mean(1)


def _numbers(logits: Tensor) -> list[float]:
    return [round(value, 3) for value in logits[:SHOWN].tolist()]


def _way(before: nn.Module, after: nn.Module) -> float:
    """How far the weights went, as a part of how long they are."""
    old, new = (torch.cat([one.detach().flatten() for one in network.parameters()]) for network in (before, after))
    return float((new - old).norm() / old.norm().clamp(min=1e-12))
