import math

import pytest
import torch

from gan.learning.losses import LOSSES
from gan.learning.trainer import METRICS

LOG_2 = 0.6931472
SOFTPLUS_2 = 2.1269280  # log(1 + e^2)
TEXTBOOK, HINGE, PAIRS = LOSSES["textbook"], LOSSES["hinge"], LOSSES["relativistic"]

each_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)


def logits(*values: float) -> torch.Tensor:
    return torch.tensor(values, requires_grad=True)


def numbers(parts: dict[str, torch.Tensor]) -> dict[str, float]:
    return {name: part.item() for name, part in parts.items()}


def slope(loss: torch.Tensor, by: torch.Tensor) -> list[float]:
    return torch.autograd.grad(loss, by, retain_graph=True)[0].tolist()


def test_textbook_an_inspector_that_cannot_tell_pays_log_2_on_either_side():
    parts = TEXTBOOK.discriminator(torch.zeros(3), torch.zeros(3), 1.0)
    assert numbers(parts) == pytest.approx({"loss_d_real": LOG_2, "loss_d_fake": LOG_2})


def test_textbook_discriminator_against_numbers_worked_out_by_hand():
    # For logit x and label y: log(1 + e^x) - xy. With y = 0.9 at x = 2 and x = -2; with y = 0 at x = 2.
    parts = TEXTBOOK.discriminator(torch.tensor([2.0, -2.0]), torch.tensor([2.0]), 0.9)
    at_2, at_minus_2 = SOFTPLUS_2 - 1.8, SOFTPLUS_2 - 2 + 1.8
    assert numbers(parts) == pytest.approx({"loss_d_real": (at_2 + at_minus_2) / 2, "loss_d_fake": SOFTPLUS_2})


def test_label_smoothing_wants_nine_tenths_of_certainty_on_the_real_side_alone():
    x = logits(2.1972246)  # sigmoid is 0.9
    assert slope(TEXTBOOK.discriminator(x, x, 0.9)["loss_d_real"], x) == pytest.approx([0], abs=1e-7)
    assert slope(TEXTBOOK.discriminator(x, x, 0.9)["loss_d_fake"], x) == pytest.approx([0.9])


def test_textbook_the_forger_pays_for_being_caught_and_still_learns_when_it_is_hopeless():
    real = torch.zeros(1)  # what the inspector says of real pictures is nothing to this forger
    assert TEXTBOOK.generator(torch.tensor([2.0]), real).item() == pytest.approx(SOFTPLUS_2 - 2)
    hopeless = logits(-30.0)
    loss = TEXTBOOK.generator(hopeless, real)
    assert loss.item() == pytest.approx(30)
    # The saturating loss of the first paper's minimax game would have a gradient of nearly 0 here.
    assert slope(loss, hopeless) == pytest.approx([-1])


def test_textbook_with_labels_09_and_0_guessing_means_to_answer_045():
    """The best answer to pictures that cannot be told apart lies half-way (Goodfellow et al. 2014)."""
    logit = TEXTBOOK.undecided(torch.zeros(3), torch.zeros(3), 0.9)
    assert 1 / (1 + math.exp(-logit)) == pytest.approx(0.45)
    assert TEXTBOOK.undecided(torch.zeros(3), torch.zeros(3), 1.0) == 0
    x = logits(logit)
    assert slope(sum(TEXTBOOK.discriminator(x, x, 0.9).values()), x) == pytest.approx([0], abs=1e-7)


def test_hinge_against_numbers_worked_out_by_hand():
    parts = HINGE.discriminator(torch.tensor([2.0, 0.5, -1.0]), torch.tensor([-3.0, -0.5, 2.0]), 0.9)
    assert numbers(parts) == pytest.approx({"loss_d_real": (0 + 0.5 + 2) / 3, "loss_d_fake": (0 + 0.5 + 3) / 3})
    assert HINGE.generator(torch.tensor([1.0, -5.0]), torch.zeros(2)).item() == pytest.approx(2)
    assert HINGE.undecided(torch.tensor([7.0]), torch.tensor([5.0]), 0.9) == 0


def test_hinge_is_content_with_what_is_judged_clearly():
    real, fake = logits(1.5, 40.0), logits(-1.5, -40.0)
    parts = HINGE.discriminator(real, fake, 1.0)
    assert numbers(parts) == {"loss_d_real": 0, "loss_d_fake": 0}
    assert slope(parts["loss_d_real"], real) == slope(parts["loss_d_fake"], fake) == [0, 0]


