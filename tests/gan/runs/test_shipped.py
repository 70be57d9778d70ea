import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from gan import generators, paths, runs
from gan.errors import ForgerError
from gan.permits import issue
from gan.pictures.files import jpeg_bytes
from gan.runs import shipped
from gan.runs.grids import grid_path, read_grid
from gan.runs.run import State

PERMIT = issue("a test")


@pytest.fixture
def history(trained_run):
    """The training of the run `demo`, shipped with its generator as `tiny`."""
    generators.add_to_checkpoints(PERMIT, generators.find_generator("run:demo"), "tiny", history=trained_run)
    return runs.find_run("tiny (shipped)")


def test_a_shipped_training_looks_as_the_run_did(trained_run, history):
    assert [run.name for run in shipped.list_histories()] == ["tiny (shipped)"] == [history.name]
    assert history.grids() == trained_run.grids()
    for images in history.grids():
        assert read_grid(history.grids_folder, images) == read_grid(trained_run.grids_folder, images)
    assert history.metrics_path.read_text() == trained_run.metrics_path.read_text()
    assert history.status().images_seen == 40
    assert not history.alive


@pytest.mark.parametrize("state", [State.STOPPED, State.FAILED])
def test_a_training_that_ended_early_ships_with_its_figures_as_one_that_came_to_its_end(trained_run, tmp_path, state):
    trained_run.write_status(replace(trained_run.status(), state=state, target_images=99_000, message="Disk full."))
    trained_run.quality_path.write_text('{"images": 40, "kid": 0.1}\n')
    shipped.write_history(trained_run, tmp_path)
    assert (tmp_path / "history" / "quality.jsonl").read_text() == trained_run.quality_path.read_text()
    status = shipped.Run(tmp_path / "history", trained_run.config).status()
    assert (status.state, status.message) == (State.FINISHED, "")
    assert status.images_seen == status.target_images == 40


def test_it_says_nothing_about_the_machine_on_which_it_was_made(trained_run, history):
    content = "".join(path.read_text() for path in history.folder.glob("*.json*"))
    assert trained_run.config.data not in content
    assert str(paths.runs_root()) not in content
    assert json.loads((history.folder / "status.json").read_text())["pid"] == 0


def test_it_is_no_run_that_can_be_listed_as_ones_own(history):
    assert history.name not in [run.name for run in runs.list_runs()]
    with pytest.raises(ForgerError, match="cannot be a name"):
        runs.create(history.name, history.config)


def test_of_many_grids_sixty_go_along_with_the_first_and_the_last(trained_run, tmp_path):
    for images in range(50, 1050):
        shutil.copyfile(grid_path(trained_run.grids_folder, 40), grid_path(trained_run.grids_folder, images))
    shipped.write_history(trained_run, tmp_path)
    kept = shipped.Run(tmp_path / "history", trained_run.config).grids()
    assert 50 <= len(kept) <= shipped.GRIDS
    assert (kept[0], kept[-1]) == (0, 1049)
    assert kept[1] - kept[0] < kept[-1] - kept[-2]


def test_it_takes_two_megabytes_at_most_however_long_and_large_the_training_was(trained_run, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (400, 400, 3), np.uint8)
    for images in range(1000, 41_000, 500):
        grid_path(trained_run.grids_folder, images).write_bytes(jpeg_bytes(noise))
    line = trained_run.metrics_path.read_text().splitlines()[-1]
    trained_run.metrics_path.write_text("".join(f'{line[:-1]}, "number": {number}}}\n' for number in range(3000)))
    shipped.write_history(trained_run, tmp_path)
    folder = tmp_path / "history"
    assert sum(path.stat().st_size for path in folder.rglob("*.*")) <= shipped.MOST_BYTES
    kept = shipped.Run(folder, trained_run.config).grids()
    assert len(kept) >= 8 and (kept[0], kept[-1]) == (0, 40_500)
    numbers = [json.loads(line)["number"] for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert len(numbers) == shipped.LINES and (numbers[0], numbers[-1]) == (0, 2999)


def test_pictures_of_the_data_set_are_not_shipped(redraw_config, tmp_path):
    run = runs.create("redraw", redraw_config)
    with pytest.raises(ForgerError, match="its data set's own pictures; they stay here"):
        shipped.write_history(run, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_one_the_name_leads_nowhere():
    with pytest.raises(ForgerError, match="No training was shipped with the generator 'cats'"):
        runs.find_run("cats" + shipped.MARK)
    assert shipped.list_histories() == []


def test_a_broken_one_is_left_out(history):
    (history.folder / "config.json").write_text("{")
    assert shipped.list_histories() == []
