"""How many core-seconds `modern` needs to draw as well as the textbook's loop does after 30 minutes.

    python -m benchmarks.time_to_quality PICTURES --json FILE [--minutes 30] [--seeds 1 2 3] [--recipe modern]

Both learn from the same nine tenths of a ZIP or folder of pictures, at 64 pixels, each as one process on one thread
with nothing to fight for. Each is judged every now and then by the KID between what it draws and the tenth that
neither has seen (`gan.quality`); judging is not counted, only the processor time of the training steps. The seeds of
the textbook's loop run heats of `--heat` core-seconds; one that collapses is given up and reported, and the best of
the others goes on until it has had `--minutes` times `--cores` core-minutes. Its best point is the mark to reach. Then
the recipe trains until it was at least as good in two judgements on end, the second of which counts, or has had as
long. A textbook picture is drawn as its loop draws, by the statistics of its batch; the recipe's by its averaged
generator.

FILE holds the curves, and the .state files beside it the trainings, all written at every judgement: the same command
goes on from there. FILE may also come from a finished run; then it is only printed.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

from benchmarks.meter import machine, print_machine, print_table
from benchmarks.textbook import Textbook, lay_out
from gan import device as devices
from gan.data import open_pictures
from gan.data.split import split
from gan.generators.sampling import generate
from gan.latents.distributions import latents_of
from gan.learning.config import Config
from gan.learning.recipes import RECIPES, recipes_for
from gan.learning.trainer import Trainer
from gan.networks import LATENTS
from gan.paths import write_atomically
from gan.quality.feature_choice import choose_features
from gan.quality.measure import Quality, measure
from gan.quality.reference import reference
from gan.quality.simple_features import SimpleFeatures

RESOLUTION = 64
FIRST_SEED = 2_000_000  # of the pictures that are judged: those of no grid and no other judgement
TEXTBOOK = "textbook, seed "

Judge = Callable[[np.ndarray], Quality]


class Learner(Protocol):
    images_seen: int
    collapsed: bool

    def step(self) -> object: ...
    def draw(self, count: int) -> np.ndarray: ...
    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state: dict[str, Any]) -> None: ...


class Recipe:
    """A `Trainer` with the face of a `Textbook`."""

    collapsed = False

    def __init__(self, config: Config, pictures: np.ndarray):
        self.config, self.trainer = config, Trainer(config, pictures, torch.device("cpu"))
        self.step, self.state_dict = self.trainer.step, self.trainer.state_dict
        self.load_state_dict = self.trainer.load_state_dict

    @property
    def images_seen(self) -> int:
        return self.trainer.images_seen

    def draw(self, count: int) -> np.ndarray:
        seeds = range(FIRST_SEED, FIRST_SEED + count)
        return generate(
            self.trainer.average, latents_of(seeds, self.config.latent_size, self.config.latent_distribution)
        )


@dataclass
class Curve:
    """One training's way: `points` have core_seconds, images, kid, kid_error, pixels and diversity."""

    name: str
    points: list[dict[str, float]] = field(default_factory=list)
    collapsed: bool = False

    @property
    def core_seconds(self) -> float:
        return self.points[-1]["core_seconds"] if self.points else 0.0

    @property
    def best(self) -> dict[str, float]:
        return min(self.points, key=lambda point: point["kid"])

    def reached(self, kid: float) -> dict[str, float] | None:
        """The second of the first two points on end that are as good as `kid`."""
        for before, point in zip(self.points, self.points[1:], strict=False):
            if max(before["kid"], point["kid"]) <= kid:
                return point
        return None


class Race:
    """All curves of one comparison, kept in a file."""

    def __init__(self, path: Path, settings: dict[str, Any]):
        self.path, self.settings = path, settings
        self.curves: dict[str, Curve] = {}
        if path.exists():
            kept = json.loads(path.read_text())
            if kept["settings"] != settings:
                raise SystemExit(f"{path} was made with other settings: {kept['settings']}")
            self.curves = {one["name"]: Curve(**one) for one in kept["curves"]}

    def run(
        self, name: str, make: Callable[[], Learner], judge: Judge, every: float, limit: float,
        target: float | None = None,
    ) -> Curve:  # fmt: skip
        """Trains on from where it was, for `limit` core-seconds in all, or until a KID of `target` is reached; it is
        judged after `every` more."""
        curve = self.curves.setdefault(name, Curve(name))
        learner = None
        while not (curve.core_seconds >= limit or curve.collapsed or (target is not None and curve.reached(target))):
            if learner is None:
                learner = make()
                if self._state_path(name).exists():
                    learner.load_state_dict(torch.load(self._state_path(name), weights_only=True))
            spent = curve.core_seconds
            until = min(spent + every, limit)
            while spent < until:
                started = time.process_time()
                learner.step()
                spent += time.process_time() - started
            quality = judge(learner.draw(self.settings["pictures"]))
            figures = {name: getattr(quality, name) for name in ("kid", "kid_error", "pixels", "diversity")}
            curve.points.append({"core_seconds": spent, "images": learner.images_seen} | figures)
            curve.collapsed = learner.collapsed
            print(
                f"{name}: {spent:7.0f} core-seconds, {learner.images_seen / 1000:7.1f} kimg, KID {quality.kid:.4f}"
                f" +- {quality.kid_error:.4f}, {quality.pixels:.0f} pixels, diversity {quality.diversity:.2f}"
                + (", collapsed" if curve.collapsed else ""),
                flush=True,
            )
            # The curve first: if it is killed in between, the clock has run for nothing, and no training was free.
            self._keep_curves()
            state = learner.state_dict()
            write_atomically(self._state_path(name), lambda temporary, state=state: torch.save(state, temporary))
        return curve

    def _state_path(self, name: str) -> Path:
        return self.path.with_name(f"{self.path.stem}-{name.replace(', ', '-').replace(' ', '-')}.state")

    def _keep_curves(self) -> None:
        kept = {
            "machine": machine(),
            "settings": self.settings,
            "curves": [asdict(curve) for curve in self.curves.values()],
        }
        write_atomically(self.path, lambda temporary: temporary.write_text(json.dumps(kept, indent=1) + "\n"))


