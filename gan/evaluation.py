"""Judging a generator: all figures of `gan.quality` at once, as plain values for its card and as plain words."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from gan.data import Pictures, open_pictures
from gan.data.split import split
from gan.errors import ForgerError
from gan.judge import FIRST_SEED
from gan.models import CARD, Model, find_model, load_generator
from gan.origin import learned_from_others
from gan.pair_judge import PairExam
from gan.paths import write_json
from gan.quality.features import choose_features
from gan.quality.fidelity import Fidelity
from gan.quality.inception import inception_fid
from gan.quality.measure import Evaluation, evaluate
from gan.quality.reference import reference, training_features
from gan.sampling import generate, seed_latents

LEAST, MOST = 50, 50_000
PART = 64

# Hears what is being done, how much of it is done, and of how much (None: not known).
Progress = Callable[[str, int, int | None], object]


@dataclass(frozen=True)
class Judgement:
    """What was found out about a generator, and on what."""

    version: tuple[str, int]  # of the generator, see `Model.version`
    data: str  # the name of the pictures, without their folder
    pictures: int
    held_out: int  # of them, which training never saw
    figures: Evaluation | Fidelity  # the latter of a generator that redraws
    inception_fid: float | None


def evaluate_model(
    model: Model,
    source: str,
    count: int,
    device: torch.device,
    progress: Progress,
    inception: bool = False,
    for_card: bool = False,
) -> Judgement:
    """Compares `count` pictures by `model`, from seeds that nobody looks at, with those of `source`.

    A generator that redraws is given held-out pictures of `source`, at most `count`, and compared with its targets.
    `source` is what `open_pictures` takes. With `inception` also the FID of the papers, against all of its pictures.
    Minutes the first time that a source is used; what does not change is kept beside its cached array.

    Raises ForgerError for a count outside 50 to 50,000, for a source that cannot be opened or has fewer than 300
    pictures, for broken weights, and where the Inception FID is asked for and cannot be had. With `for_card` also, and
    before the long work, for a source that `write_to_card` would refuse.
    """
    if inception and model.redraws:
        raise ForgerError("The Inception FID is for pictures from seeds; this generator redraws pictures.")
    if not LEAST <= count <= MOST:
        raise ForgerError(f"Judging needs {LEAST} to {MOST:,} generated pictures, not {count:,}.")
    version = model.version
    generator = load_generator(model, device)
    reading = f"reading {Path(source).name}"
    pictures = open_pictures(source, model.config.resolution, lambda *done: progress(reading, *done))
    name = Path(pictures.source).name  # without links, as in the cards of runs
    if for_card:
        _check_origin(model, name, len(pictures))

    fid = None
    if model.redraws:
        pairing = "making pairs"
        exam = PairExam(model.config, pictures.array, count, device, lambda *done: progress(pairing, *done))
        progress("redrawing held-out pictures", 0, None)
        figures = exam.take(generator)
    else:
        made = _draw(model, generator, count, progress)
        if inception:  # first, because it may fail for want of a connection
            progress("Inception FID, minutes", 0, None)
            fid = inception_fid(pictures.array, made, device)
        figures = _compare(made, pictures, device, progress)
    return Judgement(version, name, len(pictures), len(split(len(pictures))[1]), figures, fid)


def _draw(model: Model, generator: nn.Module, count: int, progress: Progress) -> np.ndarray:
    made = []
    for part in seed_latents(model.config, range(FIRST_SEED, FIRST_SEED + count)).split(PART):
        made.append(generate(generator, part))
        progress("drawing pictures", min(len(made) * PART, count), count)
    return np.concatenate(made)


def _compare(made: np.ndarray, pictures: Pictures, device: torch.device, progress: Progress) -> Evaluation:
    features = choose_features(device)
    truth = reference(pictures, features, lambda *done: progress("describing held-out pictures", *done))
    training = training_features(pictures, features, lambda *done: progress("describing training pictures", *done))
    progress("describing generated pictures", 0, None)
    return evaluate(made, truth, training, features)


def figures_for_card(judgement: Judgement) -> dict[str, Any]:
    """What a card says under "quality": plain values. See `gan.quality.measure.Evaluation` for most of them."""
    fid = {} if judgement.inception_fid is None else {"inception_fid": judgement.inception_fid}
    where = {"data": judgement.data, "pictures": judgement.pictures, "held_out": judgement.held_out}
    return judgement.figures.to_dict() | fid | where


def write_to_card(model: Model, judgement: Judgement) -> None:
    """Puts the figures into the card of `model`, whole or not at all.

    Raises ForgerError where its weights changed meanwhile, as those of a run that trains do, where the card says that
    it learned from other pictures, and on a full disk.
    """
    now = find_model(model.name)
    _check_origin(now, judgement.data, judgement.pictures)
    if now.version != judgement.version:
        raise ForgerError(f"{model.name} went on learning while it was judged: judge it again when its run has ended.")
    write_json(now.folder / CARD, now.card | {"quality": figures_for_card(judgement)})


def _check_origin(model: Model, data: str, pictures: int) -> None:
    """People, and a training that looks for its best, take what a card says for measured on the model's own data."""
    if learned_from_others(model, data, pictures):
        own = model.card["data"]
        raise ForgerError(
            f"The card of {model.name} is for figures on the pictures it learned from ({own.get('source')}, "
            f"{own.get('pictures')} pictures), not on others ({data}, {pictures} pictures)."
        )


