"""What the commands do: each takes the request that `gan.cli` read, prints, and returns an exit code."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from gan import permits
from gan.errors import ForgerError
from gan.paths import make_folder, write_file

BY_COMMAND = permits.issue("the command line")

if TYPE_CHECKING:
    import torch
    from torch import nn

    from gan.generators import TrainedGenerator


def device_called(name: str) -> "torch.device":
    """The device called `name`; that "auto" passes over a card is said on standard error."""
    from gan import device as devices

    chosen = devices.choose(name)
    if name == "auto" and (left_out := devices.left_out_card()):
        print(f"forger: {left_out} The CPU is taken.", file=sys.stderr)
    return chosen


def list_runs(request: argparse.Namespace) -> int:
    from gan import runs

    rows = [runs.summary(run) for run in runs.list_runs()]
    if request.json:
        print(json.dumps(rows, indent=1))
    elif not rows:
        print("There are no runs yet. Start one: python -m gan train --preset quick-look")
    for row in [] if request.json else rows:
        print(f"{row['name']:24} {row['state']:12} {row['kimg']:8.1f} kimg  {row['resolution']:4} px  {row['data']}")
    for why in runs.damaged().values():
        print(f"forger: {why}", file=sys.stderr)
    return 0


def generate(request: argparse.Namespace) -> int:
    from gan import generators
    from gan.generators import sampling
    from gan.latents.seeds import parse_seeds
    from gan.pictures.files import png_bytes

    seeds = parse_seeds(request.seeds)
    model = generators.find_generator(request.model)
    generator = chosen_generator(model, request)
    pictures = sampling.sample(generator, model.config, seeds)
    folder = make_folder(Path(request.out))
    for seed, picture in zip(tqdm(seeds, unit="picture", disable=len(seeds) < 16), pictures, strict=True):
        write_file(folder / f"{seed}.png", png_bytes(picture))
    print(f"{len(seeds)} pictures in {folder}")
    return 0


def chosen_generator(model: "TrainedGenerator", request: argparse.Namespace) -> "nn.Module":
    """The generator at the moment that was asked for. Raises ForgerError for what is no longer offered."""
    from gan import generators
    from gan.latents.distributions import TRUNCATION

    if request.truncation != 1:
        raise ForgerError(f"{TRUNCATION} Leave --truncation out.")
    return generators.load_generator(model, device_called(request.device), model.moment_after(request.kimg))


def interpolate(request: argparse.Namespace) -> int:
    from gan import generators
    from gan.generators import sampling
    from gan.latents.seeds import parse_seeds
    from gan.latents.walk import walk_through
    from gan.pictures import film

    stops = parse_seeds(request.seeds)
    film.writer(request.out)  # a wrong suffix is better known before the drawing than after
    model = generators.find_generator(request.model)
    z = sampling.stops_of(model.config, request.latent, stops)
    walk = walk_through(z, request.frames, request.mode, request.there_and_back)
    frames = sampling.generate(chosen_generator(model, request), walk)
    film.save_film(frames, Path(request.out), request.fps)
    print(f"{len(frames)} frames in {request.out}")
    return 0


def redraw(request: argparse.Namespace) -> int:
    from gan import generators
    from gan.generators import redraw_files
    from gan.pictures.files import png_bytes

    jobs = redraw_files.jobs(Path(request.pictures), Path(request.out))
    model, device = generators.find_generator(request.model), device_called(request.device)
    redrawer = redraw_files.at_moment(model, device, request.kimg)
    failed, said = 0, Counter[str]()
    for source, out in tqdm(jobs, unit="picture", disable=len(jobs) < 2):
        try:
            result, remarks = redraw_files.redraw_file(redrawer, source, request.drawn, request.square, request.opaque)
        except ForgerError as error:
            if len(jobs) == 1:
                raise
            tqdm.write(f"skipped: {error}", file=sys.stderr)
            failed += 1
            continue
        make_folder(out.parent)
        write_file(out, png_bytes(result))
        said.update(remarks)
    print(f"{len(jobs) - failed} of {len(jobs)} pictures redrawn: {request.out}")
    for remark, count in said.items():
        print(remark if len(jobs) == 1 else f"{count} of them: {remark}")
    return 0 if failed < len(jobs) else 2


def evaluate(request: argparse.Namespace) -> int:
    from gan import generators
    from gan.generators import origin
    from gan.quality import evaluation
    from gan.quality.words import in_words

    model = generators.find_generator(request.model)
    source = request.data or origin.source_of(model)
    if source is None:
        raise ForgerError(
            f"What {model.name} learned from ({origin.data_name(model)}) is not on this machine, or was never opened "
            "here: say with --data where it lies."
        )
    with _Bars() as bars:
        judgement = evaluation.evaluate_model(
            model, source, request.count, device_called(request.device), bars, request.inception, request.write_card
        )
    figures = evaluation.figures_for_card(judgement)
    if request.write_card:
        evaluation.write_to_card(model, judgement)
    if request.json:
        print(json.dumps({"model": model.name} | figures, indent=1))
        return 0
    print(f"{model.name}: {model.config.resolution} pixels, {model.images_seen / 1000:g} kimg")
    print(f"{judgement.data}: {judgement.pictures:,} pictures, {judgement.held_out:,} of them held out")
    learned = origin.data_name(model)
    if judgement.data != learned or origin.learned_from_others(model, judgement.data, judgement.pictures):
        print(f"It learned from other pictures ({learned}), so what follows says nothing about copying.")
    for label, text in in_words(figures).items():
        print(f"\n{label}\n  {text}")
    if request.write_card:
        print(f"\nWritten to {model.folder / generators.CARD}")
    return 0


def owner(request: argparse.Namespace) -> int:
    from gan import ownership

    token = ownership.renew(BY_COMMAND) if request.new else ownership.token()
    print(f"{request.address.rstrip('/')}/#owner={token}")
    print("Who opens this address is the owner there, until Sign out. Keep it to yourself.", file=sys.stderr)
    return 0


def prepare_data(request: argparse.Namespace) -> int:
    from gan.data import Preparation, known, open_pictures

    preparation = Preparation(
        request.framing, request.ground, request.leave_out, pairs=request.pairs, backwards=request.backwards
    )
    if request.fetch:
        print(known.find(request.source).notice)
        with tqdm(unit="B", unit_scale=True, desc="downloading") as bar:
            known.fetch(BY_COMMAND, request.source, _follow(bar))
    with tqdm(unit="picture", desc=request.source, delay=1, disable=None) as bar:
        pictures = open_pictures(request.source, request.resolution, _follow(bar), preparation)
    what = "pairs" if request.pairs else "pictures"
    print(f"{len(pictures)} {what} of {request.resolution} x {request.resolution} pixels: {pictures.path}")
    for reason, count in pictures.skipped.items():
        print(f"  skipped {count}: {reason}")
    for remark in pictures.remarks:
        print(f"  {remark}")
    return 0


def _follow(bar: tqdm) -> Callable[[int, int | None], None]:
    def progress(done: int, total: int | None) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return progress


class _Bars:
    """One progress bar after the other, each named by what is being done."""

    def __enter__(self) -> "_Bars":
        self.what, self.bar = "", None
        return self

    def __call__(self, what: str, done: int, total: int | None) -> None:
        if what != self.what:
            self.__exit__()
            self.what, self.bar = what, tqdm(unit="picture", desc=what, delay=1, disable=None)
        _follow(self.bar)(done, total)

    def __exit__(self, *error: object) -> None:
        if self.bar is not None:
            self.bar.close()
