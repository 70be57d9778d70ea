"""Moves along directions: read as people and addresses write them, and made without leaving where latents lie."""

import pytest
import torch

from gan.errors import ForgerError
from gan.latents.distributions import latents_of
from gan.latents.moves import FARTHEST, format_moves, moved, parse_moves, strip

DIRECTIONS = torch.eye(8)[:3]


@pytest.mark.parametrize(
    ("text", "moves"),
    [("", {}), ("1:1.5,3:-2", {1: 1.5, 3: -2.0}), ("3:-2; 1:+1.50", {1: 1.5, 3: -2.0}), ("2:0", {}), ("01:3", {1: 3})],
)
def test_moves_are_read_and_written_again(text, moves):
    assert parse_moves(text, 3) == moves
    assert parse_moves(format_moves(moves), 3) == moves


@pytest.mark.parametrize(
    "text",
    ["1", "1:", ":1", "0:1", "4:1", "1:nan", "1:inf", "1:1e9", "1:999", "1:3.01", "1:1,1:2", "-1:1", "<b>:1", "1:१",
     "1:1," * 100, "9" * 100_000],
)  # fmt: skip
def test_what_is_no_move_is_refused_in_a_sentence(text):
    with pytest.raises(ForgerError) as refused:
        parse_moves(text, 3)
    assert len(str(refused.value)) < 200


def test_normal_latents_keep_their_length_and_turn_towards_the_direction():
    z = latents_of([1, 2], 8, "normal")
    there = moved(z, DIRECTIONS, {2: 2.0}, "normal")
    assert torch.allclose(there.norm(dim=1), z.norm(dim=1))
    assert (there[:, 1] > z[:, 1]).all()
    back = moved(z, DIRECTIONS, {2: -2.0}, "normal")
    assert (back[:, 1] < z[:, 1]).all()


def test_uniform_latents_stay_in_their_cube_and_move_by_their_own_deviations():
    z = latents_of([1, 2], 8, "uniform")
    there = moved(z, DIRECTIONS, {1: FARTHEST}, "uniform")
    assert torch.allclose(there[:, 0], (z[:, 0] + FARTHEST * 3**-0.5).clamp(max=1))
    assert torch.equal(there[:, 1:], z[:, 1:])


def test_without_a_move_a_latent_is_the_same_bit_for_bit():
    z = latents_of([1], 8, "normal")
    assert torch.equal(moved(z, DIRECTIONS, {}, "normal"), z)


def test_a_strip_goes_from_one_end_to_the_other_and_keeps_the_other_moves():
    z = latents_of([1], 8, "normal")[0]
    rows, amounts = strip(z, DIRECTIONS, {1: 1.0, 2: 0.5}, 2, "normal", 5)
    assert amounts == [-3.0, -1.5, 0.0, 1.5, 3.0]
    assert torch.equal(rows[2:3], moved(z[None], DIRECTIONS, {1: 1.0}, "normal"))
    assert torch.equal(rows[4:5], moved(z[None], DIRECTIONS, {1: 1.0, 2: 3.0}, "normal"))
