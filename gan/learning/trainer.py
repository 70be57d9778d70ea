"""One training step: state in, state out. No files, no clock, no printing."""

import contextlib
import copy
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gan import device as devices
from gan.chance import CHANCES
from gan.data.split import split
from gan.errors import ForgerError
from gan.learning.adam import Adam
from gan.learning.averaging import decay, numbers, update_average
from gan.learning.config import Config, configure
from gan.learning.half import guard
from gan.learning.knobs import Who, check_turn, lessons_of, settings_now
from gan.learning.lessons import Given, Lessons, augmented
from gan.learning.loss_scale import LossScale
from gan.learning.losses import LOSSES
from gan.learning.penalties import PENALTIES, slope
from gan.learning.second_inspector import SecondInspector
from gan.learning.team import Team
from gan.networks import new_discriminator, new_generator
from gan.networks.contract import Judge

# What `Trainer.step` can measure; which parts the inspector's loss has depends on the loss and the penalty.
METRICS = (
    "loss_d", "loss_d_real", "loss_d_fake", "loss_d_pairs", "loss_d_second", "penalty", "loss_g", "loss_l1",
    "loss_perceptual",
    "d_real", "d_fake", "d_fake_after",
    "accuracy_real", "accuracy_fake",
    "gradient_d", "gradient_g",
)  # fmt: skip