def test_relativistic_against_numbers_worked_out_by_hand():
    real, fake = torch.tensor([3.0, -1.0]), torch.tensor([1.0, -1.0])  # the first pair differs by 2, the other by 0
    parts = PAIRS.discriminator(real, fake, 0.9)
    assert numbers(parts) == pytest.approx({"loss_d_pairs": (SOFTPLUS_2 - 2 + LOG_2) / 2})
    assert PAIRS.generator(fake, real).item() == pytest.approx((SOFTPLUS_2 + LOG_2) / 2)
    assert PAIRS.undecided(real, fake, 0.9).item() == pytest.approx((1 + 0) / 2)


def test_relativistic_compares_each_picture_with_its_partner():
    real, fake = torch.tensor([4.0, 0.0]), torch.tensor([4.0, 0.0])
    apart = PAIRS.discriminator(real, fake.flip(0), 1.0)["loss_d_pairs"]
    assert PAIRS.discriminator(real, fake, 1.0)["loss_d_pairs"].item() == pytest.approx(LOG_2)
    assert apart.item() == pytest.approx((math.log1p(math.exp(-4)) + math.log1p(math.exp(4))) / 2)


def test_relativistic_the_same_constant_for_all_changes_nothing():
    real, fake = torch.tensor([0.5, -2.0, 1.0]), torch.tensor([1.5, -3.0, -1.0])
    for verdict in (lambda up: PAIRS.discriminator(real + up, fake + up, 0.9)["loss_d_pairs"],
                    lambda up: PAIRS.generator(fake + up, real + up),
                    lambda up: PAIRS.undecided(real + up, fake + up, 0.9) - up):  # fmt: skip
        torch.testing.assert_close(verdict(0.0), verdict(8.0))


def test_relativistic_forger_and_inspector_want_the_opposite():
    real, fake = logits(0.5, -2.0), logits(1.5, -3.0)
    swapped = PAIRS.discriminator(fake, real, 0.9)["loss_d_pairs"]
    torch.testing.assert_close(PAIRS.generator(fake, real), swapped)


@each_loss
def test_the_inspector_lifts_real_pictures_and_lowers_forgeries_which_the_forger_lifts(loss):
    real, fake = logits(0.3, -0.6), logits(-0.4, 0.7)
    loss_d = sum(loss.discriminator(real, fake, 0.9).values())
    assert max(slope(loss_d, real)) < 0 < min(slope(loss_d, fake))
    assert max(slope(loss.generator(fake, real.detach()), fake)) < 0


@each_loss
def test_enormous_logits_stay_finite(loss):
    high, low = torch.tensor([1e4, -1e4]), torch.tensor([-1e4, 1e4])
    values = [*loss.discriminator(low, high, 1.0).values(), loss.generator(low, high)]
    assert torch.isfinite(torch.stack(values)).all()


@each_loss
def test_every_part_is_charted_and_every_loss_explained(loss):
    parts = loss.discriminator(torch.zeros(2), torch.zeros(2), 0.9)
    assert parts.keys() <= set(METRICS)
    assert all(part.shape == () for part in parts.values())
    assert loss.generator(torch.zeros(2), torch.zeros(2)).shape == ()
    assert loss.help.endswith(".") and len(loss.help) > 20


@each_loss
def test_where_verdicts_cannot_be_told_apart_the_inspector_is_right_half_of_the_time(loss):
    same = torch.tensor([-3.0, -1.0, 1.0, 3.0]) + loss.undecided(torch.zeros(4), torch.zeros(4), 0.9)
    undecided = loss.undecided(same, same, 0.9)
    assert (same > undecided).float().mean() == (same <= undecided).float().mean() == 0.5


@pytest.mark.parametrize("loss", [TEXTBOOK, HINGE])
@pytest.mark.parametrize("real_label", [0.6, 0.9, 1.0])
def test_who_can_only_guess_answers_what_lies_between_right_and_wrong(loss, real_label):
    undecided = loss.undecided(torch.zeros(3), torch.zeros(3), real_label)
    assert loss.guess(real_label) == pytest.approx(torch.tensor(undecided).sigmoid().item())
    # A label that counts for nothing moves nothing.
    parts = [sum(loss.discriminator(torch.ones(3), torch.zeros(3), label).values()) for label in (real_label, 0.5)]
    assert (parts[0] != parts[1]) == loss.has_label
