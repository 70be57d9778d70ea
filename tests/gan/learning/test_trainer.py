from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn

from gan.chance import CHANCES
from gan.data.split import split
from gan.errors import ForgerError
from gan.learning.averaging import decay
from gan.learning.config import configure
from gan.learning.kinds import new_trainer
from gan.learning.losses import LOSSES
from gan.learning.order import batch_indices
from gan.learning.recipes import RECIPES
from gan.learning.trainer import METRICS, Trainer
from gan.networks import FAMILIES, PICTURES, new_discriminator, new_generator
from tests.gan.learning.steps import CPU, assert_same, leaves, steps, through_a_file, weights

TINY = {"width_g": 4, "width_d": 4, "average_half_life": 40}
MODERN = RECIPES["modern"].settings | TINY
REDRAW = RECIPES["redraw"].settings | TINY
VARIANTS = {
    "classic": {},
    "uniform latents": {"latent_distribution": "uniform"},
    "two lessons each, no flips": {"d_steps": 2, "g_steps": 2, "flips": False},
    "batches across the end of an epoch": {"batch_size": 6},
    "a batch longer than an epoch": {"batch_size": 50},
    "modern": MODERN,
    "modern with augmentation": MODERN | {"augment_probability": 0.4},
    "modern with rare penalties": MODERN | {"penalty": "r1+r2", "penalty_every": 4},
    "modern with two lessons each": MODERN | {"penalty": "r1", "penalty_every": 3, "d_steps": 2, "g_steps": 2},
    "modern with all that can move": MODERN
    | {"augment_probability": 0.2, "penalty": "r1", "penalty_every": 2}
    | {
        "schedule": "learning_rate settles after 20; beta2 to 0.99 over 40; penalty_weight to 5 over 30; "
        "augment_probability to 0.6 over 50; average_half_life to 400 over 60"
    },
    "modern with augmentation that begins later": MODERN | {"schedule": "augment_probability to 0.8 over 40"},
    "hinge without an average": {"loss": "hinge", "average_half_life": 0},
    "redraw": REDRAW | {"penalty_every": 3},
    "redraw augmented sketches with two lessons": REDRAW | {"augment_probability": 0.4, "d_steps": 2, "g_steps": 2},
    "redraw without skips, seen from anywhere": REDRAW | {"task": "grey", "skips": False, "augment_probability": 0.4},
    "redraw with two lessons each": REDRAW | {"task": "mosaic", "batch_size": 4, "d_steps": 2, "g_steps": 2},
}
TOGETHER = [
    (kind, generator, discriminator)
    for kind, family in FAMILIES.items()
    for generator, discriminator in product(family.generators, family.discriminators)
]
each_recipe = pytest.mark.parametrize("recipe", [recipe.settings for recipe in RECIPES.values()], ids=RECIPES)


@pytest.mark.parametrize("chance", CHANCES)
@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS)
def test_resume_is_exact(config, pictures, changes, chance):
    config = configure(config, chance=chance, **changes)
    at_once = new_trainer(config, pictures, CPU)
    resumed = new_trainer(config, pictures, CPU)
    steps(at_once, 7)  # more than the pictures there are, so the order is drawn anew on the way
    # Three steps, so that a rhythm that starts afresh on resume would miss the penalty of the fourth.
    resumed.load_state_dict(through_a_file(steps(new_trainer(config, pictures, CPU), 3).state_dict()))
    steps(resumed, 4)
    assert resumed.images_seen == 7 * at_once.config.batch_size * at_once.config.d_steps
    assert_same(at_once.state_dict(), resumed.state_dict())
    assert_same(at_once.step(), resumed.step())


@pytest.mark.parametrize("chance", CHANCES)
def test_the_state_holds_both_networks_both_optimisers_the_average_the_order_and_all_chance(config, pictures, chance):
    config = configure(config, chance=chance)
    state = steps(Trainer(config, pictures, CPU), 2).state_dict()
    parts = {"generator", "discriminator", "average", "optimizer_g", "optimizer_d", "images_seen", "config", "pictures"}
    parts |= {"turned"}
    streams = {"latent_random", "flip_random", "augment_random"}
    assert state.keys() == parts | (streams if chance == "streams" else set())
    assert len(state["optimizer_g"]["state"]) == len(list(new_generator(config).parameters()))
    assert len(state["optimizer_d"]["state"]) == len(list(new_discriminator(config).parameters()))


