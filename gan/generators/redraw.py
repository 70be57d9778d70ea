"""A picture goes in, a new one comes out: from any picture to what a trained generator makes of it."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from gan.device import full_precision
from gan.errors import ForgerError
from gan.generators import TrainedGenerator, load_discriminator, load_generator
from gan.generators.canvas import Canvas, canvas_for
from gan.learning.config import Config
from gan.networks import PICTURES
from gan.networks.contract import EncoderDecoder, PatchJudge
from gan.pictures.tensors import to_tensor, to_uint8
from gan.tasks import TASKS, Task
from gan.tasks.held_out import fixed_chance


@dataclass(frozen=True, eq=False)
class Redrawn:
    """What came out, and what the encoder made of the source on the way."""

    result: np.ndarray  # (H, W, 3) uint8, of the source's shape
    stages: list[np.ndarray]  # the encoder's feature maps (C, h, w) float32, from the picture in; the last: bottleneck


class Redrawer:
    """A trained generator of `model`, ready to redraw.

    `images_seen` chooses one of the model's `moments`. Raises ForgerError for a generator that draws from latents, and
    for weights that are broken.
    """

    def __init__(self, model: TrainedGenerator, device: torch.device | None = None, images_seen: int | None = None):
        if model.kind != PICTURES:
            raise ForgerError(f"The generator {model.name!r} draws from seeds; it cannot redraw a picture.")
        self.config: Config = model.config
        self.generator = load_generator(model, device, images_seen)

    @property
    def task(self) -> Task:
        return TASKS[self.config.task]

    def canvas(self, picture: np.ndarray) -> Canvas:
        """How a picture (H, W, 3) lies in what goes into the network; a square fills it, (R, R)."""
        return canvas_for(picture, self.config.resolution)

    def source(self, picture: np.ndarray, finished: bool = False) -> np.ndarray:
        """What goes into the network for a picture (H, W, 3) uint8: on its canvas, and made a sketch, grey, ...

        A `finished` picture is such a source already, as a drawing by hand is, and as every one is where pairs were
        collected, and is only shrunk and, if drawn, rid of the paper's shadows. Returns uint8 as large as all of the
        canvas, (R, R, 3) for a square.
        """
        x = to_tensor(self.canvas(picture).lay(picture)[None])
        if finished or self.task.collected:
            return to_uint8(self.task.clean(x))[0]
        numbers = self.task.numbers(fixed_chance(self.config.chance).draws("pairs", range(1)))
        return to_uint8(self.task.sources(x, numbers))[0]

    def target(self, picture: np.ndarray) -> np.ndarray | None:
        """What training would have asked for, for a square picture (n, n, 3) uint8: (R, R, 3) uint8. None where pairs
        were collected: that one's partner nobody knows."""
        if self.task.collected:
            return None
        x = to_tensor(shrink(picture, self.config.resolution)[None])
        return to_uint8(self.task.targets(x))[0]

    def redraw(self, source: np.ndarray) -> Redrawn:
        """What the generator makes of a source, uint8 (R, R, 3) or as large as a canvas."""
        return self.redraw_all(source[None])[0]

    def redraw_all(self, sources: np.ndarray) -> list[Redrawn]:
        """What it makes of each of several sources (N, H, W, 3) uint8: together they take less time than one by one."""
        generator, x = self.generator, _send(sources, self.generator)
        assert isinstance(generator, EncoderDecoder)
        with torch.inference_mode(), full_precision():
            stages = generator.encode(x)
            made = generator.decode(x, stages)
        pictures, maps = to_uint8(made), [_numbers(stage) for stage in stages]
        return [Redrawn(pictures[i], [stage[i] for stage in maps]) for i in range(len(pictures))]


class Inspector:
    """The network that judged a generator, as it was at the end of its training; see `inspector_of`."""

    def __init__(self, discriminator: nn.Module):
        self.discriminator = discriminator

    def verdicts(self, source: np.ndarray, result: np.ndarray, target: np.ndarray | None = None) -> np.ndarray:
        """How sure it is of each patch of a result, from 0 (forged) to 1 (real): (8, 8) float32.

        A relativistic inspector only says which of two is the more real. So each patch is held against the same patch
        of the target or, where there is none, against the rest of the picture. Pictures are (R, R, 3) uint8.
        """
        logits = self._patches(source, result)
        usual = logits.mean() if target is None else self._patches(source, target)
        return _numbers((logits - usual).sigmoid())[0]

    def _patches(self, source: np.ndarray, picture: np.ndarray) -> Tensor:
        discriminator = self.discriminator
        assert isinstance(discriminator, PatchJudge)
        with torch.inference_mode(), full_precision():
            return discriminator.patches(torch.cat([_send(one[None], discriminator) for one in (picture, source)], 1))


def inspector_of(model: TrainedGenerator, device: torch.device | None = None) -> Inspector | None:
    """The inspector of `model`, None where it was not kept. Raises ForgerError for weights that are broken."""
    discriminator = load_discriminator(model, device)
    return None if discriminator is None else Inspector(discriminator)


def shrink(picture: np.ndarray, resolution: int) -> np.ndarray:
    """A square picture (n, n, 3) uint8 as (resolution, resolution, 3), with anti-aliasing."""
    if picture.shape[:2] == (resolution, resolution):
        return picture
    return np.array(Image.fromarray(picture).resize((resolution, resolution), Image.Resampling.LANCZOS))


def with_opacity(picture: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """A picture (H, W, 3) uint8 as see-through as another of its shape, whose opacity is (H', W') uint8: (H, W, 4)."""
    height, width = picture.shape[:2]
    resized = Image.fromarray(alpha).resize((width, height), Image.Resampling.BILINEAR)  # others overshoot at edges
    return np.dstack([picture, np.asarray(resized)])


def _send(pictures: np.ndarray, network: nn.Module) -> Tensor:
    return to_tensor(pictures).to(next(network.parameters()).device)


def _numbers(batch: Tensor) -> np.ndarray:
    return batch.float().cpu().numpy()
