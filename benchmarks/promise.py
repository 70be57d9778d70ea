"""Is it true, how long a training will take, as the page says it before the start?

    python -m benchmarks.promise PICTURES [--presets quick-look faces] [--kimg 25] [--fresh]

For each preset: what is promised by a measurement, what the real command then takes from its start to its end, and what
that run has the next one promised. With --fresh nothing of the pictures is prepared: drawing them, and describing those
to judge by, are in both. A promise may be a quarter wrong on a quiet machine; one that was measured while others were
at work is marked.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.command import environment
from benchmarks.meter import changed_environment, print_machine, print_table, write_results
from gan.data import open_pictures
from gan.device import choose
from gan.learning.config import Config, configure
from gan.learning.recipes import PRESETS
from gan.paths import PROJECT
from gan.quality.exams import EXAMS
from gan.quality.feature_choice import choose_features
from gan.quality.reference import MIN_PICTURES, reference
from gan.training.estimate import measure_pace, seconds
from gan.training.pace import noted, what_counts


def measure(name: str, kimg: float, data: Path | None, fresh: bool) -> dict[str, Any]:
    """One preset's line."""
    config = PRESETS[name].config
    config = configure(config, data=str(data.resolve())) if data else config
    if not fresh:
        prepare(config)
    images = round(1000 * kimg)
    measured = measure_pace(what_counts(config), "cpu")
    promised = seconds(measured.pace, config, images)
    command = [sys.executable, "-m", "gan", "train", "--preset", name, "--run", name, "--data", config.data]
    started = time.perf_counter()
    command += ["--kimg", str(kimg), "--device", "cpu", "--give-way"]  # as the page starts it
    subprocess.run(command, cwd=PROJECT, env=environment(), check=True)
    took = time.perf_counter() - started
    before = noted(config, choose("cpu"))
    again = seconds(before[1], config, images) if before else None
    return {
        "preset": name,
        "promised s": promised,
        "took s": took,
        "ratio": promised / took,
        "promised next s": again,
        "next ratio": again / took if again else None,
        "busy": "yes" if measured.busy else "",
    }


def prepare(config: Config) -> None:
    """Draws or reads the pictures, and describes those to judge by, so that all of it lies there."""
    pictures = open_pictures(config.data, config.resolution)
    if config.measure_every and EXAMS[config.kind].draws_freely and len(pictures) >= MIN_PICTURES:
        reference(pictures, choose_features())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path, nargs="?", help="without them, each preset's own")
    parser.add_argument("--presets", nargs="+", choices=tuple(PRESETS), default=list(PRESETS))
    parser.add_argument("--kimg", type=float, default=25)
    parser.add_argument("--fresh", action="store_true", help="with a cache of pictures of its own, empty at first")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print_machine()
    rows = []
    for name in options.presets:
        with tempfile.TemporaryDirectory() as folder:
            places = {"FORGER_RUNS": str(Path(folder, "runs"))}
            if options.fresh:
                places["FORGER_DATA"] = str(Path(folder, "data"))
            with changed_environment(places):
                rows.append(measure(name, options.kimg, options.pictures, options.fresh))
    print_table(rows)
    write_results(options.json, rows)


if __name__ == "__main__":
    main()