def test_the_same_seed_repeats_the_training_and_another_does_not(config, pictures):
    # Chance elsewhere in the process must not matter, and must not be disturbed.
    torch.manual_seed(5)
    first = steps(Trainer(config, pictures, CPU), 2)
    torch.manual_seed(6)
    before = torch.get_rng_state()
    second = steps(Trainer(config, pictures, CPU), 2)
    assert torch.equal(before, torch.get_rng_state())
    assert_same(first.state_dict(), second.state_dict())
    other = steps(Trainer(configure(config, seed=2), pictures, CPU), 2)
    assert not torch.equal(weights(first.generator), weights(other.generator))


@each_recipe
def test_two_steps_of_each_recipe_move_both_networks(config, pictures, recipe):
    trainer = new_trainer(configure(config, **recipe | TINY), pictures, CPU)
    before = {name: weights(getattr(trainer, name)) for name in ("generator", "discriminator", "average")}
    steps(trainer, 2)
    for name, start in before.items():
        now = weights(getattr(trainer, name))
        assert torch.isfinite(now).all()
        assert (now != start).float().mean() > 0.95


@pytest.mark.parametrize(("kind", "generator", "discriminator"), TOGETHER)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_network_learns_with_every_other_and_with_every_loss(
    config, pictures, kind, generator, discriminator, loss
):
    task = "sketch" if kind == PICTURES else ""
    config = configure(config, task=task, generator=generator, discriminator=discriminator, loss=loss)
    trainer = new_trainer(config, pictures, CPU)
    before = [weights(trainer.generator), weights(trainer.discriminator)]
    measured = steps(trainer, 1).step()
    assert all(torch.isfinite(value) for value in measured.values())
    after = [weights(trainer.generator), weights(trainer.discriminator)]
    assert all((new != old).float().mean() > 0.5 for old, new in zip(before, after, strict=True))


def test_without_a_half_life_the_average_is_the_generator_itself(config, pictures):
    trainer = steps(Trainer(configure(config, **MODERN | {"average_half_life": 0}), pictures, CPU), 3)
    assert_same(trainer.average.state_dict(), trainer.generator.state_dict())
    with_average = steps(Trainer(configure(config, **MODERN), pictures, CPU), 3)
    assert_same(with_average.generator.state_dict(), trainer.generator.state_dict())
    assert not torch.equal(weights(with_average.average), weights(with_average.generator))


def test_two_steps_move_both_networks_and_the_average_lags(config, pictures):
    trainer = Trainer(configure(config, average_half_life=1000), pictures, CPU)
    start_g, start_d = weights(trainer.generator), weights(trainer.discriminator)
    trainer.images_seen = 40_000  # old enough for its full half-life
    steps(trainer, 2)
    moved = (weights(trainer.generator) - start_g).abs()
    assert (moved > 0).float().mean() > 0.99
    assert (weights(trainer.discriminator) != start_d).float().mean() > 0.99
    lagging = (weights(trainer.average) - start_g).abs()
    assert 0 < lagging.mean() < moved.mean() / 10


@pytest.mark.parametrize("lessons", [1, 3])
def test_the_average_moves_by_the_images_of_a_step_whatever_the_lessons(config, pictures, lessons):
    # Steps far enough to be measured.
    config = configure(config, d_steps=2, g_steps=lessons, average_half_life=80, learning_rate_g=0.05)
    trainer = Trainer(config, pictures, CPU)
    trainer.images_seen = 10_000
    start, learned = weights(trainer.generator), []
    trainer.optimizer_g.register_step_post_hook(lambda *_: learned.append(weights(trainer.generator)))
    trainer.step()
    keep = 0.5 ** (8 / 80)  # two lessons for the inspector: eight images in this step
    assert keep == pytest.approx(decay(8, 80, 10_008))
    expected = start
    for after_a_lesson in learned:  # each has its share; together they leave as much of the start as one would
        expected = torch.lerp(after_a_lesson, expected, keep ** (1 / lessons))
    assert len(learned) == lessons
    torch.testing.assert_close(weights(trainer.average), expected)


def test_each_side_takes_steps_of_its_own_learning_rate(config, pictures):
    config = configure(config, learning_rate_g=1e-3, learning_rate_d=4e-3)
    trainer = Trainer(config, pictures, CPU)
    start_g, start_d = weights(trainer.generator), weights(trainer.discriminator)
    trainer.step()
    # Adam's first step is the learning rate times the gradient's sign.
    assert (weights(trainer.generator) - start_g).abs().median().item() == pytest.approx(1e-3, rel=0.01)
    assert (weights(trainer.discriminator) - start_d).abs().median().item() == pytest.approx(4e-3, rel=0.01)


