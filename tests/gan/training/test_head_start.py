"""Trainings that begin with what another one has learned."""

import copy
from itertools import pairwise

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from gan import generators, runs
from gan.data import open_pictures
from gan.errors import ForgerError
from gan.generators.folder import EARLY, moment_path, save_weights
from gan.learning import eyes
from gan.learning.config import RESOLUTIONS, Config, configure
from gan.learning.recipes import preset
from gan.networks import new_discriminator, new_generator
from gan.networks.efficientnet import LITE0, LITE1
from gan.networks.transfer import QUIETLY
from gan.paths import make_folder, read_json, write_json
from gan.permits import issue
from gan.runs import grids
from gan.runs.run import State
from gan.runs.snapshot import look
from gan.training import worker
from gan.training.head_start import as_it_was_trained, begin, fits, kimg_to_go, possible_starts, shaped_like
from gan.training.keeper import Keeper

PERMIT = issue("a test")


@pytest.fixture
def ships(trained_run):
    """The generator of a run that learned drawn cats, as it ships."""
    return generators.add_to_checkpoints(PERMIT, generators.find_generator("run:demo"), "ours")


def first_state(config: Config) -> dict:
    """What a new run by `config` starts from: its checkpoint before the first step."""
    run = runs.create("grown", config)
    worker.train(run, 0, "cpu")
    return torch.load(run.checkpoints()[-1], weights_only=True)["trainer"]


def convolutions(weights: dict[str, Tensor]) -> list[Tensor]:
    return [tensor for tensor in weights.values() if tensor.ndim == 4]


def is_among(one: Tensor, others: list[Tensor]) -> bool:
    return any(one.shape == other.shape and torch.equal(one, other) for other in others)


@pytest.mark.parametrize("discriminator", ["dcgan", "plain", "slim"])
@pytest.mark.parametrize("generator", ["dcgan", "skip"])
def test_at_twice_the_resolution_all_is_taken_over_but_what_is_next_to_the_picture(config, generator, discriminator):
    kinds = {"generator": generator, "discriminator": discriminator}
    small = configure(config, resolution=64, width_g=8, width_d=8, **kinds)
    worker.train(small_run := runs.create("small", small), 8, "cpu")
    learned = torch.load(small_run.checkpoints()[-1], weights_only=True)["trainer"]
    large = configure(small, resolution=128, width_g=4, width_d=4, start_from="small")
    state = first_state(large)
    for part, learned_part, chance in (
        ("generator", "average", new_generator(large)),
        ("discriminator", "discriminator", new_discriminator(large)),
    ):
        theirs, untrained = convolutions(learned[learned_part]), convolutions(chance.state_dict())
        known = [is_among(one, theirs) for one in convolutions(state[part])]
        assert sum(known) == len(theirs) - 1  # all but the one beside the picture
        assert all(
            is_among(one, untrained) for one, seen in zip(convolutions(state[part]), known, strict=True) if not seen
        )


def test_at_the_same_resolution_everything_is_taken_over_from_the_average(config, trained_run):
    state = first_state(configure(config, start_from="demo"))
    learned = torch.load(trained_run.checkpoints()[-1], weights_only=True)["trainer"]
    for part, theirs in (("generator", "average"), ("average", "average"), ("discriminator", "discriminator")):
        assert all(torch.equal(state[part][name], learned[theirs][name]) for name in learned[theirs])
    assert state["images_seen"] == 0


def test_the_first_grid_shows_what_was_taken_over(config, trained_run):
    first = []
    for start in ("demo", ""):
        run = runs.create(runs.free_name("grown"), configure(config, start_from=start))
        worker.train(run, 0, "cpu")
        first.append(grids.grid_path(run.grids_folder, 0).read_bytes())
    assert first[0] != first[1]


def test_a_resumed_run_goes_on_with_its_own_weights(config, trained_run):
    run = runs.create("grown", configure(config, start_from="demo"))
    worker.train(run, 16, "cpu")
    runs.delete(PERMIT, trained_run)  # no longer needed
    assert worker.train(run, 32, "cpu").state == State.FINISHED


