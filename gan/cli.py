"""The command line: `python -m gan train | resume | runs | generate | interpolate | data`.

Exit codes: 0 done, or nothing to do; 1 the training failed; 2 a wrong request, said in one sentence; 130 Ctrl-C.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from gan.config import Config, configure
from gan.errors import ForgerError
from gan.recipes import PRESETS, RECIPES, preset
from gan.run import Run, State, Status


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns its exit code; a wrong request is one sentence on standard error."""
    try:
        request = _parser().parse_args(arguments)
        return request.act(request)
    except ForgerError as error:
        print(f"forger: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # a training saves and stops by itself; anything else just ends
        print("forger: interrupted", file=sys.stderr)
        return 130


def _train(request: argparse.Namespace) -> int:
    from gan import data, runs

    chosen = preset(request.preset)
    changes = {item.name: getattr(request, item.name) for item in fields(Config)}
    config = chosen.config if request.recipe is None else chosen.follow(request.recipe)
    config = configure(config, **{name: value for name, value in changes.items() if value is not None})
    config = configure(config, data=data.absolute_source(config.data))  # a resume may come from another folder
    target = _images(chosen.kimg if request.kimg is None else request.kimg)
    run = runs.create(request.run or runs.free_name(request.preset), config)
    try:
        return _work(run, target, request.device)
    except ForgerError:
        runs.delete(run)  # a wrong request leaves nothing behind
        raise


def _resume(request: argparse.Namespace) -> int:
    from gan import runs

    if request.give_way:
        from gan.device import give_way

        give_way()
    run = runs.find_run(request.run)
    status = run.status()
    target = status.target_images if request.kimg is None else _images(request.kimg)
    # What an interrupted run has seen may not be saved yet.
    if status.state in (State.NEW, State.STOPPED, State.FINISHED) and status.images_seen >= target:
        print(f"Nothing to do: {run.name} has seen {status.images_seen / 1000:g} kimg. Ask for more with --kimg.")
        return 0
    return _work(run, target, request.device)


def _images(kimg: float) -> int:
    if not 0.001 <= kimg <= 1_000_000:
        raise ForgerError(f"--kimg must be from 0.001 to 1,000,000, not {kimg:g}.")
    return round(kimg * 1000)


def _work(run: Run, target_images: int, device: str) -> int:
    from gan import worker

    began = False
    # Silent without a terminal: the log of a run in the background needs no line a second.
    with tqdm(total=target_images, unit="img", unit_scale=True, desc=run.name, delay=1, disable=None) as bar:

        def report(status: Status) -> None:
            nonlocal began
            began = status.state == State.TRAINING
            bar.set_postfix_str(status.message or f"epoch {status.epoch:.1f}", refresh=False)
            bar.update(status.images_seen - bar.n)

        try:
            status = worker.train(run, target_images, device, report)
        except ForgerError as error:
            if not began:
                raise
            print(f"forger: {error}", file=sys.stderr)
            return 1
    print(
        f"{run.name}: {status.state} after {status.images_seen / 1000:g} kimg in {status.seconds:.0f} s; {run.folder}"
    )
    return 0


def _runs(request: argparse.Namespace) -> int:
    from gan import runs

    rows = [runs.summary(run) for run in runs.list_runs()]
    if request.json:
        print(json.dumps(rows, indent=1))
    elif not rows:
        print("There are no runs yet. Start one: python -m gan train --preset quick-look")
    for row in [] if request.json else rows:
        print(f"{row['name']:24} {row['state']:12} {row['kimg']:8.1f} kimg  {row['resolution']:4} px  {row['data']}")
    return 0


def _generate(request: argparse.Namespace) -> int:
    from gan import models, sampling
    from gan.device import choose
    from gan.pictures import png_bytes

    seeds = sampling.parse_seeds(request.seeds)
    model = models.find_model(request.model)
    generator = models.load_generator(model, choose(request.device))
    pictures = sampling.draw(generator, model.config, seeds, request.truncation)
    folder = _folder(request.out)
    for seed, picture in zip(tqdm(seeds, unit="picture", disable=len(seeds) < 16), pictures, strict=True):
        _write(folder / f"{seed}.png", png_bytes(picture))
    print(f"{len(seeds)} pictures in {folder}")
    return 0


def _interpolate(request: argparse.Namespace) -> int:
    from gan import film, models, sampling
    from gan.device import choose

    stops = sampling.parse_seeds(request.seeds)
    film.writer(request.out)  # a wrong suffix is better known before the drawing than after
    model = models.find_model(request.model)
    z = sampling.seed_latents(model.config, stops, request.truncation)
    walk = sampling.path(z, request.frames, request.mode, request.there_and_back)
    frames = sampling.generate(models.load_generator(model, choose(request.device)), walk)
    film.save_film(frames, Path(request.out), request.fps)
    print(f"{len(frames)} frames in {request.out}")
    return 0


def _data(request: argparse.Namespace) -> int:
    from gan.data import known, open_pictures

    if request.fetch:
        print(known.find(request.source).notice)
        with tqdm(unit="B", unit_scale=True, desc="downloading") as bar:
            known.fetch(request.source, _follow(bar))
    with tqdm(unit="picture", desc=request.source, delay=1, disable=None) as bar:
        pictures = open_pictures(request.source, request.resolution, _follow(bar))
    print(f"{len(pictures)} pictures of {request.resolution} x {request.resolution} pixels: {pictures.path}")
    for reason, count in pictures.skipped.items():
        print(f"  skipped {count}: {reason}")
    return 0


def _follow(bar: tqdm) -> Callable[[int, int | None], None]:
    def progress(done: int, total: int | None) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return progress


def _folder(path: str) -> Path:
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ForgerError(f"The folder {path} cannot be made: {error.strerror}.") from error
    return folder


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ForgerError(f"{path} cannot be written: {error.strerror}.") from error


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, where argparse would print a page."""

    def error(self, message: str) -> NoReturn:
        raise ForgerError(f"{message}; see {self.prog} --help.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m gan",
        description="Train a GAN and use what it learned. One kimg is a thousand images seen.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act, help: str) -> argparse.ArgumentParser:
        child = commands.add_parser(name, help=help, description=help)
        child.set_defaults(act=act)
        return child

    def device(child: argparse.ArgumentParser) -> None:
        child.add_argument("--device", default="auto", help="auto (default), cpu or cuda")

    train = command("train", _train, "Train a new GAN in the foreground; Ctrl-C saves and stops.")
    train.add_argument("--preset", default="quick-look", help=f"where the settings start: {', '.join(PRESETS)}")
    train.add_argument("--recipe", help=f"how to train: {', '.join(RECIPES)}; without it, the preset's")
    train.add_argument("--run", help="name of the run; without it, the preset's name and a number")
    train.add_argument("--kimg", type=float, help="train until so many thousands of images in all")
    device(train)
    settings = train.add_argument_group("settings (each has the preset's value unless given)")
    for item in fields(Config):
        flag = "--" + item.name.replace("_", "-")
        if item.type is bool:
            settings.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=item.metadata["help"])
        else:
            metavar = item.type.__name__.upper()
            settings.add_argument(flag, type=item.type, default=None, metavar=metavar, help=item.metadata["help"])

    resume = command("resume", _resume, "Go on with a run exactly where its last checkpoint is.")
    resume.add_argument("run")
    resume.add_argument("--kimg", type=float, help="train until so many thousands of images in all; else its old goal")
    resume.add_argument("--give-way", action="store_true", help="let other programs go first, as the page does")
    device(resume)

    runs = command("runs", _runs, "List all runs, the most recent first.")
    runs.add_argument("--json", action="store_true", help="as JSON, for other programs")

    generate = command("generate", _generate, "Make pictures from seeds: the same seed, the same picture.")
    generate.add_argument("--model", required=True, help="a generator in checkpoints/, or run:NAME")
    generate.add_argument("--seeds", required=True, help="such as 7 or 1-16 or 3,8,20-24")
    generate.add_argument("--out", required=True, help="folder for SEED.png files")
    generate.add_argument("--truncation", type=float, default=1.0, help="under 1: safer pictures, less variety")
    device(generate)

    interpolate = command("interpolate", _interpolate, "Walk between latents and make a film of it.")
    interpolate.add_argument("--model", required=True, help="a generator in checkpoints/, or run:NAME")
    interpolate.add_argument("--seeds", required=True, help="two or more stops, such as 3,8")
    interpolate.add_argument("--frames", type=int, default=60, help="pictures in the film (default 60)")
    interpolate.add_argument("--fps", type=int, default=24, help="pictures a second (default 24)")
    interpolate.add_argument("--mode", default="spherical", choices=("spherical", "linear"))
    interpolate.add_argument("--there-and-back", action="store_true", help="end where it began, to play as a loop")
    interpolate.add_argument("--truncation", type=float, default=1.0, help="under 1: safer pictures, less variety")
    interpolate.add_argument("--out", required=True, help="the film: .mp4, .gif or .webp")
    device(interpolate)

    data = command("data", _data, "Prepare a data set: count its pictures and show where they lie.")
    data.add_argument("source", help="drawn-cats, drawn-faces, a known set, or the path of a folder or ZIP")
    data.add_argument("--fetch", action="store_true", help="show the terms of a known set, accept them and download it")
    data.add_argument("--resolution", type=int, default=64, help="width and height in pixels (default 64)")
    return parser