def in_words(quality: dict[str, Any]) -> dict[str, str]:
    """A card's "quality" as labelled sentences; of a measurement during training there are fewer.

    Raises KeyError, TypeError or ValueError for what is not such a quality: cards can be edited by hand.
    """
    return _fidelity_in_words(quality) if "perceptual" in quality else _quality_in_words(quality)


def _fidelity_in_words(quality: dict[str, Any]) -> dict[str, str]:
    others = f" of {quality['data']}" if "data" in quality else ""
    return {
        "To the eye": f"The distance from the target is {quality['perceptual']:.2f}, where 1 is another picture's "
        f"target. The source, handed back as it came, would have {quality['perceptual_source']:.2f}, the mean target "
        f"{quality['perceptual_mean']:.2f}. Blur and smudges are farther off than another good picture is, so figures "
        "above 1 may still be good: compare them with those two.",
        "Pixel by pixel": f"The mean difference (L1) is {100 * quality['l1']:.1f} % of the range from black to white; "
        f"the source's {100 * quality['l1_source']:.1f} %, the mean target's {100 * quality['l1_mean']:.1f} %. "
        "Where the source leaves much open, as a sketch does with colours, the best guess is far off, too.",
        "Measured": f"{quality['count']:,} pictures{others} that training never saw, by the features "
        f"{quality['features']}.",
    }


def _quality_in_words(quality: dict[str, Any]) -> dict[str, str]:
    words = {
        "How close": f"These pictures are {quality['sentence']}. The distance (KID) is {quality['kid']:.3f} ± "
        f"{quality['kid_error']:.3f}; 0 would be no difference.",
        "How varied": f"Two of them differ {quality['diversity']:.2f} times as much as two real pictures do: "
        f"{_variety(quality['diversity'])}.",
    }
    if copied := quality.get("memorisation"):
        nearest = "its nearest training picture"
        if "searched" in copied:  # older cards do not say of how many; of large data sets it is not all
            nearest = f"the nearest of {copied['searched']:,} training pictures"
        words["Does it copy?"] = (
            f"From {nearest}, a forgery lies {copied['ratio']:.2f} times as far as a real picture that training never "
            f"saw; {copied['copies'] * 100:.1f} % of them are nearer than 99 % of such pictures (chance: 1 %): "
            f"{_copying(copied['ratio'], copied['copies'])}."
        )
    if "frechet" in quality:
        words["Frechet distance"] = (
            f"{quality['frechet']:.0f} on the features {quality['features']}. This is not the FID of the papers, and "
            f"more pictures make it smaller: compare it only with one of {quality['count']:,} and the same real ones."
        )
    if "inception_fid" in quality:
        words["Inception FID"] = (
            f"{quality['inception_fid']:.1f}, computed as in the papers, though most of them draw 50,000 pictures; "
            f"here {quality['count']:,} were compared with {quality['pictures']:,}."
        )
    others = f"{quality['held_out']:,} held-out pictures of {quality['data']}" if "data" in quality else "held-out ones"
    words["Measured"] = f"{quality['count']:,} pictures against {others}, by the features {quality['features']}."
    return words


def _variety(diversity: float) -> str:
    if diversity < 0.8:
        return "much less varied, many look alike"
    if diversity < 0.95:
        return "a little less varied"
    return "as varied" if diversity <= 1.05 else "more varied, perhaps because some are broken"


def _copying(ratio: float, copies: float) -> str:
    if copies > 0.03 or ratio < 0.9:
        return "some may be copies, so look at the nearest training pictures"
    if ratio > 1.1:  # not to be taken for a proof
        return "no sign of copying, though pictures with flaws lie far from everything, also from what they copy"
    return "no sign of copying"