def autocasts() -> bool:
    """Whether trainings of the project compute in bfloat16 here."""
    with devices.autocast(torch.device("cpu")):
        return torch.is_autocast_enabled("cpu")


def print_result(textbooks: list[Curve], recipe: Curve, limit: float) -> None:
    """Both curves side by side, and what the one needed against the other."""
    best = min(textbooks, key=lambda curve: curve.best["kid"])
    rows = []
    for number in range(max(len(best.points), len(recipe.points))):
        row: dict[str, Any] = {}
        for name, points in (("textbook", best.points), ("recipe", recipe.points)):
            point = points[number] if number < len(points) else None
            row[f"{name} core-s"] = point and round(point["core_seconds"])
            row[f"{name} kimg"] = point and point["images"] / 1000
            row[f"{name} KID"] = point and f"{point['kid']:.4f} +- {point['kid_error']:.4f}"
        rows.append(row)
    print()
    print_table(rows)
    collapsed = sum(curve.collapsed for curve in textbooks)
    print(f"\nOf {len(textbooks)} seeds of the textbook's loop {collapsed} collapsed. Its best is {best.name!r}:")
    target = best.best
    print(f"KID {target['kid']:.4f} after {target['core_seconds']:.0f} of {limit:.0f} core-seconds.")
    if (reached := recipe.reached(target["kid"])) is None:
        print(f"The recipe did not get there in {recipe.core_seconds:.0f}: its best is {recipe.best['kid']:.4f}.")
        return
    needed = reached["core_seconds"]
    print(
        f"The recipe was there after {needed:.0f}: {limit / needed:.1f} times as fast as the whole time, "
        f"{target['core_seconds'] / needed:.1f} times as fast as the textbook's way to its best. (It computes in "
        f"{'bfloat16' if autocasts() else 'single precision'}, the textbook's loop in single precision.)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--cores", type=float, default=2, help="that the textbook's loop has during those minutes")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="of the textbook's loop")
    parser.add_argument("--heat", type=float, default=300, help="core-seconds for each seed, before the best goes on")
    parser.add_argument("--recipe", choices=recipes_for(LATENTS), default="modern")
    parser.add_argument("--every", type=float, default=60, help="core-seconds between two judgements")
    parser.add_argument("--count", type=int, default=500, help="pictures in each judgement")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--width", type=int, help="of all networks, instead of the yardstick's and the recipe's")
    parser.add_argument("--batch", type=int, help="likewise")
    parser.add_argument("--simple-features", action="store_true", help="judge by those that need no package: quicker")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print_machine()
    sizes = {name: value for name in ("width", "batch") if (value := getattr(options, name)) is not None}
    names = {"width": ("width_g", "width_d"), "batch": ("batch_size",)}
    changed = {setting: value for size, value in sizes.items() for setting in names[size]}
    config = Config(**RECIPES[options.recipe].settings | {"resolution": RESOLUTION} | changed)
    limit = 60 * options.minutes * options.cores
    settings = {
        "data": options.pictures.name, "limit": limit, "heat": options.heat, "every": options.every,
        "pictures": options.count, "threads": options.threads, "config": config.to_dict(), **sizes,
    }  # fmt: skip
    if options.simple_features:
        settings["features"] = SimpleFeatures.name
    race = Race(options.json, settings)
    pictures = open_pictures(str(options.pictures), RESOLUTION)
    features = SimpleFeatures(torch.device("cpu")) if options.simple_features else choose_features()
    if pictures.skipped:
        raise SystemExit(
            "Some of the pictures cannot be read, and the textbook's loop would count them: take them out."
        )
    truth = reference(pictures, features)

    def judge(drawn: np.ndarray) -> Quality:
        return measure(drawn, truth, features)

    with tempfile.TemporaryDirectory() as folder:
        lay_out(options.pictures, Path(folder), split(len(pictures))[0])

        def textbook(seed: int, limit: float) -> Curve:
            make = lambda: Textbook(Path(folder), seed, workers=0, **sizes)  # noqa: E731
            return race.run(f"{TEXTBOOK}{seed}", make, judge, options.every, limit)

        textbooks = {seed: textbook(seed, min(options.heat, limit)) for seed in options.seeds}
        alive = {seed: curve for seed, curve in textbooks.items() if not curve.collapsed}
        if not alive:
            raise SystemExit("All seeds of the textbook's loop collapsed: nothing to compare with.")
        textbook(min(alive, key=lambda seed: alive[seed].best["kid"]), limit)
    target = min(curve.best["kid"] for curve in textbooks.values())
    # It will be there soon, so it is judged more often.
    curve = race.run(options.recipe, lambda: Recipe(config, pictures.array), judge, options.every / 4, limit, target)
    print_result(list(textbooks.values()), curve, limit)


if __name__ == "__main__":
    main()
