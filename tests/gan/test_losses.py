import pytest
import torch

from gan.losses import discriminator_loss, generator_loss

LOG_2 = 0.6931472
SOFTPLUS_2 = 2.1269280  # log(1 + e^2)


def test_an_inspector_that_cannot_tell_pays_log_2_on_either_side():
    real, fake = discriminator_loss(torch.zeros(3), torch.zeros(3), real_label=1.0)
    assert (real.item(), fake.item()) == pytest.approx((LOG_2, LOG_2))


def test_discriminator_loss_against_numbers_worked_out_by_hand():
    # For logit x and label y: log(1 + e^x) - xy. With y = 0.9 at x = 2 and x = -2; with y = 0 at x = 2.
    real, fake = discriminator_loss(torch.tensor([2.0, -2.0]), torch.tensor([2.0]), real_label=0.9)
    at_2, at_minus_2 = SOFTPLUS_2 - 1.8, SOFTPLUS_2 - 2 + 1.8
    assert real.item() == pytest.approx((at_2 + at_minus_2) / 2)
    assert fake.item() == pytest.approx(SOFTPLUS_2)


def test_label_smoothing_wants_nine_tenths_of_certainty_on_the_real_side_alone():
    logits = torch.tensor([2.1972246])  # sigmoid is 0.9
    logits.requires_grad_()
    real, _ = discriminator_loss(logits, logits, real_label=0.9)
    assert torch.autograd.grad(real, logits)[0].item() == pytest.approx(0, abs=1e-7)
    _, fake = discriminator_loss(logits, logits, real_label=0.9)
    assert torch.autograd.grad(fake, logits)[0].item() == pytest.approx(0.9)


def test_the_forger_pays_for_being_caught_and_still_learns_when_it_is_hopeless():
    assert generator_loss(torch.tensor([2.0])).item() == pytest.approx(SOFTPLUS_2 - 2)
    hopeless = torch.tensor([-30.0], requires_grad=True)
    loss = generator_loss(hopeless)
    assert loss.item() == pytest.approx(30)
    # The saturating loss of the first paper's minimax game would have a gradient of nearly 0 here.
    assert torch.autograd.grad(loss, hopeless)[0].item() == pytest.approx(-1)


def test_enormous_logits_stay_finite():
    real, fake = discriminator_loss(torch.tensor([-1e4]), torch.tensor([1e4]), real_label=1.0)
    assert torch.isfinite(torch.stack([real, fake, generator_loss(torch.tensor([-1e4]))])).all()
