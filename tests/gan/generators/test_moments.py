"""What is kept of a generator: how it was early on, and the inspector that taught it, then and last."""

import io
import shutil
import zipfile

import pytest
import torch
from safetensors.torch import load_file, save_file

from gan import generators, runs
from gan.errors import ForgerError
from gan.generators import DISCRIMINATOR, folder, moment_path
from gan.generators.folder import EARLY, is_moment
from gan.learning.config import configure
from gan.paths import write_json
from gan.permits import issue
from gan.training import worker

PERMIT = issue("a test")

EARLY_ONES = {f"{EARLY}/000000{images}.safetensors" for images in (1000, 2000)}
INSPECTORS = {f"{EARLY}/000000{images}.inspector.safetensors" for images in (1000, 2000)}


@pytest.fixture
def model(redraw_run) -> generators.TrainedGenerator:
    return generators.find_generator("run:redraw")


def same(network: torch.nn.Module, weights: dict[str, torch.Tensor]) -> bool:
    """Whether these are the network's weights, in as many digits as half precision has."""
    state = network.state_dict()
    return state.keys() == weights.keys() and all(
        torch.equal(state[name].half(), weights[name].half()) for name in state
    )


@pytest.mark.parametrize("step", [1, 7, 8, 64, 100, 999, 1000])
def test_a_generator_is_kept_once_each_time_its_kimg_double(step):
    kept = [now for now in range(step, 40_000, step) if is_moment(now - step, now)]
    firsts = [-(-target // step) * step for target in (1000, 2000, 4000, 8000, 16_000, 32_000)]
    assert kept == firsts


def test_steps_of_several_kimg_keep_fewer_and_none_twice():
    assert [now for now in range(3000, 40_000, 3000) if is_moment(now - 3000, now)] == [3000, 6000, 9000, 18000, 33000]


def test_a_run_keeps_its_moments_and_a_short_one_none(redraw_run, model, trained_run):
    assert model.moments == [1000, 2000, 2200]
    there = {f"{EARLY}/{path.name}" for path in (redraw_run.folder / EARLY).iterdir()}
    assert there == EARLY_ONES | INSPECTORS
    latent = generators.find_generator("run:demo")
    assert latent.moments == [40]
    assert generators.load_discriminator(latent) is not None
    assert generators.load_discriminator(latent, images_seen=20) is None  # nobody kept it
    assert (latent.kind, model.kind) == ("latents", "pictures")


def test_what_was_kept_last_of_all_is_offered_once_and_what_was_kept_later_not_at_all(redraw_run, model):
    for images in (2200, 4000):  # the second by a run that was killed before its next checkpoint
        shutil.copyfile(moment_path(redraw_run.folder, 1000), moment_path(redraw_run.folder, images))
    assert model.moments == [1000, 2000, 2200]


def test_each_moment_is_the_average_as_it_was_then(redraw_run, model):
    at_2000 = torch.load(redraw_run.checkpoints()[0], weights_only=True)["trainer"]
    assert at_2000["images_seen"] == 2000
    assert same(generators.load_generator(model, images_seen=2000), at_2000["average"])
    last = torch.load(redraw_run.checkpoints()[-1], weights_only=True)["trainer"]
    for generator in (generators.load_generator(model), generators.load_generator(model, images_seen=2200)):
        assert same(generator, last["average"])
    early = generators.load_generator(model, images_seen=1000)
    assert not early.training and not any(value.requires_grad for value in early.parameters())
    assert not same(early, at_2000["average"])
    assert same(generators.load_discriminator(model), last["discriminator"])
    assert same(generators.load_discriminator(model, images_seen=2000), at_2000["discriminator"])


def test_a_run_that_draws_from_latents_keeps_moments_and_its_inspector(config, monkeypatch):
    monkeypatch.setattr(folder, "is_moment", lambda before, now: now == 8)
    worker.train(runs.create("latent", config), 16, "cpu")
    model = generators.find_generator("run:latent")
    assert model.moments == [8, 16]
    early, last = (generators.load_discriminator(model, images_seen=images) for images in model.moments)
    assert not same(early, last.state_dict())


def test_a_resumed_run_keeps_the_same_moments(redraw_config, monkeypatch):
    monkeypatch.setattr(folder, "is_moment", lambda before, now: now // 12 > before // 12)
    runs_made = []
    for targets in ([40], [20, 24, 40]):
        run = runs.create(runs.free_name("redraw"), redraw_config)
        for target in targets:
            worker.train(run, target, "cpu")
        runs_made.append(run)
    straight, resumed = (generators.find_generator(f"run:{run.name}") for run in runs_made)
    assert straight.moments == resumed.moments == [12, 24, 36, 40]
    for images in (12, 24, 36):
        one, other = (moment_path(model.folder, images).read_bytes() for model in (straight, resumed))
        assert one == other


def test_a_moment_after_the_last_checkpoint_is_none_yet(model):
    """As a killed run leaves one behind."""
    shutil.copy(moment_path(model.folder, 2000), moment_path(model.folder, 4000))
    assert model.moments == [1000, 2000, 2200]


OTHERS = ["0000000500.txt", "first.safetensors", "500.safetensors", "².safetensors", "-5.safetensors"]


@pytest.mark.parametrize("name", OTHERS)
def test_other_files_beside_the_moments_are_none(model, name):
    shutil.copy(moment_path(model.folder, 1000), model.folder / EARLY / name)
    assert model.moments == [1000, 2000, 2200]
    assert f"{EARLY}/{name}" not in zipfile.ZipFile(io.BytesIO(generators.as_zip(model))).namelist()


def test_a_generator_that_is_added_takes_its_moments_and_its_inspector_along(model):
    added = generators.add_to_checkpoints(PERMIT, model, "mine")
    assert added.moments == model.moments
    for part in (*EARLY_ONES, DISCRIMINATOR, generators.WEIGHTS, generators.PREVIEW):
        assert (added.folder / part).read_bytes() == (model.folder / part).read_bytes()
    assert same(generators.load_generator(added, images_seen=1000), load_file(moment_path(model.folder, 1000)))
    assert generators.load_discriminator(added) is not None


def test_a_generator_to_take_away_has_them_too(model):
    with zipfile.ZipFile(io.BytesIO(generators.as_zip(model))) as archive:
        names = set(archive.namelist())
        parts = {generators.CARD, generators.WEIGHTS, generators.PREVIEW, DISCRIMINATOR}
        assert names == {*parts, *EARLY_ONES}
        for part in names:
            assert archive.read(part) == (model.folder / part).read_bytes()


def test_the_best_of_a_run_that_redraws_has_an_inspector_and_no_past(model):
    best = model.folder / "best"
    best.mkdir()
    for part in (generators.WEIGHTS, generators.PREVIEW, DISCRIMINATOR):
        shutil.copy(model.folder / part, best / part)
    write_json(best / generators.CARD, model.card | {"images_seen": 2100})
    found = generators.find_generator("run:redraw/best")
    assert found.moments == [2100]
    assert zipfile.ZipFile(io.BytesIO(generators.as_zip(found))).namelist() == [
        generators.WEIGHTS, generators.PREVIEW, DISCRIMINATOR, generators.CARD,
    ]  # fmt: skip


def hostile(good: bytes, tmp_path) -> list[bytes]:
    (tmp_path / "good").write_bytes(good)
    weights = load_file(tmp_path / "good")
    save_file(weights | {next(iter(weights)): torch.zeros(3)}, tmp_path / "other")
    pickled = io.BytesIO()
    torch.save({"weights": [1, 2]}, pickled)
    return [b"", good[: len(good) // 2], b"\xff" * 8 + good[8:], pickled.getvalue(), (tmp_path / "other").read_bytes()]


def test_broken_moments_and_inspectors_are_refused_in_words(model, tmp_path):
    def first(model):
        return generators.load_generator(model, images_seen=1000)

    for path, load in (
        (moment_path(model.folder, 1000), first),
        (model.folder / DISCRIMINATOR, generators.load_discriminator),
    ):
        for content in hostile(path.read_bytes(), tmp_path):
            path.write_bytes(content)
            with pytest.raises(ForgerError, match="weights of the generator 'run:redraw' are broken"):
                load(model)
    assert generators.load_generator(model, images_seen=2000) is not None  # the others are as good as before


def test_a_moment_that_was_not_kept_is_refused_in_words(model):
    for images in (500, 4000, -1):
        with pytest.raises(ForgerError, match="broken"):
            generators.load_generator(model, images_seen=images)


def test_a_moment_of_other_settings_does_not_fit(model, redraw_run):
    write_json(model.folder / generators.CARD, model.card | {"config": configure(model.config, skips=False).to_dict()})
    with pytest.raises(ForgerError, match="do not fit its card"):
        generators.load_generator(generators.find_generator("run:redraw"), images_seen=1000)
