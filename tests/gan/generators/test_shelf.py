import io
import json
import pickle
import shutil
import zipfile

import pytest
import torch
from safetensors.torch import load, load_file, save_file

from gan import generators, paths, runs
from gan.errors import ForgerError
from gan.generators import shelf
from gan.learning.config import Config, configure
from gan.learning.recipes import RECIPES
from gan.networks import new_discriminator, new_generator
from gan.paths import write_json
from gan.permits import issue

PERMIT = issue("a test")


def test_a_generator_comes_back_as_it_was_saved(shipped, config):
    loaded = generators.load_generator(shipped)
    for name, value in new_generator(config).state_dict().items():
        assert torch.equal(loaded.state_dict()[name], value)
    assert not loaded.training
    assert not any(parameter.requires_grad for parameter in loaded.parameters())
    assert shipped.config == config
    assert (shipped.name, shipped.title, shipped.card["images_seen"]) == ("cats", "Cats", 300_000)


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_generator_of_each_recipe_draws_the_same_once_it_is_saved(own_folders, config, recipe):
    config = configure(config, **RECIPES[recipe].settings | {"width_g": 4})
    shape = (3, 32, 32) if config.task else (config.latent_size,)
    generator, z = new_generator(config), torch.randn(2, *shape)
    with torch.no_grad():
        generator(torch.randn(8, *shape))  # statistics of its own, which it must take along
        expected = generator.eval()(z)
    folder = paths.checkpoints_root() / "tiny"
    generators.save_generator(folder, generator, {"title": "Tiny", "config": config.to_dict()})
    loaded = generators.load_generator(generators.find_generator("tiny"))
    assert type(loaded) is type(generator)
    assert torch.equal(loaded(z), expected)


def test_shipped_generators_come_first_then_runs_the_newest_first(shipped, trained_run):
    newer = runs.create("newer", trained_run.config)
    generators.save_generator(newer.folder, new_generator(newer.config), {"config": newer.config.to_dict()})
    runs.create("without-a-checkpoint", trained_run.config)
    assert [model.name for model in generators.list_generators()] == ["cats", "run:newer", "run:demo"]
    assert generators.find_generator("run:newer").title == "newer"  # as the run is called now, whatever its card says


def test_nothing_to_choose_from():
    assert generators.list_generators() == []
    with pytest.raises(ForgerError, match="none yet"):
        generators.find_generator("cats")


def test_an_unknown_name_is_answered_with_those_there_are(shipped, trained_run, config):
    with pytest.raises(ForgerError, match=r"no generator 'dogs'\. There are: cats, run:demo"):
        generators.find_generator("dogs")
    with pytest.raises(ForgerError, match="no generator 'run:nothing'"):
        generators.find_generator("run:nothing")
    runs.create("young", config)
    with pytest.raises(ForgerError, match="'young' has no generator yet"):
        generators.find_generator("run:young")


@pytest.mark.parametrize("name", ["../cats", "run:../demo", "run:", "", ".", "/etc", "cats/../cats"])
def test_names_that_lead_elsewhere_are_refused(shipped, name):
    with pytest.raises(ForgerError, match="cannot be a name"):
        generators.find_generator(name)


def test_the_version_changes_with_the_weights(shipped, config):
    before = shipped.version
    assert generators.find_generator("cats").version == before
    generators.save_generator(shipped.folder, new_generator(configure(config, seed=2)), shipped.card)
    assert shipped.version != before


HOSTILE_CARDS = [
    b"",
    b"[]",
    b'"card"',
    b"{}",
    b'{"config": 7}',
    b'{"config": {"data": "drawn-cats"}}',
    b"[" * 100_000,
    b"\xff\xfe",
]


@pytest.mark.parametrize("content", HOSTILE_CARDS, ids=range(len(HOSTILE_CARDS)))
def test_a_hostile_card_is_refused_and_does_not_hide_other_generators(shipped, content):
    bad = shipped.folder.with_name("bad")
    shutil.copytree(shipped.folder, bad)
    (bad / generators.CARD).write_bytes(content)
    with pytest.raises(ForgerError):
        generators.find_generator("bad")
    assert [model.name for model in generators.list_generators()] == ["cats"]


def test_a_hostile_title_is_text_all_the_same(shipped):
    card = shipped.card | {"title": ["<script>"]}
    (shipped.folder / generators.CARD).write_text(json.dumps(card))
    assert isinstance(generators.find_generator("cats").title, str)


def test_a_folder_whose_name_cannot_be_typed_does_not_hide_others(shipped):
    shutil.copytree(shipped.folder, shipped.folder.with_name("My cats (copy)"))
    assert [model.name for model in generators.list_generators()] == ["cats"]


class Evil:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return exec, (f"open({str(self.marker)!r}, 'w')",)