class Trainer:
    """Both networks, both optimisers, the averaged generator and all chance, moved on by `step`.

    `pictures` is a uint8 array (N, resolution, resolution, 3), or 6 for pairs of one's own. `training` (n,) are the
    places of those that are shown; without it, a tenth is held out by their places (`gan.data.split`). `images_seen`
    counts real pictures shown to the discriminator. On the CPU, N images, `state_dict`, `load_state_dict` and M more
    equal N + M at once, bit for bit. Where `projected_weight` says so, a second inspector has its say, too. Raises
    ForgerError where the pictures do not have the resolution of `config`, for pictures where its task wants pairs, and
    as `SecondInspector`.
    """

    new_lessons: type[Lessons] = Lessons

    def __init__(
        self,
        config: Config,
        pictures: np.ndarray,
        device: torch.device,
        team: Team | None = None,
        training: np.ndarray | None = None,
    ):
        channels = config.preparation.channels
        if pictures.shape[3:] != (channels,):
            one, other = "pairs", "single pictures"
            wanted, there = (one, other) if channels == 6 else (other, one)
            raise ForgerError(f"The settings ask for {wanted}; these are {there}.")
        if pictures.shape[1:3] != (config.resolution, config.resolution):
            raise ForgerError(
                f"The pictures are {pictures.shape[1]} pixels wide; the settings say {config.resolution}."
            )
        self.config, self.device, self.team = config, device, team or Team()
        training = split(len(pictures))[0] if training is None else training
        self.loss = LOSSES[config.loss]
        self.chance = CHANCES[config.chance](config.seed)
        self.lessons = self.new_lessons(config, pictures, training, self.chance, self.team, device)
        self.images_seen = 0
        self.turned: dict[str, float] = {}  # the knobs that are no longer as in `config`
        self.generator = devices.send(new_generator(config), device)
        self.discriminator = devices.send(new_discriminator(config), device)
        assert isinstance(self.discriminator, Judge)
        self.group = self.discriminator.group
        for network in (self.generator, self.discriminator):
            self.team.prepare(network)
        self.average = copy.deepcopy(self.generator).eval().requires_grad_(False)
        # Collected once: walking through a network takes a hundredth of a step each time.
        self.numbers_of_average, self.numbers_of_generator = numbers(self.average), numbers(self.generator)
        self.optimizer_g = self._adam(self.generator, config.learning_rate_g)
        self.optimizer_d = self._adam(self.discriminator, config.learning_rate_d)
        self.half = devices.precision(device) == "float16"
        self.scale_g, self.scale_d = (LossScale(one, device, self.half) for one in (self.optimizer_g, self.optimizer_d))
        if self.half:
            guard(self.generator)
            guard(self.discriminator)
        asked = config.projected_weight > 0
        self.second = SecondInspector(config, device, self.team, self.half) if asked else None

    def _adam(self, network: nn.Module, learning_rate: float) -> Adam:
        return Adam(network.parameters(), lr=learning_rate, betas=(self.config.beta1, self.config.beta2), fused=True)

    def turn(self, setting: str, value: float) -> None:
        """Another value for a knob from the next step on. Raises ForgerError as `gan.learning.knobs.check_turn`."""
        self.turned[setting] = check_turn(self.config, self.turned, setting, value)

    def _follow_settings(self) -> None:
        """Takes every setting that may move or be turned as it is by now."""
        self.now = settings_now(self.config, self.turned, self.images_seen)
        for optimizer, rate in ((self.optimizer_g, "learning_rate_g"), (self.optimizer_d, "learning_rate_d")):
            for group in optimizer.param_groups:
                group["lr"], group["betas"] = self.now[rate], (self.config.beta1, self.now["beta2"])

    @property
    def epoch(self) -> float:
        """How often all pictures to train with have been shown."""
        return self.images_seen / len(self.lessons.training)

    def step(self, who: Who = Who.BOTH) -> dict[str, Tensor]:
        """One lesson for each side, or as many as its settings say; or a lesson for one side alone, while the other
        only looks on. Returns those `METRICS` that there were, each a tensor () on the device."""
        measured = dict[str, Tensor]()
        self._follow_settings()
        inspectors, forgers = lessons_of(who, self.now)
        looks = max(1, inspectors)  # without a lesson, it has to judge
        lessons = self.lessons.of_step(self.images_seen, self.now, looks, forgers)
        before = self.images_seen
        for lesson in lessons[:looks]:
            self.images_seen += self.config.batch_size
            real, fake = self._show(lesson), self._forge(lesson)
            look = self._teach_discriminator if inspectors else self._only_judge
            real_logits = look(real, fake.detach(), lesson, measured)
        for number, lesson in enumerate(lessons[looks:]):
            if number > 0:
                fake = self._forge(lesson)
            # Its verdicts on real pictures from before this lesson spare another look at them.
            self._teach_generator(fake, real_logits, lesson, measured)
            # Counting the images of the whole step for each lesson would age the average too fast.
            share = (self.images_seen - before) / forgers
            keep = decay(share, self.now["average_half_life"], self.images_seen)
            update_average(self.numbers_of_average, self.numbers_of_generator, keep)
        return self.team.mean(measured)

    def next_pictures(self) -> tuple[Tensor, Tensor]:
        """What the next step begins with: real pictures (batch, 3, R, R), not augmented, and what the forger is given,
        latents (batch, n) or sources. It changes nothing."""
        kept = self.chance.state_dict()
        now = settings_now(self.config, self.turned, self.images_seen)
        lesson = self.lessons.of_step(self.images_seen, now, 1, 0)[0]
        self.chance.load_state_dict(kept)
        return self._show(lesson)[:, :3], self._given(lesson)

    def exhibits(self, pictures: Tensor, given: Tensor) -> Tensor:
        """Pictures (N, 3, R, R) as the inspector is shown them, which were made of what was `given`."""
        return pictures

    def _given(self, lesson: Given) -> Tensor:
        return lesson["latents"]

    def _show(self, lesson: Given) -> Tensor:
        """The real pictures (batch, 3, resolution, resolution) in [-1, 1], half of them mirrored."""
        real = lesson["pictures"].permute(0, 3, 1, 2)
        real = real.to(torch.float32, memory_format=devices.MEMORY_FORMAT).div_(127.5).sub_(1)
        if "mirrored" in lesson:
            real = torch.where(lesson["mirrored"], real.flip(3), real)
        return real

    def _forge(self, lesson: Given) -> Tensor:
        with devices.autocast(self.device):
            return self.generator(lesson["latents"]).float()

    def _teach_discriminator(self, real: Tensor, fake: Tensor, lesson: Given, measured: Given) -> Tensor:
        """One lesson for the inspector. Returns its verdicts on `real`, (batch,)."""
        config = self.config
        real, fake = augmented(real, lesson, "real"), augmented(fake, lesson, "fake")
        for pictures, wanted in zip((real, fake), PENALTIES[config.penalty], strict=True):
            pictures.requires_grad_(wanted and self._penalty_is_due())
        real_logits, fake_logits = self._judge(real, fake)
        parts = self.loss.discriminator(real_logits, fake_logits, self.now["real_label"])
        loss = torch.stack(list(parts.values())).sum()
        measured |= {"loss_d": loss.detach()} | {name: part.detach() for name, part in parts.items()}
        if config.penalty != "none":
            penalised = [pictures for pictures in (real, fake) if pictures.requires_grad]
            slopes = slope(torch.cat([real_logits, fake_logits]), penalised) if penalised else torch.zeros_like(loss)
            # Every few steps, and then so many times as much: the same for less work (Karras et al. 2020).
            penalty = config.penalty_every * self.now["penalty_weight"] / 2 * slopes
            loss = loss + penalty
            measured["penalty"] = penalty.detach()
        measured["gradient_d"] = self._descend(self.scale_d, loss)
        measured |= self._right(real_logits.detach(), fake_logits.detach())
        if self.second:
            measured["loss_d_second"], self.said_by_second = self.second.teach(real.detach(), fake.detach())
        return real_logits.detach()

    @torch.no_grad()
    def _only_judge(self, real: Tensor, fake: Tensor, lesson: Given, measured: Given) -> Tensor:
        """What the inspector says where it is not taught: the same verdicts (batch,) on `real`."""
        real, fake = augmented(real, lesson, "real"), augmented(fake, lesson, "fake")
        real_logits, fake_logits = self._judge(real, fake)
        measured |= self._right(real_logits, fake_logits)
        if self.second:
            self.said_by_second = self.second.judge(real)
        return real_logits

    def _right(self, real_logits: Tensor, fake_logits: Tensor) -> Given:
        """How sure the inspector is, and how often it is right."""
        undecided = self.loss.undecided(real_logits, fake_logits, self.now["real_label"])
        return {
            "d_real": real_logits.sigmoid().mean(),
            "d_fake": fake_logits.sigmoid().mean(),
            "accuracy_real": (real_logits > undecided).float().mean(),
            "accuracy_fake": (fake_logits <= undecided).float().mean(),
        }

    def _judge(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        """The inspector's verdicts (batch,) on both: in one pass, which is quicker, where that changes none of them."""
        # A penalty squares gradients, which float16 could not hold.
        single = self.half and self.config.penalty != "none" and self._penalty_is_due()
        with contextlib.nullcontext() if single else devices.autocast(self.device):
            if self.group is not None and len(real) % self.group == 0:
                real_logits, fake_logits = self.discriminator(torch.cat([real, fake])).float().chunk(2)
            else:
                real_logits, fake_logits = self.discriminator(real).float(), self.discriminator(fake).float()
        return real_logits, fake_logits

    def _penalty_is_due(self) -> bool:
        return (self.images_seen // self.config.batch_size) % self.config.penalty_every == 0

    def _teach_generator(self, fake: Tensor, real_logits: Tensor, lesson: Given, measured: Given) -> None:
        # The inspector only judges here: without gradients for its weights the backward pass is a third cheaper.
        self._let_inspector_learn(False)
        shown = augmented(fake, lesson, "fake")
        with devices.autocast(self.device):
            logits = self.discriminator(shown).float()
        loss = self.loss.generator(logits, real_logits)
        measured |= {"loss_g": loss.detach(), "d_fake_after": logits.detach().sigmoid().mean()}
        if self.second:
            loss = loss + self.config.projected_weight * self.second.complain(shown, self.said_by_second)
        loss = self._also_wanted(fake, loss, measured)
        measured["gradient_g"] = self._descend(self.scale_g, loss)
        self._let_inspector_learn(True)

    def _let_inspector_learn(self, may: bool) -> None:
        for weights in self.scale_d.weights:
            weights.requires_grad_(may)

    def _also_wanted(self, fake: Tensor, loss: Tensor, measured: Given) -> Tensor:
        """What the forger's loss is, where more than the verdict counts."""
        return loss

    def _descend(self, scale: LossScale, loss: Tensor) -> Tensor:
        """One optimiser step down `loss`. Returns the norm of the whole gradient."""
        scale.descend(loss, lambda: self.team.average_gradients(scale.weights))
        norm = nn.utils.get_total_norm([weights.grad for weights in scale.weights if weights.grad is not None])
        # A step that float16 could not take was left out, which is no breakdown.
        return norm.nan_to_num(0.0, 0.0, 0.0) if self.half else norm

    def _parts(self) -> dict[str, Any]:
        return {
            "generator": self.generator,
            "discriminator": self.discriminator,
            "average": self.average,
            "optimizer_g": self.optimizer_g,
            "optimizer_d": self.optimizer_d,
            **(self.second.parts(self.half) if self.second else {}),
        } | ({"scale_g": self.scale_g, "scale_d": self.scale_d} if self.half else {})

    def state_dict(self) -> dict[str, Any]:
        """All that the next step depends on, as tensors and plain values (loads with `weights_only=True`)."""
        return {
            # A path would tell strangers about this machine, if the state is passed on.
            "config": configure(self.config, data=Path(self.config.data).name).to_dict(),
            "pictures": len(self.lessons.pictures),
            "images_seen": self.images_seen,
            "turned": dict(self.turned),
            **self.chance.state_dict(),
        } | {name: part.state_dict() for name, part in self._parts().items()}

    def load_state_dict(self, state: dict[str, Any], apart_from: Collection[str] = ()) -> None:
        """Takes over a `state_dict`. Raises ForgerError, naming each difference, where the settings are others.

        Those in `apart_from` may be others, and with "pictures" in it the number of pictures.
        """
        theirs = Config.from_dict(state["config"])
        # The same pictures may lie elsewhere on another machine; their number is compared instead.
        alike = {name: getattr(self.config, name) for name in ("data", *apart_from) if name != "pictures"}
        differences = self.config.differences(configure(theirs, **alike))
        if state["pictures"] != len(self.lessons.pictures) and "pictures" not in apart_from:
            differences.append(f"pictures: {len(self.lessons.pictures)} here, {state['pictures']} there")
        if differences:
            raise ForgerError("The checkpoint belongs to other settings. " + "; ".join(differences) + ".")
        for name, part in self._parts().items():
            part.load_state_dict(state.get(name, {}) if name.startswith("scale") else state[name])
        self.images_seen = state["images_seen"]
        self.turned = dict(state.get("turned", {}))  # states of older versions have no knobs
        self.chance.load_state_dict(state)
