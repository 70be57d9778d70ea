"""Pictures of several visitors go through a network together; those of another shape by themselves."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gan.generators.redraw import Redrawer
from ui import asking
from ui.asking import Visitor
from ui.redraw.bring import Brought
from ui.redraw.redrawing import redraw


@pytest.mark.parametrize("shapes", [[(48, 48), (48, 48)], [(48, 64), (64, 48), (48, 48), (48, 64)]])
def test_pictures_of_all_shapes_at_once(redrawing, monkeypatch, shapes):
    monkeypatch.setattr(asking, "visitor", lambda: Visitor("ann", limited=False))
    chance = np.random.default_rng(0)
    brought = [Brought(chance.integers(0, 256, (*shape, 3), np.uint8)) for shape in shapes]
    with ThreadPoolExecutor(len(brought)) as threads:
        made = list(threads.map(lambda one: redraw(redrawing, 2000, one), brought))
    redrawer = Redrawer(redrawing)
    for one, (source, redrawn) in zip(brought, made, strict=True):
        canvas, alone = redrawer.canvas(one.picture), redrawer.source(one.picture)
        assert np.array_equal(source, canvas.cut(alone))
        result = canvas.cut(redrawer.redraw(alone).result)
        assert np.abs(redrawn.result.astype(int) - result).max() <= 1
