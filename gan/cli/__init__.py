"""The command line: `python -m gan train | resume | pause | continue | slow | step | turn | fail | cure | diagnose |
compare | runs | generate | interpolate | directions | find | redraw | evaluate | against | data | owner`.

Exit codes: 0 done, or nothing to do; 1 the training failed; 2 a wrong request, said in one sentence; 130 Ctrl-C.
"""

import argparse
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import NoReturn

from gan.cli import commands, compare, explore, play, room, steer, train
from gan.device import CHOICES
from gan.errors import ForgerError
from gan.learning.config import SETTINGS, Config
from gan.learning.recipes import PRESETS, RECIPES
from gan.learning.setting import Setting


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns its exit code; a wrong request is one sentence on standard error."""
    # What Pillow says of odd files is for programmers, and names its own place.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    try:
        request = _parser().parse_args(arguments)
        return request.act(request)
    except ForgerError as error:
        print(f"forger: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # a training saves and stops by itself; anything else just ends
        print("forger: interrupted", file=sys.stderr)
        return 130


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, where argparse would print a page."""

    def error(self, message: str) -> NoReturn:
        raise ForgerError(f"{message}; see {self.prog} --help.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m gan",
        description="Train a GAN and use what it learned. One kimg is a thousand images seen.",
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act, help: str) -> argparse.ArgumentParser:
        child = subparsers.add_parser(name, help=help, description=help)
        child.set_defaults(act=act)
        return child

    def device(child: argparse.ArgumentParser) -> None:
        child.add_argument("--device", default="auto", help="auto (default), cpu or cuda")

    def work(child: argparse.ArgumentParser) -> None:
        device(child)
        child.add_argument("--processes", type=int, default=1, help="that share each batch, one a card (default 1)")
        child.add_argument("--give-way", action="store_true", help="let other programs go first, as the page does")

    _train_options(command("train", train.train, "Train a new GAN in the foreground; Ctrl-C saves and stops."), work)

    resume = command("resume", train.resume, "Go on with a run exactly where its last checkpoint is.")
    resume.add_argument("run")
    resume.add_argument("--kimg", type=float, help="train until so many thousands of images in all; else its old goal")
    resume.add_argument(
        "--turn", nargs=2, action="append", default=[], metavar=("KNOB", "VALUE"), help="turn it first; see turn --help"
    )
    resume.add_argument(
        "--data",
        metavar="PLACE",
        help="where its pictures are now, or others: those that it knows by their pixels keep their side of the split",
    )
    resume.add_argument("--batch-size", type=int, metavar="N", help="another batch size from here on")
    work(resume)

    steer.add(command)
    compare.add(command)

    runs = command("runs", commands.list_runs, "List all runs, the most recent first.")
    runs.add_argument("--json", action="store_true", help="as JSON, for other programs")

    generate = command("generate", commands.generate, "Make pictures from seeds: the same seed, the same picture.")
    generate.add_argument("--model", required=True, help="a generator in checkpoints/, or run:NAME")
    generate.add_argument("--seeds", required=True, help="such as 7 or 1-16 or 3,8,20-24")
    generate.add_argument("--out", required=True, help="folder for SEED.png files")
    _drawn(generate)
    device(generate)

    interpolate = command("interpolate", commands.interpolate, "Walk between latents and make a film of it.")
    _interpolate_options(interpolate)
    device(interpolate)

    explore.add(command, _drawn, device)

    redraw = command("redraw", commands.redraw, "Redraw a picture, or every picture in a folder.")
    _redraw_options(redraw)
    device(redraw)

    evaluate = command(
        "evaluate",
        commands.evaluate,
        "Say how close to real pictures a generator is, how varied, and whether it copies.",
    )
    _evaluate_options(evaluate)
    device(evaluate)

    play.add(command)

    data = command("data", room.data, "Prepare a data set and count its pictures; or list and delete what is kept.")
    _data_options(data)
    _owner_options(command("owner", commands.owner, "Print the link that makes its opener the owner of this app."))
    return parser


def _train_options(train: argparse.ArgumentParser, work: Callable[[argparse.ArgumentParser], None]) -> None:
    train.add_argument(
        "--preset",
        help=f"where the settings start: {', '.join(PRESETS)}; without it quick-look, or, with --start-from, how that "
        "was trained",
    )
    train.add_argument("--recipe", help=f"how to train: {', '.join(RECIPES)}; without it, the preset's")
    # torchrun takes every option that begins one of its own for that one, such as --run for --run-path.
    train.add_argument("--run", "--name", help="name of the run; without it, the preset's name and a number")
    train.add_argument("--kimg", type=float, help="train until so many thousands of images in all")
    train.add_argument(
        "--sized-for",
        default="auto",
        choices=CHOICES,
        help="of a preset that has settings for a card, too, those for cpu or cuda; auto (default): for the device",
    )
    work(train)
    settings = train.add_argument_group("settings (each has the preset's value unless given)")
    for name, one in SETTINGS.items():
        flag = "--" + name.replace("_", "-")
        if one.type is bool:
            settings.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=one.help)
        else:
            kind = one.type.__name__.upper()
            settings.add_argument(flag, type=one.type, default=None, metavar=kind, help=_with_choices(one))


