"""What training and the pages need of a network, whoever wrote it. All of them are `torch.nn.Module`s besides.

A network from latents is called with latents (N, latent_size) and gives pictures (N, 3, R, R) in [-1, 1]; that needs
no protocol. The inspector of either kind is a `Judge`, the forger that redraws an `EncoderDecoder`, and its inspector
both a `Judge` and a `PatchJudge`.
"""

from typing import Protocol, runtime_checkable

from torch import Tensor


@runtime_checkable
class Judge(Protocol):
    """Pictures (N, 3, R, R), or pairs (N, 6, R, R), to logits (N * verdicts,): above 0 means "I think it is real"."""

    # How many pictures on end have verdicts that depend on each other: 1 where each is judged by itself, None where all
    # of a batch hang together. Whole groups of real and of forged pictures may share one pass.
    group: int | None

    def forward(self, pictures: Tensor) -> Tensor: ...


@runtime_checkable
class EncoderDecoder(Protocol):
    """Sources (N, 3, R, R) to pictures of that shape, in two halves that can be looked between."""

    def encode(self, sources: Tensor) -> list[Tensor]:
        """What the encoder makes of sources, stage by stage (N, C, s, s); the last is the bottleneck."""
        ...

    def decode(self, sources: Tensor, features: list[Tensor]) -> Tensor:
        """The pictures that the decoder draws of what the encoder made of `sources`."""
        ...


@runtime_checkable
class PatchJudge(Protocol):
    """An inspector that can be asked about parts of a picture."""

    def patches(self, pairs: Tensor) -> Tensor:
        """The logits of the patches of pairs (N, 6, R, R): (N, p, p)."""
        ...


class Settings(Protocol):
    """What a network is built from; `gan.learning.config.Config` has it all."""

    @property
    def kind(self) -> str: ...
    @property
    def generator(self) -> str: ...
    @property
    def discriminator(self) -> str: ...
    @property
    def resolution(self) -> int: ...
    @property
    def width_g(self) -> int: ...
    @property
    def width_d(self) -> int: ...
    @property
    def latent_size(self) -> int: ...
    @property
    def skips(self) -> bool: ...
    @property
    def deviation_group(self) -> int: ...
    @property
    def seed(self) -> int: ...
