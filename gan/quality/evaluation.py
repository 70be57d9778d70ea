"""Judging a generator that has learned: all figures at once, as plain values for its card."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from gan.data import open_pictures
from gan.errors import ForgerError
from gan.generators import CARD, TrainedGenerator, find_generator, load_generator
from gan.generators.origin import learned_from_others, run_of
from gan.paths import write_json
from gan.progress import Steps
from gan.quality.exams import EXAMS, new_exam
from gan.quality.fidelity import Fidelity
from gan.quality.inception import inception_fid
from gan.quality.measure import Quality
from gan.quality.pretrained_features import PretrainedFeatures
from gan.quality.second_opinion import SecondOpinion, second_opinion
from gan.runs.contents import as_learned

LEAST, MOST = 50, 50_000


@dataclass(frozen=True)
class Judgement:
    """What was found out about a generator, and on what."""

    version: tuple[str, int]  # of the generator, see `TrainedGenerator.version`
    data: str  # the name of the pictures, without their folder
    pictures: int
    held_out: int  # of them, which training never saw
    figures: Quality | Fidelity
    second: SecondOpinion | None  # of a generator that draws from seeds
    inception_fid: float | None
    # Whether the generator learned from an inspector that looks through the network which measured it.
    flattered: bool = False


def evaluate_model(
    model: TrainedGenerator,
    source: str,
    count: int,
    device: torch.device,
    progress: Steps,
    inception: bool = False,
    for_card: bool = False,
) -> Judgement:
    """Compares `count` pictures by `model`, from seeds that nobody looks at, with those of `source`.

    A generator that redraws is given held-out pictures of `source`, at most `count`, and compared with its targets.
    `source` is what `open_pictures` takes. With `inception` also the FID of the papers, against all of its pictures.
    One that draws from seeds is judged a second time, by what no decision uses (`gan.quality.second_opinion`), as far
    as the optional packages are there. Minutes the first time that a source is used; what does not change is kept
    beside its cached array.

    Raises ForgerError for a count outside 50 to 50,000, for a source that cannot be opened or has fewer than 300
    pictures, for broken weights, and where the Inception FID is asked for and cannot be had. With `for_card` also, and
    before the long work, for a source that `write_to_card` would refuse.
    """
    if inception and not EXAMS[model.config.kind].draws_freely:
        raise ForgerError("The Inception FID is for pictures from seeds; this generator redraws pictures.")
    if not LEAST <= count <= MOST:
        raise ForgerError(f"Judging needs {LEAST} to {MOST:,} generated pictures, not {count:,}.")
    version = model.version
    generator = load_generator(model, device)
    reading = f"reading {Path(source).name}"
    there = open_pictures(
        source, model.config.resolution, lambda *done: progress(reading, *done), model.config.preparation
    )
    pictures = as_learned(run_of(model), there)
    name = Path(pictures.source).name  # without links, as in the cards of runs
    if for_card:
        _check_origin(model, name, len(pictures))

    exam = new_exam(model.config, pictures, count, device, progress)
    made = exam.made_by(generator)
    fid = None
    if inception:  # first, because it may fail for want of a connection
        progress("Inception FID, minutes", 0, None)
        fid = inception_fid(pictures.array, made, device)
    figures, second = exam.examine(made), None
    if exam.draws_freely:
        second = second_opinion(generator, model.config, pictures, device, progress)
    flattered = model.config.projected_weight > 0 and figures.features == PretrainedFeatures.name
    return Judgement(version, name, len(pictures), len(pictures.split()[1]), figures, second, fid, flattered)


def figures_for_card(judgement: Judgement) -> dict[str, Any]:
    """What a card says under "quality": plain values. See `gan.quality.measure.Evaluation` for most of them, and
    `gan.quality.second_opinion` for what comes under "second_opinion" and "heads"."""
    fid = {} if judgement.inception_fid is None else {"inception_fid": judgement.inception_fid}
    second = judgement.second.to_dict() if judgement.second else {}
    where = {"data": judgement.data, "pictures": judgement.pictures, "held_out": judgement.held_out}
    flattered = {"flattered": True} if judgement.flattered else {}
    return judgement.figures.to_dict() | second | fid | where | flattered


def write_to_card(model: TrainedGenerator, judgement: Judgement) -> None:
    """Puts the figures into the card of `model`, whole or not at all.

    Raises ForgerError where its weights changed meanwhile, as those of a run that trains do, where the card says that
    it learned from other pictures, and on a full disk.
    """
    now = find_generator(model.name)
    _check_origin(now, judgement.data, judgement.pictures)
    if now.version != judgement.version:
        raise ForgerError(f"{model.name} went on learning while it was judged: judge it again when its run has ended.")
    write_json(now.folder / CARD, now.card | {"quality": figures_for_card(judgement)})


def _check_origin(model: TrainedGenerator, data: str, pictures: int) -> None:
    """People, and a training that looks for its best, take what a card says for measured on the model's own data."""
    if learned_from_others(model, data, pictures):
        own = model.card["data"]
        raise ForgerError(
            f"The card of {model.name} is for figures on the pictures it learned from ({own.get('source')}, "
            f"{own.get('pictures')} pictures), not on others ({data}, {pictures} pictures)."
        )
