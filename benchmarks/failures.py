"""Do the failures on purpose fail, how soon, and are they cured?

    python -m benchmarks.failures [--kinds too-weak collapse] [--seeds 1 2 3 4 5] [--copies] [--tiny]

Lets each fail with every seed, two at a time, as `python -m gan fail` does, and cures it as `python -m gan cure` does;
with `--copies` they are made of copies of quick looks after 8 kimg. Says after how many kimg the diagnosis named the
failure first, and of the forgeries before the cure and after it how far they are from real pictures, how varied, and by
how much the same picture changes from grid to grid (in levels of 256).
"""

import argparse
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.meter import print_machine, print_table
from gan.learning.config import Config
from gan.paths import PROJECT, read_json
from gan.quality.diagnosis import Course, course, diagnose
from gan.runs.run import Run
from gan.runs.snapshot import look
from gan.training.failures import FAILURES

GOOD, GOOD_KIMG = "good", 8.0
LAST = 6  # grids


def fail_and_cure(key: str, seed: int, home: Path, copies: bool, tiny: bool) -> dict[str, Any]:
    """One line of the table."""
    failure, runs = FAILURES[key], home / f"{key}-{seed}"
    share = 0.02 if tiny else 1.0
    begun = GOOD_KIMG * share if copies else 0.0
    failed, cured = begun + failure.kimg * share, begun + (failure.kimg + failure.cure_kimg) * share
    if copies:
        _command(runs, f"train --preset quick-look --run {GOOD} --seed {seed} --kimg {begun}")
        name = f"{GOOD}-{key}"
        _command(runs, f"fail {key} --copy {GOOD} --kimg {failed}")
    else:
        name = key
        _command(runs, f"fail {key} --seed {seed} --kimg {failed}")
    then = _look(runs / name)
    goal = failure.cure_kimg * share if failure.cured_by else cured
    _command(runs, f"cure {name} --kimg {goal}")
    now = _look(runs / (f"{name}-cured" if failure.cured_by else name))
    return {
        "failure": key,
        "seed": seed,
        "shown after (kimg)": _shown(then, key, begun),
        "distance": round(then["distance"], 2),
        "varied": round(then["diversity"], 2),
        "changes": round(then["changes"], 1),
        "cured: distance": round(now["distance"], 2),
        "cured: varied": round(now["diversity"], 2),
        "cured: changes": round(now["changes"], 1),
        "named": str(now["state"]),
    }


def _command(runs: Path, words: str) -> None:
    places = {"OMP_NUM_THREADS": "1", "FORGER_RUNS": str(runs)}  # several trainings at once are several runs
    command = [sys.executable, "-m", "gan", *words.split(), "--device", "cpu"]
    subprocess.run(command, cwd=PROJECT, env=os.environ | places, check=True, capture_output=True)


def _look(folder: Path) -> dict[str, Any]:
    """What there is to see of a run by now."""
    run = Run(folder, Config.from_dict(read_json(folder / "config.json")))
    seen = look(run)
    known = course(seen.metrics, seen.verdicts)
    grids = [np.asarray(Image.open(path).convert("RGB"), float) for path in sorted(run.grids_folder.glob("*.jpg"))]
    return {
        "course": known,
        "state": diagnose(known).state,
        "distance": float(np.nanmedian(known.distance[-LAST:])),
        "diversity": float(np.nanmedian(known.diversity[-LAST:])),
        "changes": float(np.mean([np.abs(a - b).mean() for a, b in pairwise(grids[-LAST:])])),
    }


def _shown(then: dict[str, Any], key: str, begun: float) -> str:
    """After how many kimg of failing it was named first."""
    known = then["course"]
    for grid, images in enumerate(known.images):
        if images > 1000 * begun and diagnose(_until(known, grid)).state == FAILURES[key].state:
            return f"{images / 1000 - begun:.1f}"
    return "never" if FAILURES[key].state else "no name"


def _until(known: Course, grid: int) -> Course:
    """The figures as they were at a grid; lines of the log are as evenly spaced as grids are."""
    lines = max(1, round(len(known.loss) * known.images[grid] / known.images[-1])) if known.images[-1] else 1
    by_grid = ("images", "rank", "gap", "diversity", "nearness", "distance")
    then = {name: getattr(known, name)[: grid + 1] for name in by_grid}
    return replace(known, **then, loss=known.loss[:lines], accuracy=known.accuracy[:lines])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", nargs="+", choices=FAILURES, default=list(FAILURES))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--copies", action="store_true", help="of good runs, where a failure can be made of one")
    parser.add_argument("--tiny", action="store_true", help="for seconds each: nothing is learned")
    request = parser.parse_args()
    print_machine()
    kinds = [key for key in request.kinds if (FAILURES[key].turns if request.copies else FAILURES[key].settings)]
    asked = [(key, seed) for seed in request.seeds for key in kinds]
    with tempfile.TemporaryDirectory() as home, ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(fail_and_cure, *one, Path(home), request.copies, request.tiny) for one in asked]
        print_table([job.result() for job in jobs])


if __name__ == "__main__":
    main()
