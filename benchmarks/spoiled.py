"""Are trainings that are spoiled on purpose named rightly, and healthy ones left in peace?

    python -m benchmarks.spoiled PICTURES --keep FILE [--kinds strong few] [--seeds 1 2 3 4 5] [--tiny]

Trains every kind with every seed, two at a time (40 minutes of two cores for all), says what `gan.quality.diagnosis`
makes of each, and keeps the figures that it looks at. tests/gan/quality/courses.json.gz is such a file.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.meter import print_machine, print_table
from gan.data.drawn import drawn_picture
from gan.learning.config import Config
from gan.paths import PROJECT, read_json
from gan.quality.diagnosis import Course, State, course, diagnose
from gan.runs.run import Run
from gan.runs.snapshot import look

QUICK = "--preset quick-look"
PHOTOS, FEW = "PHOTOS", "FEW"
# By kind: what is wrong, the options of the training, and its kimg.
KINDS: dict[str, tuple[State, str, float]] = {
    "strong": (State.STRONG, f"{QUICK} --learning-rate-d 2e-3 --learning-rate-g 2e-5", 12),
    "lessons": (State.STRONG, f"{QUICK} --d-steps 5 --learning-rate-g 5e-5 --real-label 1", 16),
    "weak": (State.FOOLED, f"{QUICK} --learning-rate-d 1e-6", 8),
    "outpaced": (State.FOOLED, f"{QUICK} --g-steps 8 --learning-rate-d 2e-5", 5),
    "grey": (State.FOOLED, f"{QUICK} --learning-rate-g 2e-3 --average-half-life 0 --real-label 1", 12),
    "alike": (
        State.COLLAPSED,
        f"{QUICK} --beta1 0.9 --learning-rate-g 5e-3 --learning-rate-d 5e-4 --average-half-life 0", 10,
    ),
    "to and fro": (
        State.SWINGING,
        f"{QUICK} --loss hinge --learning-rate-g 5e-3 --learning-rate-d 5e-3 --average-half-life 0", 10,
    ),
    "few": (State.COPYING, f"{QUICK} --data {FEW}", 24),
    "wild": (
        State.BREAKING,
        f"{QUICK} --recipe modern --penalty none --learning-rate-g 5e-2 --learning-rate-d 5e-2", 6,
    ),
    "quick look": (State.HEALTHY, QUICK, 20),
    "modern": (State.HEALTHY, f"{QUICK} --recipe modern", 16),
    "cats": (State.HEALTHY, "--preset cats --sample-every 500 --measure-every 0", 8),
    "faces": (State.HEALTHY, f"--preset faces --data {PHOTOS} --sample-every 500 --measure-every 0", 8),
}  # fmt: skip
TINY = "--resolution 32 --width-g 4 --width-d 4 --batch-size 4 --sample-count 4 --sample-every 16"
MANY = 18  # pictures that are few


def train(kind: str, seed: int, places: dict[str, str], home: Path, tiny: bool) -> Course:
    _, options, kimg = KINDS[kind]
    name = f"{kind.replace(' ', '-')}-{seed}"
    command = [sys.executable, "-m", "gan", "train", *(places.get(word, word) for word in options.split())]
    command += f"--run {name} --seed {seed} --kimg {0.1 if tiny else kimg} --device cpu --give-way".split()
    command += TINY.split() if tiny else []
    threads = {"OMP_NUM_THREADS": "1", "FORGER_RUNS": str(home / name)}  # several trainings at once are several runs
    subprocess.run(command, cwd=PROJECT, env=os.environ | threads, check=True, capture_output=True)
    folder = home / name / name
    seen = look(Run(folder, Config.from_dict(read_json(folder / "config.json"))))
    return course(seen.metrics, seen.verdicts)


def as_lists(one: Course) -> dict[str, list[float | None]]:
    """Ready for JSON, with as many digits as count."""
    return {
        name: [float(f"{value:.4g}") if np.isfinite(value) else None for value in values]
        for name, values in asdict(one).items()
        if name != "varied_before"  # nobody turned a knob
    }


def few_pictures(folder: Path) -> str:
    folder.mkdir()
    for number in range(MANY):
        Image.fromarray(drawn_picture("drawn-cats", number, 64)).save(folder / f"{number:02d}.png")
    return str(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path, help="faces, for one of the healthy kinds")
    parser.add_argument("--keep", type=Path, required=True, help="a .json.gz file for the figures")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--tiny", action="store_true", help="for a second each: nothing is learned")
    request = parser.parse_args()
    print_machine()
    asked = [(kind, seed) for seed in request.seeds for kind in request.kinds]
    rows: list[dict[str, Any]] = []
    kept = []
    with tempfile.TemporaryDirectory() as home:
        places = {PHOTOS: str(request.pictures.resolve()), FEW: few_pictures(Path(home) / "few")}
        with ThreadPoolExecutor(2) as pool:
            jobs = [pool.submit(train, kind, seed, places, Path(home), request.tiny) for kind, seed in asked]
            for (kind, seed), job in zip(asked, jobs, strict=True):
                found = diagnose(job.result())
                rows.append({"kind": kind, "seed": seed, "is": str(KINDS[kind][0]), "named": str(found.state)})
                kept.append({"kind": kind, "seed": seed, "is": str(KINDS[kind][0])} | as_lists(job.result()))
    print_table(rows)
    request.keep.write_bytes(gzip.compress(json.dumps(kept).encode(), mtime=0))


if __name__ == "__main__":
    main()