def test_hostile_weights_are_refused_and_run_no_code(shipped, tmp_path):
    path, marker = shipped.folder / generators.WEIGHTS, tmp_path / "marker"
    good = path.read_bytes()
    weights = load_file(path)
    first = next(iter(weights))
    others = []
    for change in ({first: torch.zeros(3)}, {"surprise": torch.zeros(3)}):
        save_file(weights | change, tmp_path / "other")
        others.append((tmp_path / "other").read_bytes())
    file = io.BytesIO()
    torch.save(Evil(marker), file)
    hostile = [
        b"",
        good[: len(good) // 2],
        good[:4],
        b"\xff" * 8 + good[8:],  # a header longer than the file
        pickle.dumps(Evil(marker)),
        file.getvalue(),
        *others,
    ]
    for content in hostile:
        path.write_bytes(content)
        with pytest.raises(ForgerError, match="weights of the generator 'cats' are broken"):
            generators.load_generator(shipped)
    path.unlink()
    with pytest.raises(ForgerError, match="broken"):
        generators.load_generator(shipped)
    assert not marker.exists()


def test_a_card_of_another_shape_is_refused(shipped, config):
    for changes in ({"width_g": 8}, {"resolution": 64}, {"generator": "skip"}):
        card = shipped.card | {"config": configure(config, **changes).to_dict()}
        (shipped.folder / generators.CARD).write_text(json.dumps(card))
        with pytest.raises(ForgerError, match="do not fit its card"):
            generators.load_generator(generators.find_generator("cats"))


def test_a_card_that_asks_for_gigabytes_is_refused_before_they_are_taken(shipped, config, monkeypatch):
    made = []

    def new(config):
        made.append(torch.empty(0).device.type)
        return new_generator(config)

    monkeypatch.setattr(shelf, "new_generator", new)
    card = shipped.card | {"config": configure(config, width_g=256, resolution=256).to_dict()}
    (shipped.folder / generators.CARD).write_text(json.dumps(card))
    with pytest.raises(ForgerError, match="do not fit its card"):
        generators.load_generator(generators.find_generator("cats"))
    assert made == ["meta"]  # where tensors have a shape and no memory


def test_the_discriminator_that_taught_it_is_nothing_to_a_generator(shipped, config):
    others = configure(config, discriminator="plain", width_d=8, loss="hinge", penalty="r1")
    (shipped.folder / generators.CARD).write_text(json.dumps(shipped.card | {"config": others.to_dict()}))
    assert generators.load_generator(generators.find_generator("cats")) is not None


def test_a_card_with_a_network_that_is_not_there_is_refused(shipped, config):
    card = shipped.card | {"config": config.to_dict() | {"generator": "os.system"}}
    (shipped.folder / generators.CARD).write_text(json.dumps(card))
    with pytest.raises(ForgerError, match="generator must be one of"):
        generators.find_generator("cats")


def test_a_runs_generator_is_added_to_the_shipped_ones(trained_run):
    source = generators.find_generator("run:demo")
    added = generators.add_to_checkpoints(PERMIT, source, "mine")
    assert [model.name for model in generators.list_generators()] == ["mine", "run:demo"]
    assert added.title == "mine"
    for part in (generators.WEIGHTS, generators.PREVIEW, generators.DISCRIMINATOR):
        assert (added.folder / part).read_bytes() == (trained_run.folder / part).read_bytes()
    with pytest.raises(ForgerError, match="'mine' already"):
        generators.add_to_checkpoints(PERMIT, source, "mine")
    with pytest.raises(ForgerError, match="cannot be a name"):
        generators.add_to_checkpoints(PERMIT, source, "../mine")


def test_what_cannot_be_added_leaves_nothing_behind(trained_run):
    source = generators.find_generator("run:demo")
    (trained_run.folder / generators.PREVIEW).unlink()
    (trained_run.folder / generators.PREVIEW).mkdir()
    with pytest.raises(ForgerError, match="could not be added"):
        generators.add_to_checkpoints(PERMIT, source, "mine")
    assert list(paths.checkpoints_root().iterdir()) == []


def test_a_generator_to_take_away(trained_run):
    with zipfile.ZipFile(io.BytesIO(generators.as_zip(generators.find_generator("run:demo")))) as archive:
        parts = {generators.WEIGHTS, generators.CARD, generators.PREVIEW, generators.DISCRIMINATOR}
        assert set(archive.namelist()) == parts
        assert archive.read(generators.WEIGHTS) == (trained_run.folder / generators.WEIGHTS).read_bytes()


def test_what_was_kept_beside_a_generator_goes_where_it_goes(config, own_folders):
    average, judge = new_generator(config), new_discriminator(config)
    card = {"config": config.to_dict(), "images_seen": 40}
    generators.save_generator(paths.checkpoints_root() / "cats", average, card, discriminator=judge)
    with zipfile.ZipFile(io.BytesIO(generators.as_zip(generators.find_generator("cats")))) as archive:
        assert archive.namelist() == [generators.WEIGHTS, generators.DISCRIMINATOR, generators.CARD]
        # What is only looked at takes half the space.
        kinds = [{value.dtype for value in load(archive.read(name)).values()} for name in archive.namelist()[:2]]
    assert [torch.float32 in kinds[0], torch.float16 in kinds[0]] == [True, False]
    assert [torch.float32 in kinds[1], torch.float16 in kinds[1]] == [False, True]


def test_a_card_with_nonsense_says_nothing(shipped):
    write_json(shipped.folder / generators.CARD, shipped.card | {"about": "text", "images_seen": "many"})
    model = generators.find_generator("cats")
    assert (model.about, model.images_seen) == ({}, 0)


def test_the_settings_of_a_generator_are_checked_once(shipped, monkeypatch):
    checked = []
    check = Config.from_dict
    monkeypatch.setattr(Config, "from_dict", lambda values: checked.append(values) or check(values))
    model = generators.find_generator("cats")
    assert model.config is model.config and model.kind == "latents"
    assert len(checked) == 1