def test_adam_remembers_as_the_settings_say(config, pictures):
    """Of its first gradient an optimiser keeps what it does not expect to remember of earlier ones."""
    trainer = Trainer(configure(config, beta1=0.2, beta2=0.7), pictures, CPU)
    trainer.step()
    for network, optimizer in (
        (trainer.generator, trainer.optimizer_g), (trainer.discriminator, trainer.optimizer_d),
    ):  # fmt: skip
        for parameter in network.parameters():
            memory = optimizer.state[parameter]
            torch.testing.assert_close(memory["exp_avg"], 0.8 * parameter.grad)
            torch.testing.assert_close(memory["exp_avg_sq"], 0.3 * parameter.grad.square())


def test_a_softer_real_label_changes_the_real_half_of_the_first_loss_by_a_tenth_of_the_logit(config, pictures):
    logits = []
    measured = {}
    for label in (1.0, 0.9):
        trainer = Trainer(configure(config, real_label=label), pictures, CPU)
        trainer.discriminator.register_forward_hook(lambda module, inputs, output: logits.append(output.detach()))
        measured[label] = trainer.step()
    expected = measured[1.0]["loss_d_real"] + 0.1 * logits[0].mean()
    torch.testing.assert_close(measured[0.9]["loss_d_real"], expected)
    assert measured[0.9]["loss_d_fake"] == measured[1.0]["loss_d_fake"]


def test_the_generators_lesson_leaves_the_discriminator_alone(config, pictures):
    trainer = Trainer(configure(config, g_steps=3), pictures, CPU)
    measured = trainer.step()
    norm = nn.utils.get_total_norm([parameter.grad for parameter in trainer.discriminator.parameters()])
    assert norm == measured["gradient_d"]  # nothing was added to the gradients of its own lesson
    assert all(parameter.requires_grad for parameter in trainer.discriminator.parameters())
    # Adam counts the steps that each side took.
    counts = [optimizer.state_dict()["state"][0]["step"] for optimizer in (trainer.optimizer_d, trainer.optimizer_g)]
    assert counts == [1, 3]


def test_the_discriminator_sees_the_pictures_in_order_and_half_of_them_mirrored(config, pictures):
    trainer = Trainer(configure(config, batch_size=32), pictures, CPU)
    seen = []
    trainer.discriminator.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0].detach().clone()))
    steps(trainer, 5)
    reals = torch.cat(seen[::3]).permute(0, 2, 3, 1)  # each step: real, fake, and fake again for the generator
    training, _ = split(len(pictures))
    chosen = pictures[training[batch_indices(config.seed, len(training), 0, 160)]]
    expected = torch.from_numpy(chosen).float() / 127.5 - 1
    mirrored = 0
    for real, picture in zip(reals, expected, strict=True):
        straight = torch.allclose(real, picture, atol=1e-6)
        assert straight or torch.allclose(real, picture.flip(1), atol=1e-6)
        mirrored += not straight
    assert 60 <= mirrored <= 100


