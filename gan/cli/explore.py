"""The commands that explore what a generator can draw: along the directions of its latents, and near a picture."""

import argparse
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from gan.cli import commands
from gan.errors import ForgerError

Command = Callable[..., argparse.ArgumentParser]
Options = Callable[[argparse.ArgumentParser], None]


def add(command: Command, drawn: Options, device: Options) -> None:
    """Adds them to the command line; `command` makes one of a name, what it does, and help; `drawn` and `device` add
    the options of all that draw."""
    directions = command("directions", _directions, "Move a latent along the strongest directions of its space.")
    directions.add_argument("model", metavar="MODEL", help="a generator in checkpoints/, or run:NAME")
    start = directions.add_mutually_exclusive_group()
    start.add_argument("--seed", default="1", help="whose latent is moved (default 1)")
    start.add_argument("--latent", default="", metavar="TEXT", help="is moved instead, as find says it")
    move = "how far along which, such as 1:2,3:-1.5: a sheet of before and after; without it, of all from end to end"
    directions.add_argument("--move", default="", help=move)
    directions.add_argument("--out", required=True, help="the sheet, a .png file")
    find = command("find", _find, "Look for the latent whose picture comes nearest to a picture.")
    find.add_argument("model", metavar="MODEL", help="a generator in checkpoints/, or run:NAME")
    find.add_argument("picture", metavar="PICTURE", help="its middle square is looked for")
    find.add_argument("--out", required=True, help="a .png file: the picture, the one found, and the nearest seed's")
    for child in (directions, find):
        drawn(child)
        device(child)


def _directions(request: argparse.Namespace) -> int:
    import torch

    from gan import generators
    from gan.generators import sampling
    from gan.generators.directions import directions_of
    from gan.latents.moves import moved, parse_moves, strip
    from gan.latents.seeds import parse_seeds

    out = _png(request.out)
    seeds = [] if request.latent else parse_seeds(request.seed, 1)
    model = generators.find_generator(request.model)
    z = sampling.stops_of(model.config, request.latent, seeds)
    generator = commands.chosen_generator(model, request)
    found, distribution = directions_of(generator), model.config.latent_distribution
    if moves := parse_moves(request.move, len(found)):
        rows = torch.cat([z, moved(z, found, moves, distribution)])
        columns, words = 2, "before and after"
    else:
        strips = [strip(z[0], found, {}, number, distribution) for number in range(1, len(found) + 1)]
        rows, columns = torch.cat([latents for latents, _ in strips]), len(strips[0][1])
        words = f"{len(found)} directions, each a row from {strips[0][1][0]:+g} to {strips[0][1][-1]:+g}"
    _write_sheet(out, sampling.generate(generator, rows), columns)
    print(f"{words}: {out}")
    return 0


def _find(request: argparse.Namespace) -> int:
    import numpy as np

    from gan import generators
    from gan.data.incoming import read_file
    from gan.generators import inversion
    from gan.pictures.crop import middle

    out = _png(request.out)
    picture = middle(read_file(Path(request.picture)).picture)
    model = generators.find_generator(request.model)
    generator = commands.chosen_generator(model, request)
    seeds = _with_bar("looking at random seeds", inversion.survey(generator, model.config))
    found = _with_bar("coming nearer", inversion.invert(generator, model.config, picture, seeds))
    _write_sheet(out, np.stack([found.wanted, found.found, found.seeds_picture]), 3)
    print(f"{found.words}\nlatent: {found.latent}\nyour picture, the one found, and the nearest seed's: {out}")
    return 0


def _with_bar(words: str, steps):
    """What a generator of shares returns at last, with a progress bar meanwhile."""
    with tqdm(total=100, unit="%", desc=words, delay=1, disable=None) as bar:
        while True:
            try:
                bar.update(round(100 * next(steps)) - bar.n)
            except StopIteration as end:
                return end.value


def _png(text: str) -> Path:
    out = Path(text)
    if out.suffix.lower() != ".png" or out.is_dir():
        raise ForgerError(f"{out} must be a .png file.")
    return out


def _write_sheet(out: Path, pictures, columns: int) -> None:
    from gan.paths import make_folder, write_file
    from gan.pictures.files import png_bytes
    from gan.pictures.sheet import grid

    make_folder(out.parent)
    write_file(out, png_bytes(grid(pictures, columns)))
