"""What changes of the settings bring after equal processor time.

python -m benchmarks.recipe_arms PICTURES --arms discriminator=slim discriminator=plain --json FILE

Every arm is the preset with other settings, `name=value` with commas between them ("as it is" changes none); all learn
the same pictures, each on one thread, until they have used `--core-seconds`, so that whatever makes a step dearer pays
for it. Several times on the way the averaged generator is judged as a training judges itself, which is not counted. An
arm may start from what ships or from a run (`start_from=cats`), also at another size of the same pictures, and redraw.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks.meter import print_machine, print_table, write_results
from gan import device as devices
from gan.data import Pictures, open_pictures
from gan.errors import ForgerError
from gan.learning.config import SETTINGS, Config, configure
from gan.learning.kinds import new_trainer
from gan.learning.recipes import preset
from gan.quality.exams import new_exam
from gan.training.head_start import begin, find_head_start, load_head_start

CPU = torch.device("cpu")
AS_IT_IS = "as it is"
STEPS = 10  # between two looks at the clock


def settings_of(arm: str) -> dict[str, Any]:
    """The settings that an arm changes. Raises ForgerError for one that there is not."""
    changes = {}
    for part in filter(None, arm.replace(AS_IT_IS, "").split(",")):
        name, _, value = part.partition("=")
        if name not in SETTINGS:
            raise ForgerError(f"There is no setting {name!r} in the arm {arm!r}.")
        kind = SETTINGS[name].type
        changes[name] = value == "True" if kind is bool else kind(value)
    return changes


def learn(config: Config, pictures: Pictures, core_seconds: float, looks: int) -> list[dict[str, float]]:
    """One training's points: core_seconds, kimg, and what its exam says after each of so many equal parts."""
    trainer = new_trainer(config, pictures.array, CPU, training=pictures.split()[0])
    if config.start_from:
        start = find_head_start(config)
        load_head_start(trainer, start, start.goes_on(config, len(pictures)))
    exam = new_exam(config, pictures, config.measure_count, CPU, lambda what, done, total: None)
    used, points = 0.0, []
    for look in range(1, looks + 1):
        while used < look * core_seconds / looks:
            started = time.process_time()
            for _ in range(STEPS):
                trainer.step()
            used += time.process_time() - started
        figures = exam.measure(exam.made_by(trainer.average)).to_dict()
        numbers = {name: value for name, value in figures.items() if isinstance(value, float)}
        score = numbers[exam.score]
        points.append({"core_seconds": used, "kimg": trainer.images_seen / 1000, "score": score, **numbers})
    return points


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures")
    parser.add_argument("--arms", nargs="+", default=[AS_IT_IS])
    parser.add_argument("--preset", default="faces")
    parser.add_argument("--core-seconds", type=float, default=420)
    parser.add_argument("--looks", type=int, default=4)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--json", type=Path, metavar="FILE")
    request = parser.parse_args()
    print_machine()
    torch.set_num_threads(1)
    devices.prepare(CPU)
    rows, courses = [], []
    for seed in request.seeds:
        for arm in request.arms:
            base = configure(preset(request.preset).config, data=request.pictures, seed=seed)
            config = begin(base, settings_of(arm))
            pictures = open_pictures(config.data, config.resolution, preparation=config.preparation)
            points = learn(config, pictures, request.core_seconds, request.looks)
            courses.append({"arm": arm, "seed": seed, "points": points})
            scores = {f"{100 * number / len(points):.0f} %": point["score"] for number, point in enumerate(points, 1)}
            last = points[-1]
            rows.append({"arm": arm, "seed": seed, "kimg": last["kimg"], **scores, "pixels": last.get("pixels", 0.0)})
            print(arm, seed, *scores.values(), flush=True)
            write_results(request.json, courses)
    print_table(rows)


if __name__ == "__main__":
    main()