def test_held_out_pictures_are_never_shown_and_all_others_are(config, pictures):
    trainer = Trainer(configure(config, flips=False), pictures, CPU)
    seen = []
    trainer.discriminator.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0].detach().clone()))
    training, held_out = split(len(pictures))
    steps(trainer, -(-len(training) // 4))
    shown = {
        ((real + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0).numpy().tobytes() for real in torch.cat(seen[::3])
    }
    assert shown == {pictures[index].tobytes() for index in training}
    assert len(held_out) > 0 and trainer.epoch >= 1


SHARES = ("d_real", "d_fake", "d_fake_after", "accuracy_real", "accuracy_fake")
ALWAYS = {"loss_d", "loss_g", "gradient_d", "gradient_g", *SHARES}


@pytest.mark.parametrize(
    ("settings", "parts", "others"),
    [
        ({}, {"loss_d_real", "loss_d_fake"}, set()),
        ({"loss": "hinge", "penalty": "r1"}, {"loss_d_real", "loss_d_fake"}, {"penalty"}),
        (MODERN | {"penalty": "none"}, {"loss_d_pairs"}, set()),
        (MODERN | {"penalty": "r1+r2"}, {"loss_d_pairs"}, {"penalty"}),
        (REDRAW, {"loss_d_pairs"}, {"penalty", "loss_l1"}),
        (REDRAW | {"loss": "hinge", "penalty": "none"}, {"loss_d_real", "loss_d_fake"}, {"loss_l1"}),
    ],
)
def test_metrics_are_those_that_the_settings_have(config, pictures, settings, parts, others):
    trainer = new_trainer(configure(config, **settings | {"batch_size": 4}), pictures, CPU)
    measured = steps(trainer, 1).step()
    assert measured.keys() == ALWAYS | parts | others
    assert measured.keys() <= set(METRICS)
    values = {name: value.item() for name, value in measured.items()}
    assert values["loss_d"] == pytest.approx(sum(values[name] for name in parts))  # the penalty is told apart
    assert all(0 <= values[share] <= 1 for share in SHARES)
    assert values["gradient_d"] > 0 < values["gradient_g"]
    assert not any(value.requires_grad for value in measured.values())
    assert (trainer.images_seen, trainer.epoch) == (8, pytest.approx(8 / len(split(len(pictures))[0])))


def test_every_metric_belongs_to_some_settings(config, pictures):
    measured = set()
    for loss in LOSSES:
        measured |= Trainer(configure(config, loss=loss, penalty="r1"), pictures, CPU).step().keys()
    measured |= new_trainer(configure(config, **REDRAW, perceptual_weight=1.0), pictures, CPU).step().keys()
    measured |= Trainer(configure(config, projected_weight=1.0), pictures, CPU).step().keys()
    assert measured == set(METRICS)


def test_after_its_lesson_the_inspector_believes_the_same_forgeries_less(config, pictures):
    measured = steps(Trainer(config, pictures, CPU), 1).step()
    assert measured["d_fake_after"] < measured["d_fake"]


def test_pictures_may_be_mapped_read_only(config, pictures, tmp_path):
    np.save(tmp_path / "pictures.npy", pictures)
    mapped = np.load(tmp_path / "pictures.npy", mmap_mode="r")
    assert_same(
        steps(Trainer(config, mapped, CPU), 1).state_dict(), steps(Trainer(config, pictures, CPU), 1).state_dict()
    )


def test_pictures_of_another_size_are_refused(config, pictures):
    with pytest.raises(ForgerError, match="32 pixels wide; the settings say 64"):
        Trainer(configure(config, resolution=64), pictures, CPU)


def test_a_state_of_other_settings_is_refused_by_name(config, pictures):
    state = Trainer(config, pictures, CPU).state_dict()
    other = Trainer(configure(config, seed=9, beta1=0.1), pictures[:20], CPU)
    before = weights(other.generator)
    with pytest.raises(ForgerError) as caught:
        other.load_state_dict(state)
    for part in ("seed: 9 here, 1 there", "beta1: 0.1 here, 0.5 there", "pictures: 20 here, 22 there"):
        assert part in str(caught.value)
    assert torch.equal(weights(other.generator), before)


def test_a_state_tells_no_path_and_is_taken_where_the_same_pictures_lie_elsewhere(config, pictures):
    state = steps(Trainer(configure(config, data="/home/ada/pictures of cats"), pictures, CPU), 1).state_dict()
    assert state["config"]["data"] == "pictures of cats"
    assert not any("ada" in value for _, value in leaves(state) if isinstance(value, str))
    elsewhere = Trainer(configure(config, data="/mnt/stick/cats"), pictures, CPU)
    elsewhere.load_state_dict(state)
    assert elsewhere.images_seen == 4


def test_a_state_of_another_task_is_refused_by_name_before_any_shape_can_misfit(config, pictures):
    config = configure(config, **REDRAW)
    state = new_trainer(configure(config, l1_weight=1), pictures, CPU).state_dict()
    with pytest.raises(ForgerError) as caught:
        new_trainer(configure(config, task="mosaic", skips=False, l1_weight=2), pictures, CPU).load_state_dict(state)
    for part in ("task: 'mosaic' here, 'sketch' there", "skips: False here, True there", "l1_weight: 2.0 here, 1.0"):
        assert part in str(caught.value)
    latent = Trainer(configure(config, task="", generator="dcgan", discriminator="dcgan"), pictures, CPU)
    with pytest.raises(ForgerError, match="generator: 'dcgan' here, 'redraw' there"):
        latent.load_state_dict(state)


needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA card")


@pytest.mark.cuda
@needs_cuda
@each_recipe
def test_a_step_and_a_resume_on_a_card(config, pictures, recipe):
    cuda = torch.device("cuda")
    config = configure(config, **recipe | TINY | {"batch_size": 16, "augment_probability": 0.3})
    at_once = steps(new_trainer(config, pictures, cuda), 3)  # of the next step the modern penalty is part
    resumed = new_trainer(config, pictures, cuda)
    resumed.load_state_dict(through_a_file(at_once.state_dict(), cuda))
    one, other = at_once.step(), resumed.step()
    assert next(resumed.generator.parameters()).is_cuda
    assert one.keys() == other.keys()
    assert all(torch.isfinite(value) for value in one.values())
    for name, value in one.items():  # a card adds up in an order of its own
        torch.testing.assert_close(value, other[name], rtol=0.02, atol=0.02)
    assert_same(at_once.chance.state_dict(), resumed.chance.state_dict())


@pytest.mark.cuda
@needs_cuda
@each_recipe
def test_a_state_travels_between_a_card_and_the_processor(config, pictures, recipe):
    cuda = torch.device("cuda")
    config = configure(config, **recipe | TINY)
    on_card = steps(new_trainer(config, pictures, cuda), 2)
    here = new_trainer(config, pictures, CPU)
    here.load_state_dict(through_a_file(on_card.state_dict()))
    there = new_trainer(config, pictures, cuda)
    there.load_state_dict(through_a_file(steps(here, 1).state_dict(), cuda))
    there.step()
    assert there.images_seen == 4 * config.batch_size


def all_verdicts(trainer: Trainer, change: Callable[[torch.Tensor], torch.Tensor]) -> Trainer:
    trainer.discriminator.register_forward_hook(lambda module, inputs, logits: change(logits))
    return trainer


@pytest.mark.usefixtures("single_precision")
@pytest.mark.parametrize("real_label", [0.9, 1.0])
def test_an_inspector_that_can_only_guess_is_right_half_of_the_time_whatever_its_label(config, pictures, real_label):
    """With labels 0.9 and 0 the best answer to pictures that cannot be told apart is 0.45 (Goodfellow et al. 2014)."""
    guess = real_label / 2
    for answer, accuracies in ((guess - 0.001, (0, 1)), (guess + 0.001, (1, 0))):
        logit = torch.tensor(answer).logit()
        trainer = Trainer(configure(config, real_label=real_label), pictures, CPU)
        measured = all_verdicts(trainer, lambda logits, logit=logit: 0 * logits + logit).step()
        assert (measured["accuracy_real"], measured["accuracy_fake"]) == accuracies
        assert measured["d_real"].item() == measured["d_fake"].item() == pytest.approx(answer)


@pytest.mark.usefixtures("single_precision")
def test_where_pairs_are_compared_the_height_of_all_verdicts_does_not_matter(config, pictures):
    config = configure(config, **MODERN)
    straight = Trainer(config, pictures, CPU).step()
    lifted = all_verdicts(Trainer(config, pictures, CPU), lambda logits: logits + 3).step()
    for name in ("loss_d", "loss_g", "gradient_d", "gradient_g", "accuracy_real", "accuracy_fake"):
        torch.testing.assert_close(straight[name], lifted[name], rtol=1e-3, atol=1e-4)
    assert lifted["d_real"] > straight["d_real"]


@pytest.mark.usefixtures("single_precision")
def test_where_pairs_are_compared_the_forger_is_held_against_the_real_pictures(config, pictures):
    """Forgeries 6 below the real pictures: nearly all of that distance is its loss."""
    trainer = Trainer(configure(config, loss="relativistic"), pictures, CPU)
    heights = iter((3.0, -3.0, -3.0))  # of real pictures, of forgeries, and of these again in the forger's lesson
    measured = all_verdicts(trainer, lambda logits: 0 * logits + next(heights)).step()
    assert measured["loss_g"].item() == pytest.approx(6, abs=0.01)
    assert measured["loss_d"] < 0.01


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_the_forger_learns_from_latents_as_the_settings_have_them(config, pictures, distribution):
    config = configure(config, latent_distribution=distribution, batch_size=32, d_steps=2, g_steps=2)
    trainer = Trainer(config, pictures, CPU)
    given = []
    trainer.generator.register_forward_pre_hook(lambda module, inputs: given.append(inputs[0]))
    trainer.step()
    assert [z.shape for z in given] == [(32, 8)] * 3  # two for the inspector; the second serves the forger, too
    assert (torch.cat(given).abs().max() > 1) == (distribution == "normal")
    assert all(-0.5 < z.mean() < 0.5 for z in given)


@pytest.mark.usefixtures("single_precision")
@pytest.mark.parametrize("penalty", ["none", "r1", "r1+r2"])
def test_judging_both_sides_in_one_pass_changes_no_verdict(config, pictures, penalty):
    config = configure(config, **MODERN | {"batch_size": 16, "penalty": penalty, "penalty_every": 1})
    together, apart = Trainer(config, pictures, CPU), Trainer(config, pictures, CPU)
    apart.group = None
    passes = []
    for trainer in (together, apart):
        trainer.discriminator.register_forward_hook(lambda module, inputs, logits: passes.append(len(logits)))
        trainer.step()
    assert passes == [32, 16, 16, 16, 16]  # the last of each is the generator's lesson
    for one, other in zip(together.discriminator.parameters(), apart.discriminator.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-3, atol=1e-5)