def _data_options(data: argparse.ArgumentParser) -> None:
    data.add_argument("source", nargs="?", help="drawn-cats, drawn-faces, a known set, or the path of a folder or ZIP")
    data.add_argument("--fetch", action="store_true", help="show the terms of a known set, accept them and download it")
    data.add_argument("--pairs", action="store_true", help="for the task pairs: folders A and B, or two in each")
    data.add_argument("--resolution", type=int, default=64, help="width and height in pixels (default 64)")
    data.add_argument("--backwards", action="store_true", help="of pairs, the target goes in")
    for name in ("framing", "ground", "leave_out"):
        one = SETTINGS[name]
        data.add_argument(f"--{name.replace('_', '-')}", default=one.default, help=_with_choices(one))
    data.add_argument("--list", action="store_true", help="uploads, downloads, cached arrays: size, last use, runs")
    data.add_argument("--json", action="store_true", help="the list as JSON, for other programs")
    data.add_argument("--delete", nargs="+", metavar="NAME", help="delete it, by its name in the list, for good")
    data.add_argument("--force", action="store_true", help="delete also what runs need to be trained on")


def _owner_options(owner: argparse.ArgumentParser) -> None:
    where = "http://localhost:8501"
    owner.add_argument("--address", default=where, help=f"at which others reach the app (default {where})")
    owner.add_argument("--new", action="store_true", help="another link: the old one and all who came by it end")


def _with_choices(one: Setting) -> str:
    """A setting's help, and what it can be, for either kind of GAN."""
    either = (Config(), PRESETS["redraw"].config)
    choices = dict.fromkeys(str(choice) for config in either for choice in one.choices_for(config) if choice != "")
    return f"{one.help} One of: {', '.join(choices)}." if choices else one.help


def _interpolate_options(interpolate: argparse.ArgumentParser) -> None:
    interpolate.add_argument("--model", required=True, help="a generator in checkpoints/, or run:NAME")
    interpolate.add_argument("--seeds", required=True, help="two or more stops, such as 3,8; after --latent one")
    interpolate.add_argument("--latent", default="", metavar="TEXT", help="a first stop before the seeds, as find says")
    interpolate.add_argument("--frames", type=int, default=60, help="pictures in the film (default 60)")
    interpolate.add_argument("--fps", type=int, default=24, help="pictures a second (default 24)")
    interpolate.add_argument("--mode", default="spherical", choices=("spherical", "linear"))
    interpolate.add_argument("--there-and-back", action="store_true", help="end where it began, to play as a loop")
    _drawn(interpolate)
    interpolate.add_argument("--out", required=True, help="the film: .mp4, .gif or .webp")


def _moment(child: argparse.ArgumentParser) -> None:
    child.add_argument("--kimg", type=float, help="the generator as it was after so much training, if that was kept")


def _drawn(child: argparse.ArgumentParser) -> None:
    """What all have that draw from seeds."""
    _moment(child)
    child.add_argument("--truncation", type=float, default=1.0, help=argparse.SUPPRESS)  # of older days: refused


def _redraw_options(redraw: argparse.ArgumentParser) -> None:
    redraw.add_argument("pictures", metavar="IN", help="a picture, or a folder of them, also in folders below")
    redraw.add_argument("out", metavar="OUT", help="a .png file; for a folder, a folder")
    redraw.add_argument("--model", required=True, help="a generator in checkpoints/ that redraws, or run:NAME")
    redraw.add_argument("--square", action="store_true", help="the middle square of each; without it, all of it")
    redraw.add_argument(
        "--opaque", action="store_true", help="what comes out is not see-through, also where the picture was"
    )
    redraw.add_argument("--drawn", action="store_true", help="IN goes in as it is, such as a drawing for a sketch task")
    _moment(redraw)


def _evaluate_options(evaluate: argparse.ArgumentParser) -> None:
    evaluate.add_argument("model", metavar="MODEL", help="a generator in checkpoints/, or run:NAME, or run:NAME/best")
    evaluate.add_argument("--data", metavar="SOURCE", help="real pictures; without it, those that MODEL learned from")
    evaluate.add_argument("--count", type=int, default=2000, help="pictures to draw and judge (default 2000)")
    evaluate.add_argument(
        "--inception",
        action="store_true",
        help="also the FID of the papers: needs torch-fidelity, the net once, minutes",
    )
    evaluate.add_argument("--json", action="store_true", help="as JSON, for other programs")
    evaluate.add_argument("--write-card", action="store_true", help="keep them in MODEL's card, if SOURCE is its own")