def test_whatever_can_be_shaped_alike_is_offered_and_nothing_else(config, trained_run):
    runs.create("without-a-checkpoint", config)
    assert possible_starts(config) == ["demo"]
    # Other widths and networks are taken over from it.
    for others in ({"width_g": 5}, {"width_d": 5}, {"latent_size": 9}, {"latent_distribution": "uniform"},
                   {"generator": "skip"}, {"discriminator": "plain"}):  # fmt: skip
        other = configure(config, **others)
        assert possible_starts(other) == ["demo"] and not fits(other, config)
        assert fits(shaped_like(other, config), config)
    large = configure(config, resolution=64)
    assert possible_starts(large) == ["demo"]
    shaped = shaped_like(large, config)
    assert (shaped.width_g, shaped.width_d) == (config.width_g // 2, config.width_d // 2)
    assert possible_starts(configure(config, resolution=128)) == []


def test_what_was_asked_for_is_not_shaped_otherwise(config, trained_run):
    base = configure(config, width_g=8, width_d=8, generator="skip")
    asked = {"start_from": "demo", "width_d": 6, "batch_size": 16}
    begun = begin(base, asked)
    assert (begun.width_g, begun.generator) == (config.width_g, config.generator)
    assert {name: getattr(begun, name) for name in asked} == asked
    assert begin(base, {"batch_size": 16}) == configure(base, batch_size=16)


def test_growing_is_by_one_doubling_and_never_back(config):
    sizes = [configure(config, resolution=side, width_g=512 // side, width_d=512 // side) for side in RESOLUTIONS]
    for before, after in pairwise(sizes):
        assert fits(after, before) and fits(after, after)
        assert not fits(before, after)
    assert not fits(sizes[2], sizes[0]) and not fits(sizes[3], sizes[1])


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_the_presets_of_128_and_256_pixels_can_start_from_those_of_half_as_much_as_they_say(device):
    faces, cats, large, largest = (preset(name).sized_for(device).config for name in ("faces", "cats", "large", "256"))
    assert fits(large, faces) and fits(large, cats) and fits(largest, large)


def test_a_run_that_redraws_starts_from_one_of_the_same_size(redraw_config, redraw_run, trained_run):
    other_task = configure(redraw_config, task="mosaic", start_from="redraw")
    assert possible_starts(other_task) == ["redraw"]
    assert not fits(configure(redraw_config, skips=False), redraw_config)
    latent = {"task": "", "generator": "skip", "discriminator": "plain"}
    assert fits(
        configure(redraw_config, **latent, resolution=64), configure(redraw_config, **latent, width_g=8, width_d=8)
    )
    assert not fits(configure(redraw_config, resolution=64), configure(redraw_config, width_g=8, width_d=8))
    learned = torch.load(redraw_run.checkpoints()[-1], weights_only=True)["trainer"]
    state = first_state(other_task)
    for part, theirs in (("generator", "average"), ("average", "average"), ("discriminator", "discriminator")):
        assert all(torch.equal(state[part][name], learned[theirs][name]) for name in learned[theirs])


@pytest.fixture
def draws_from_latents(config):
    """A run of 64 pixels by the networks that one which redraws is related to."""
    settings = {"generator": "skip", "discriminator": "slim", "width_g": 8, "width_d": 8, "resolution": 64}
    worker.train(run := runs.create("free", configure(config, **settings)), 8, "cpu")
    return run


@pytest.mark.parametrize("side", [64, 128])
def test_a_run_that_redraws_starts_from_one_that_draws_from_latents(redraw_config, draws_from_latents, side):
    config = configure(redraw_config, resolution=side)
    assert possible_starts(config) == ["free"]
    begun = begin(config, {"start_from": "free"})
    assert (begun.generator, begun.discriminator, begun.task) == ("guided", "patch", "sketch")
    assert begun.width_g == begun.width_d == 512 // side
    poster = begin(configure(config, task="cartoon", generator="poster"), {"start_from": "free"})
    assert poster.generator == "poster" and fits(poster, draws_from_latents.config)
    assert not fits(draws_from_latents.config, begun) and not fits(
        configure(begun, width_g=7), draws_from_latents.config
    )
    learned = torch.load(draws_from_latents.checkpoints()[-1], weights_only=True)["trainer"]
    state = first_state(begun)
    larger = side > 64
    for part in ("generator", "average"):
        for name, value in learned["average"].items():
            if name.startswith(("first_norm", "stages", "gates")):
                assert torch.equal(state[part][name], value)
    # The inspector knows pictures, and hardly sees their sources yet.
    ours, theirs, untrained = state["discriminator"], learned["discriminator"], new_discriminator(begun).state_dict()
    first = "stages.0.weight"
    if larger:  # what looks at twice as many pixels, and what follows it, starts from chance
        assert all(torch.equal(ours[name], untrained[name]) for name in (first, "stages.2.weight"))
        assert torch.equal(ours["stages.4.weight"], theirs["stages.2.weight"])
    else:
        assert torch.equal(ours[first][:, :3], theirs[first])
        torch.testing.assert_close(ours[first][:, 3:], QUIETLY * untrained[first][:, 3:])
        assert torch.equal(ours["stages.2.weight"], theirs["stages.2.weight"])


def test_a_run_that_redraws_cannot_start_from_networks_it_shares_nothing_with(redraw_config, trained_run):
    assert trained_run.config.generator == "dcgan"
    assert possible_starts(redraw_config) == []


def test_what_cannot_be_taken_over_is_refused_in_plain_words(config, trained_run):
    def refusal(**changes) -> str:
        run = runs.create(runs.free_name("grown"), configure(config, **changes))
        with pytest.raises(ForgerError) as caught:
            worker.train(run, 8, "cpu")
        assert run.status().state == State.FAILED
        return str(caught.value)

    assert "no run" in refusal(start_from="nobody").lower()
    assert "do not fit" in refusal(start_from="demo", width_g=8)
    runs.create("young", config)
    assert "no checkpoint" in refusal(start_from="young")
    trained_run.checkpoints()[-1].write_bytes(b"torn")
    assert "cannot be read" in refusal(start_from="demo")


def networks_of(folder) -> dict[str, dict[str, Tensor]]:
    average, judge = (load_file(folder / name) for name in (generators.WEIGHTS, generators.DISCRIMINATOR))
    return {"generator": average, "average": average, "discriminator": judge}


def test_a_shipped_generator_goes_on_with_its_own_pictures(config, ships, capsys):
    seen = ships.images_seen
    run = runs.create("onward", configure(config, start_from="ours"))
    worker.train(run, seen + 8, "cpu")
    assert "goes on from ours" in capsys.readouterr().out
    state = torch.load(run.checkpoints()[-1], weights_only=True)["trainer"]
    assert state["images_seen"] == seen + 8
    assert run.grids()[0] == seen  # what it came to, and no scribble
    enough = runs.create("enough", configure(config, start_from="ours"))
    with pytest.raises(ForgerError, match="of these pictures: to go on from there, ask for more"):
        worker.train(enough, seen, "cpu")


def test_what_can_be_seen_of_the_training_before_stays_in_sight(config, trained_run):
    model = generators.find_generator("run:demo")
    ships = generators.add_to_checkpoints(PERMIT, model, "ours", trained_run)
    moment = ships.images_seen - 8
    make_folder(ships.folder / EARLY)
    save_weights(moment_path(ships.folder, moment), generators.load_generator(ships))
    run = runs.create("onward", configure(config, start_from="ours"))
    worker.train(run, ships.images_seen + 8, "cpu")
    before, now = look(trained_run), look(run)
    assert run.grids()[: len(trained_run.grids())] == trained_run.grids()
    assert list(now.metrics["images"])[: len(before.metrics["images"])] == list(before.metrics["images"])
    assert now.metrics["images"][-1] == ships.images_seen + 8
    assert run.status().seconds >= ships.card["training"]["seconds"]
    onward = generators.find_generator("run:onward")
    assert moment in onward.moments
    generators.load_generator(onward, images_seen=moment)
    # Where other seeds are drawn, the pictures before would be others than those that follow; the curves are the same.
    other = runs.create("other", configure(config, start_from="ours", seed=config.seed + 1))
    worker.train(other, ships.images_seen + 8, "cpu")
    assert other.grids()[0] == ships.images_seen
    assert look(other).metrics["images"][0] == before.metrics["images"][0]


def test_knobs_that_were_turned_are_where_they_were(config, ships):
    card = read_json(ships.folder / generators.CARD)
    card["training"]["turned"] = {"augment_probability": 0.2, "what-is-this": 3}
    write_json(ships.folder / generators.CARD, card)
    assert as_it_was_trained("ours") == configure(config, data="", start_from="ours", augment_probability=0.2)


def test_it_begins_with_the_average_and_its_inspector(config, ships, monkeypatch):
    begun = {}

    def beginning(keeper):
        for name, part in keeper.trainer._parts().items():
            begun.setdefault(name, copy.deepcopy(part.state_dict()))

    monkeypatch.setattr(Keeper, "keep_grid", beginning)
    run = runs.create("onward", configure(config, start_from="ours"))
    worker.train(run, ships.images_seen + 8, "cpu")
    for part, weights in networks_of(ships.folder).items():
        for name, value in weights.items():
            assert torch.equal(begun[part][name], value.to(begun[part][name].dtype))


def test_other_pictures_start_from_it_and_count_from_nothing(config, ships, capsys):
    state = first_state(configure(config, data="drawn-faces", start_from="ours"))
    assert "begins with what ours has learned of pictures0" in capsys.readouterr().out
    assert state["images_seen"] == 0
    for part, weights in networks_of(ships.folder).items():
        for name, value in weights.items():
            assert torch.equal(state[part][name], value.to(state[part][name].dtype))


def test_a_generator_that_brought_no_inspector_is_not_offered_and_says_so(config, ships):
    assert possible_starts(config) == ["ours", "demo"]
    (ships.folder / generators.DISCRIMINATOR).unlink()
    assert possible_starts(config) == ["demo"]
    run = runs.create("onward", configure(config, start_from="ours"))
    with pytest.raises(ForgerError, match="did not bring its inspector"):
        worker.train(run, 100, "cpu")


@pytest.mark.parametrize("part", [generators.WEIGHTS, generators.DISCRIMINATOR])
def test_a_torn_part_of_a_shipped_generator_is_refused_in_plain_words(config, ships, part):
    (ships.folder / part).write_bytes((ships.folder / part).read_bytes()[:-10])
    run = runs.create("onward", configure(config, data="drawn-faces", start_from="ours"))
    with pytest.raises(ForgerError, match="broken or do not fit"):
        worker.train(run, 8, "cpu")


def test_without_a_preset_all_is_as_it_was_trained_and_so_much_further(config, ships):
    assert as_it_was_trained("ours") == configure(config, data="", start_from="ours")
    open_pictures(config.data, config.resolution)  # from now on it is known where they are
    assert as_it_was_trained("ours") == configure(config, start_from="ours")
    assert kimg_to_go(configure(config, start_from="ours")) == 100 + ships.images_seen / 1000
    assert kimg_to_go(configure(config, start_from="ours", data="drawn-faces")) == 100
    assert as_it_was_trained("run:demo") == configure(config, start_from="run:demo")
    with pytest.raises(ForgerError):
        as_it_was_trained("nobody")


def test_what_missing_packages_would_see_is_not_asked_for(redraw_run, trained_run, monkeypatch):
    asked = {"redraw": configure(redraw_run.config, perceptual_weight=2.0)}
    asked["demo"] = configure(trained_run.config, projected_weight=1.0)
    for name, config in asked.items():
        write_json(runs.find_run(name).folder / "config.json", config.to_dict())
    for there in ((), (LITE0,), (LITE0, LITE1)):
        monkeypatch.setattr(eyes, "find_weights", dict.fromkeys(there, "weights").get)
        assert as_it_was_trained("run:redraw").perceptual_weight == (2.0 if LITE1 in there else 0.0)
        assert as_it_was_trained("run:demo").projected_weight == (1.0 if LITE0 in there else 0.0)
