"""The inspector's desk: the verdicts are those of its lessons, and looking teaches it nothing."""

import numpy as np
import pytest
import torch
from torch import nn

from gan.data.split import split
from gan.learning.config import configure
from gan.learning.kinds import new_trainer
from gan.pictures.tensors import to_tensor
from gan.training.desk import Desk
from gan.training.sheets import PairSheet, new_sheet

CPU = torch.device("cpu")


def desk_of(config, pictures) -> Desk:
    trainer = new_trainer(config, pictures, CPU)
    trainer.step()
    held_out = split(len(pictures))[1]
    return Desk(new_sheet(config, pictures, held_out), pictures, held_out, trainer)


@pytest.mark.parametrize("discriminator", ["dcgan", "plain"])
def test_the_verdicts_are_those_that_the_inspector_gives_in_its_lessons(config, pictures, discriminator):
    desk = desk_of(configure(config, discriminator=discriminator), pictures)
    drawn = pictures[:4]
    found = desk.judge(drawn)
    inspector = desk.trainer.discriminator
    training, held_out = split(len(pictures))
    assert set(found.real_places) <= set(training)
    assert set(found.held_out_places) <= set(held_out)
    with torch.no_grad():
        assert np.allclose(found.forged, inspector(to_tensor(drawn)).numpy(), atol=1e-5)
        assert np.allclose(found.real, inspector(to_tensor(pictures[found.real_places])).numpy(), atol=1e-5)


def test_looking_changes_nothing_of_the_training(config, pictures):
    desk = desk_of(config, pictures)
    before = {name: value.clone() for name, value in desk.trainer.discriminator.state_dict().items()}
    desk.judge(pictures[:4])
    assert all(torch.equal(before[name], value) for name, value in desk.trainer.discriminator.state_dict().items())


def test_pairs_are_judged_beside_the_true_ones(redraw_config, pictures):
    desk = desk_of(redraw_config, pictures)
    sheet = desk.sheet
    assert isinstance(sheet, PairSheet)
    found = desk.judge(sheet.below[0])
    assert np.allclose(found.forged, found.held_out)  # the targets themselves, beside the targets
    assert len(found.real) == len(found.genuine_places) == 0


def test_variety_is_one_for_pictures_as_varied_as_real_ones_and_0_for_one_again_and_again(config, pictures):
    desk = desk_of(configure(config, sample_count=20), pictures)
    assert desk.judge(pictures[::-1]).diversity == pytest.approx(1, abs=0.1)
    assert desk.judge(np.repeat(pictures[:1], 4, axis=0)).diversity == pytest.approx(0, abs=0.01)
    assert np.isnan(desk.judge(pictures[:1]).diversity)  # of one picture nobody can say


def test_real_pictures_are_at_no_distance_and_negatives_are(config, pictures):
    desk = desk_of(configure(config, sample_count=20), pictures)
    assert desk.judge(pictures).distance == pytest.approx(0, abs=0.1)
    assert desk.judge(255 - pictures).distance > 0.5
    assert np.isnan(desk.judge(pictures[:1]).distance)


@pytest.mark.parametrize("flips", [True, False])
def test_a_copy_of_what_was_learned_from_lies_at_0_mirrored_or_not(config, pictures, flips):
    desk = desk_of(configure(config, flips=flips), pictures)
    training, _ = split(len(pictures))
    copies = pictures[training[:4]]
    assert desk.judge(copies).nearness == pytest.approx(0, abs=0.05)
    mirrored = desk.judge(copies[:, :, ::-1]).nearness
    assert mirrored == pytest.approx(0, abs=0.05) if flips else mirrored > 0.2
    assert desk.judge(255 - copies).nearness > 0.5


def test_pictures_that_are_all_alike_are_no_breakdown(config):
    desk = desk_of(config, np.full((20, 32, 32, 3), 90, np.uint8))
    found = desk.judge(np.full((4, 32, 32, 3), 90, np.uint8))
    assert np.isnan(found.diversity)
    assert np.isnan(found.nearness)


def test_a_broken_inspector_breaks_no_grid(config, pictures):
    desk = desk_of(config, pictures)
    with torch.no_grad():
        nn.utils.vector_to_parameters(
            torch.full((sum(one.numel() for one in desk.trainer.discriminator.parameters()),), float("nan")),
            desk.trainer.discriminator.parameters(),
        )
    assert np.isnan(desk.judge(pictures[:4]).forged).all()
