"""What `benchmarks.card` asks, on the CPU and with planted faults; and the table that survives a failing check."""

import warnings

import pytest
import torch

from benchmarks import card_checks, card_speed
from benchmarks.card_checks import Size
from benchmarks.card_graphs import PlainStep
from benchmarks.checking import NO, NO_TIME, YES, Check, Deadline, Row, make_all
from gan.learning.config import Config
from gan.learning.recipes import RECIPES
from gan.learning.trainer import Trainer

CPU = torch.device("cpu")
TINY = Size(resolution=32, width=4, batch=4)
LONG = Deadline(1000)


@pytest.fixture
def as_on_a_card(monkeypatch):
    """The last column judges the CPU, too."""
    monkeypatch.setattr(card_checks, "verdict", lambda holds, device: YES if holds else NO)


def made(checks) -> list[dict]:
    return make_all({name: Check(make) for name, make in checks.items()}, LONG, lambda: None)


def test_a_check_that_fails_ends_neither_the_others_nor_what_it_found_before(capsys):
    def fails(deadline):
        yield Row("a", "1", "1", YES)
        raise RuntimeError("CUDA error: no kernel\nand a page of advice")

    rows = made({"one": fails, "other": lambda deadline: iter([Row("b", "2", "3", NO)])})
    assert [(row["group"], row["holds"]) for row in rows] == [("one", YES), ("one", NO), ("other", NO)]
    assert rows[1]["seen"] == "RuntimeError: CUDA error: no kernel"
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(rows)


def test_nothing_is_begun_without_time():
    def never(deadline):
        raise AssertionError
        yield

    rows = make_all({"one": Check(never)}, Deadline(0), lambda: None)
    assert [row["holds"] for row in rows] == [NO_TIME]


def test_a_check_has_its_share_of_the_time_only():
    assert Deadline(1000).part(0.5).left < 501


@pytest.mark.usefixtures("as_on_a_card")
def test_the_cpu_agrees_with_itself_and_resumes_bit_for_bit():
    rows = [*card_checks.agreement(TINY, CPU, LONG), *card_checks.resume(TINY, CPU, LONG)]
    assert len(rows) == 4 * len(RECIPES)
    assert {row.holds for row in rows} == {YES}
    assert {row.seen for row in rows if "resumed" in row.check} == {"bit for bit"}


@pytest.mark.usefixtures("as_on_a_card")
def test_other_numbers_are_found(monkeypatch):
    """The second trainer of each recipe, which stands for the card, is given other pictures."""
    made_before = []
    on_noise = card_checks.on_noise

    def wrong(config, device):
        trainer = on_noise(config, device)
        made_before.append(trainer)
        if len(made_before) % 2 == 0:
            trainer.lessons.pictures = trainer.lessons.pictures // 2
        return trainer

    monkeypatch.setattr(card_checks, "on_noise", wrong)
    first = next(card_checks.agreement(TINY, CPU, LONG))
    assert first.holds == NO


@pytest.mark.usefixtures("as_on_a_card")
def test_a_resume_that_forgets_is_found(monkeypatch):
    load = Trainer.load_state_dict
    monkeypatch.setattr(Trainer, "load_state_dict", lambda self, state: load(self, state | {"images_seen": 0}))
    assert next(card_checks.resume(TINY, CPU, LONG)).holds == NO


def test_waits_are_counted_by_place(monkeypatch):
    modes = []
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device=None: None)
    monkeypatch.setattr(torch.cuda, "set_sync_debug_mode", modes.append)
    with card_checks.counted_syncs(torch.device("cuda")) as places:
        for _ in range(3):
            warnings.warn("called a synchronizing CUDA operation", stacklevel=1)
        warnings.warn("The debug mode does not yet detect all synchronizing operations", stacklevel=1)
    ((place, times),) = places.items()
    assert place.startswith("test_card.py:") and times == 3
    assert modes == ["warn", "default"]


def test_operations_without_a_deterministic_algorithm_are_named():
    with card_checks.deterministic() as unable:
        assert torch.are_deterministic_algorithms_enabled()
        warnings.warn("index_put_ does not have a deterministic implementation, but ...", stacklevel=1)
        warnings.warn("Deterministic behavior was enabled, but this operation uses CuBLAS ...", stacklevel=1)
        warnings.warn("something else", stacklevel=1)
    assert unable == {"index_put_", "matrix products"}
    assert not torch.are_deterministic_algorithms_enabled()


def test_the_plain_step_moves_both_networks_and_the_average():
    config = Config(**RECIPES["modern"].settings | {"resolution": 32, "width_g": 4, "width_d": 4})
    step = PlainStep(config, CPU)
    parts = [*step.generator.parameters(), *step.discriminator.parameters(), *step.averaged]
    parts = [part for part in parts if part is not step.discriminator.verdict.bias]  # cancels in every comparison
    before = [part.detach().clone() for part in parts]
    for _ in range(config.penalty_every + 1):
        step()
    assert torch.isfinite(step.loss)
    assert all(not torch.equal(a, b) for a, b in zip(before, parts, strict=True))


def test_a_command_that_fails_says_why():
    (row,) = card_speed.first_grid(["--device", "cpu", "--preset", "nonsense"], LONG)
    assert row.holds == NO
    assert "There is no preset 'nonsense'" in row.seen
