"""What holds on a card, and how fast it is: a table within so many minutes.

    python -m benchmarks.card [--minutes 10] [--json FILE] [--skip graphs first-grid] [--only speed]
    python -m benchmarks.card --data PICTURES

*Agreement*: a step on the card against the CPU, in float32 without TF32, from the same seed. *Resume*: a training that
was stopped and resumed against one that was not. *Syncs*: how often the host waits for the card. *First-grid*: the real
command (`--train` has its arguments) until it shows pictures; with `--data` it learns from those instead of drawn ones.
*Presets* and *speed*: images a second and memory, by preset, batch and width. *Graphs*: what CUDA graphs would bring to
the part of a step that they can hold. Rows come as they are known; a check that fails ends none of the others. Without
a card all is calculated on the CPU, and rows that prove nothing there say so.
"""

import argparse
import gc
import shlex
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import torch

from benchmarks import card_checks, card_speed
from benchmarks.checking import Check, Deadline, make_all
from benchmarks.meter import print_machine, write_results
from gan import device as devices
from gan.learning.config import RESOLUTIONS, Config
from gan.learning.recipes import PRESETS

CHECKS = ("agreement", "resume", "syncs", "first-grid", "presets", "speed", "graphs")


def checks(options: argparse.Namespace, device: torch.device) -> dict[str, Check]:
    """All checks by name: first what is right, then what is fast; graphs last, for a failed capture may hurt others."""
    size = card_checks.Size(options.resolution, options.width, options.batch)
    grid_of = ["--device", device.type, *shlex.split(options.train)]
    if options.data:
        grid_of += ["--data", options.data]

    def compared() -> Iterator[Config]:
        return card_speed.points("modern", options.resolution, options.batches, options.widths)

    return {
        "agreement": Check(partial(card_checks.agreement, size, device)),
        "resume": Check(partial(card_checks.resume, size, device)),
        "syncs": Check(partial(card_checks.syncs, size, device, options.steps)),
        "first-grid": Check(partial(card_speed.first_grid, grid_of), 0.5),
        "presets": Check(partial(card_speed.by_preset, options.presets, device, options.seconds), 0.5),
        "speed": Check(partial(card_speed.by_size, compared(), device, options.seconds), 0.5),
        "graphs": Check(partial(card_speed.by_graph, compared(), device, options.seconds)),
    }


def widths(text: str) -> card_speed.Widths:
    """ "32,64": the generator's and the discriminator's."""
    generator, discriminator = text.split(",")
    return int(generator), int(discriminator)


def clean_up() -> None:
    """What one check held must not be missing in the next."""
    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10, help="after which nothing new is begun (default 10)")
    parser.add_argument("--device", choices=devices.CHOICES, default="auto")
    parser.add_argument("--only", nargs="+", choices=CHECKS, default=CHECKS, help="checks to make")
    parser.add_argument("--skip", nargs="+", choices=CHECKS, default=[], help="checks to leave out")
    parser.add_argument("--resolution", type=int, choices=RESOLUTIONS, default=64)
    parser.add_argument("--width", type=int, default=16, help="of both networks, where the CPU trains beside the card")
    parser.add_argument("--batch", type=int, default=16, help="likewise")
    parser.add_argument("--steps", type=int, default=100, help="in which waits are counted")
    parser.add_argument("--widths", type=widths, nargs="+", default=[(12, 32), (32, 64), (64, 64)], metavar="G,D")
    parser.add_argument("--batches", type=int, nargs="+", default=[8, 64, 256], help="whose speed is compared")
    parser.add_argument("--presets", nargs="+", choices=tuple(PRESETS), default=["faces", "large", "256"])
    parser.add_argument("--seconds", type=float, default=1.5, help="that each speed is measured for")
    parser.add_argument("--train", default="--preset faces", help="what the real command is given, in one string")
    parser.add_argument("--data", help="a folder or ZIP for the real command to learn from")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    deadline = Deadline(60 * options.minutes)
    device = devices.choose(options.device)
    devices.prepare(device)
    print_machine()
    print(f"Trains in {devices.precision(device)}.\n")
    wanted = [name for name in CHECKS if name in options.only and name not in options.skip]
    made = checks(options, device)
    write_results(options.json, make_all({name: made[name] for name in wanted}, deadline, clean_up))


if __name__ == "__main__":
    main()
