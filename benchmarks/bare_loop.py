"""The yardstick of `real_pace`: a plain loop that steps, logs, draws and saves as often as the command does.

Its process has PyTorch's own way to let threads wait, since PyTorch is loaded before gan/ says anything about that.
"""

import io
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

from benchmarks.command import Took, environment, settings_of
from gan.data import open_pictures
from gan.data.split import split
from gan.learning.kinds import new_trainer
from gan.paths import PROJECT
from gan.pictures.files import jpeg_bytes, png_bytes
from gan.training.sheets import new_preview, new_sheet


def train(name: str, kimg: float, data: Path | None) -> Took:
    """A whole training by the loop in a process of its own, without its start."""
    command = [sys.executable, "-m", "benchmarks.bare_loop", name, str(kimg), *([str(data.resolve())] if data else [])]
    done = subprocess.run(command, cwd=PROJECT, env=environment(), stdout=subprocess.PIPE, text=True, check=True)
    return Took(**json.loads(done.stdout))


def loop(name: str, kimg: float, data: Path | None, folder: Path) -> Took:
    """What that process does; `folder` is for its files."""
    config, target = settings_of(name, data), round(kimg * 1000)
    pictures = open_pictures(config.data, config.resolution).array
    trainer = new_trainer(config, pictures, torch.device("cpu"))
    sheet, preview = new_sheet(config, pictures, split(len(pictures))[1]), new_preview(config)
    sums: dict[str, float] = {}

    def draw() -> None:
        (folder / f"{trainer.images_seen}.jpg").write_bytes(jpeg_bytes(sheet.by(trainer.average)))

    def save() -> None:
        (folder / "preview.png").write_bytes(png_bytes(preview.by(trainer.average)))
        torch.save(trainer.average.state_dict(), folder / "generator.pt")
        content = io.BytesIO()  # twice as fast as into a file
        torch.save(trainer.state_dict(), content)
        (folder / "training.pt").write_bytes(content.getbuffer())

    started, core_started = time.perf_counter(), time.process_time()
    with (folder / "log.jsonl").open("w") as log:
        while trainer.images_seen < target:
            before = trainer.images_seen
            for metric, value in trainer.step().items():
                sums[metric] = sums.get(metric, 0.0) + float(value)
            now = trainer.images_seen
            if now // config.log_every > before // config.log_every:
                log.write(json.dumps({"images": now} | sums) + "\n")
                sums.clear()
            if now // config.sample_every > before // config.sample_every:
                draw()
            if now // config.checkpoint_every > before // config.checkpoint_every:
                save()
    draw()
    save()
    return Took(trainer.images_seen, time.perf_counter() - started, time.process_time() - core_started)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        pictures_at = Path(sys.argv[3]) if sys.argv[3:] else None
        print(json.dumps(loop(sys.argv[1], float(sys.argv[2]), pictures_at, Path(place)).__dict__))
