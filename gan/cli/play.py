"""The command that plays: a round of "you against the inspector" as a sheet, with its key."""

import argparse
from collections.abc import Callable
from pathlib import Path

from gan.errors import ForgerError

Command = Callable[..., argparse.ArgumentParser]


def add(command: Command) -> None:
    """Adds it to the command line; `command` makes one of a name, what it does, and help."""
    against = command("against", _against, "Ten pictures, five of them real: say which, and what the inspector says.")
    against.add_argument("model", metavar="RUN", help="run:NAME, or a generator in checkpoints/")
    against.add_argument("--kimg", type=float, help="the generator as it was after so much training, if that was kept")
    against.add_argument("--round", type=int, default=1, help="the same number, the same ten (default 1)")
    against.add_argument("--out", help="a .png file for the ten, to be looked at before the key")


def _against(request: argparse.Namespace) -> int:
    from gan.generators import find_generator, load_discriminator, load_generator
    from gan.generators.origin import data_name, run_of, source_of
    from gan.paths import make_folder, write_file
    from gan.pictures.files import png_bytes
    from gan.pictures.sheet import grid
    from gan.quality import against

    model = find_generator(request.model)
    source = source_of(model)
    at = model.config.resolution, model.config.preparation
    real = against.bank(source, *at, run_of(model)) if source else None
    if real is None:
        raise ForgerError(
            f"The real pictures of {model.name} ({data_name(model)}) are not on this machine, or were not prepared "
            f"here at {model.config.resolution} pixels: there is nothing to set beside its forgeries."
        )
    moment = model.moment_after(request.kimg)
    drawn = against.draw(request.round, load_generator(model, images_seen=moment), model.config, real)
    if request.out:
        out = Path(request.out)
        if out.suffix.lower() != ".png":
            raise ForgerError(f"The sheet is a .png file, not {out.name!r}.")
        make_folder(out.parent)
        write_file(out, png_bytes(grid(drawn.pictures, columns=5)))
        print(f"The ten, row by row: {out}")
    inspector = load_discriminator(model, images_seen=moment)
    scored = None if inspector is None else against.scores(inspector, drawn.pictures)
    called = None if scored is None else against.calls_real(scored)
    print(f"{model.name} after {moment / 1000:g} kimg, round {request.round}")
    for place, real_one in enumerate(drawn.real):
        line = f"{place + 1:2}  {'real' if real_one else 'forged':6}"
        if scored is not None and called is not None:
            line += f"  inspector: {'real' if called[place] else 'forged':6} ({scored[place]:+.2f})"
        print(line)
    if called is None:
        print("The inspector of this moment was not kept.")
    else:
        print(f"The inspector is right about {against.right(called, drawn.real)} of {against.COUNT}.")
    if not drawn.unseen:
        print("The data set is small: some of the real ones are among those that training studied.")
    return 0
