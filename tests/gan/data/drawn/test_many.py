import subprocess
import sys

import pytest

from gan.data.drawn import drawn_picture, many
from gan.errors import ForgerError


@pytest.fixture
def children(monkeypatch) -> list[subprocess.Popen]:
    started = []

    class Noted(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    return started


@pytest.mark.parametrize("cores", [1, 3])
def test_gives_every_picture_in_order_however_many_cores(monkeypatch, children, cores):
    monkeypatch.setattr(many.os, "cpu_count", lambda: cores)
    pictures = list(many.draw_many("drawn-cats", 8, 32))
    assert len(children) == cores
    assert len(pictures) == 8
    assert all((picture == drawn_picture("drawn-cats", index, 32)).all() for index, picture in enumerate(pictures))


def test_stopping_early_ends_the_children(children):
    pictures = many.draw_many("drawn-cats", 100_000, 32)
    next(pictures)
    assert children
    pictures.close()
    assert all(child.returncode is not None for child in children)


def test_a_child_that_dies_is_an_error(monkeypatch, children):
    monkeypatch.setattr(sys, "executable", "false")
    with pytest.raises(ForgerError, match="broke off"):
        next(many.draw_many("drawn-cats", 10, 32))
    assert all(child.returncode is not None for child in children)
