"""What a run draws again and again: in which order the pictures stand on the sheet."""

from itertools import chain

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gan.data.drawn import drawn_picture as draw_head
from gan.data.split import split
from gan.errors import ForgerError
from gan.generators.sampling import sample
from gan.learning.config import configure
from gan.networks import new_generator
from gan.tasks.held_out import held_out_pairs, pairs_of
from gan.training.sheets import COLUMNS, LatentSheet, cut_out, held_out_sheet, new_preview, new_sheet

SIDE, STEP = 32, 34  # two pixels of white between neighbours


class Negative(nn.Module):
    """Redraws each picture as its negative."""

    def __init__(self):
        super().__init__()
        self.sign = nn.Parameter(torch.tensor(-1.0))

    def forward(self, sources: Tensor) -> Tensor:
        return self.sign * sources


@pytest.fixture(scope="module")
def many_pictures() -> np.ndarray:
    """150 pictures, 15 of them held out."""
    return np.random.default_rng(0).integers(0, 256, (150, SIDE, SIDE, 3), dtype=np.uint8)


def held_out(pictures: np.ndarray) -> np.ndarray:
    return split(len(pictures))[1]


def cells(sheet: np.ndarray) -> np.ndarray:
    """The pictures (rows, columns, 32, 32, 3) of a sheet; between them there is nothing but white."""
    rows, columns = ((length + 2) // STEP for length in sheet.shape[:2])
    assert sheet.shape == (rows * STEP - 2, columns * STEP - 2, 3)
    places = [[(row * STEP, column * STEP) for column in range(columns)] for row in range(rows)]
    between = np.ones(sheet.shape[:2], bool)
    for top, left in chain(*places):
        between[top : top + SIDE, left : left + SIDE] = False
    assert (sheet[between] == 255).all()
    return np.stack([[sheet[top : top + SIDE, left : left + SIDE] for top, left in row] for row in places])


@pytest.mark.parametrize(
    ("count", "full", "rest"), [(1, 0, 1), (4, 0, 4), (6, 1, 0), (8, 1, 2), (12, 2, 0), (99, 2, 3)]
)
def test_under_each_source_stand_what_came_out_and_the_target(redraw_config, many_pictures, count, full, rest):
    config = configure(redraw_config, sample_count=count, task="grey")
    found = cells(new_sheet(config, many_pictures, held_out(many_pictures)).by(Negative()))
    sources, targets = held_out_pairs("grey", many_pictures, held_out(many_pictures), count)
    assert len(sources) == min(count, 15) == full * COLUMNS + rest
    columns = min(COLUMNS, len(sources))
    assert found.shape[:2] == (3 * (full + (rest > 0)), columns)
    for number, (source, target) in enumerate(zip(sources, targets, strict=True)):
        band, column = divmod(number, columns)
        above, middle, below = found[3 * band : 3 * band + 3, column]
        assert np.array_equal(above, source)
        assert np.abs(middle.astype(int) - (255 - source.astype(int))).max() <= 1
        assert np.array_equal(below, target)
    if full and rest:
        assert (found[-3:, rest:] == 255).all()  # what the last row leaves over


def test_a_scribble_can_be_seen_before_training_and_changes_no_generator(redraw_config, many_pictures):
    generator = new_generator(redraw_config)
    sheet = new_sheet(configure(redraw_config, sample_count=6), many_pictures, held_out(many_pictures))
    scribble, learned = cells(sheet.lay_out(sheet.scribbled_by(generator))), cells(sheet.by(generator))
    assert np.array_equal(scribble[[0, 2]], learned[[0, 2]])
    outputs = scribble[1].reshape(6, -1)
    assert outputs.std(1).min() > 0
    assert not np.array_equal(scribble[1], learned[1])  # by the statistics of these pictures, not by those it keeps
    assert not any(parameter.grad is not None for parameter in generator.parameters())


@pytest.mark.parametrize("task", ["", "grey"])
def test_what_was_drawn_is_cut_out_of_a_sheet_again(config, redraw_config, many_pictures, task):
    config = configure(redraw_config if task else config, sample_count=9)
    sheet = new_sheet(config, many_pictures, held_out(many_pictures))
    drawn = many_pictures[:9]
    assert np.array_equal(cut_out(config, sheet.lay_out(drawn), 9), drawn)
    with pytest.raises(ForgerError, match="too small"):
        cut_out(config, sheet.lay_out(drawn), 40)


def test_one_held_out_picture_is_enough_for_a_scribble(redraw_config, pictures):
    sheet = new_sheet(redraw_config, pictures[:9], held_out(pictures[:9]))
    assert cells(sheet.lay_out(sheet.scribbled_by(new_generator(redraw_config)))).shape[:2] == (3, 1)


def test_the_same_sheet_is_drawn_again_and_again(redraw_config, many_pictures):
    first, second = (
        held_out_sheet(redraw_config, many_pictures, held_out(many_pictures)).by(Negative()) for _ in range(2)
    )
    assert np.array_equal(first, second)


def test_who_draws_from_latents_needs_no_pictures(config):
    sheet, generator = (
        new_sheet(configure(config, sample_count=9), np.empty((0, 32, 32, 3), np.uint8), np.empty(0, int)),
        new_generator(config),
    )
    assert type(sheet) is LatentSheet
    found = cells(sheet.by(generator))
    assert found.shape[:2] == (3, 3)
    assert np.array_equal(found.reshape(9, 32, 32, 3), sample(generator, config, range(1, 10)))


def test_a_preview_is_made_of_drawn_heads_below_what_went_in(redraw_config):
    """It goes where the generator goes, and holds nothing that the generator learned from."""
    found = cells(new_preview(configure(redraw_config, task="mosaic")).by(Negative()))
    assert found.shape[:2] == (2, COLUMNS)
    heads = [draw_head("drawn-cats", index, 32) for index in range(3)]
    heads += [draw_head("drawn-faces", index, 32) for index in range(3, 6)]
    sources = pairs_of("mosaic", np.stack(heads))[0]
    assert np.array_equal(found[0], sources)
    assert np.abs(found[1].astype(int) - (255 - sources.astype(int))).max() <= 1


def test_the_preview_of_latents_is_their_sheet(config, pictures):
    generator = new_generator(config)
    sheet = new_sheet(config, pictures, held_out(pictures))
    assert np.array_equal(new_preview(config).by(generator), sheet.by(generator))
