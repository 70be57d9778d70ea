"""Every kind of GAN goes through all floors: it learns, draws its sheet and its preview, and is judged."""

import dataclasses

import numpy as np
import pytest
import torch

from gan.data import open_pictures
from gan.errors import ForgerError
from gan.learning.config import Config, configure
from gan.learning.kinds import KINDS, kind_of, new_trainer
from gan.learning.recipes import RECIPES, recipes_for
from gan.networks import FAMILIES, PICTURES, new_discriminator, new_generator
from gan.networks.redraw import RedrawGenerator
from gan.quality import exams
from gan.quality.exams import EXAMS, new_exam
from gan.quality.simple_features import SimpleFeatures
from gan.quality.words import in_words
from gan.training.sheets import PREVIEWS, SHEETS, new_preview, new_sheet
from ui.seeds import generators
from ui.watch import run_view

CPU = torch.device("cpu")


def settings(config: Config, kind: str) -> Config:
    """Tiny ones by the kind's first recipe."""
    return configure(config, **RECIPES[recipes_for(kind)[0]].settings | {"width_g": 4, "width_d": 4, "batch_size": 4})


def test_every_table_knows_every_kind():
    for table in (FAMILIES, SHEETS, PREVIEWS, EXAMS, run_view.KINDS, generators.NONE_YET):
        assert table.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_learns_is_drawn_and_is_judged(config, many, monkeypatch, kind):
    monkeypatch.setattr(exams, "choose_features", SimpleFeatures)
    config = settings(config, kind)
    assert config.kind == kind and kind_of(config) is KINDS[kind]
    assert all(configure(config, **RECIPES[name].settings).kind == kind for name in recipes_for(kind))
    pictures = open_pictures(many, config.resolution)
    trainer = new_trainer(config, pictures.array, CPU)
    assert type(trainer) is KINDS[kind].trainer
    before = trainer.generator.state_dict()
    before = {name: value.clone() for name, value in before.items()}
    for _ in range(2):
        measured = trainer.step()
    assert all(torch.isfinite(value) for value in measured.values())
    assert any(not torch.equal(value, before[name]) for name, value in trainer.generator.state_dict().items())

    for sheet in (new_sheet(config, pictures.array, pictures.split()[1]), new_preview(config)):
        one, again = sheet.by(trainer.average), sheet.by(trainer.average)
        assert one.dtype == np.uint8 and one.shape[2] == 3
        assert np.array_equal(one, again)
        assert not np.array_equal(one, sheet.by(new_generator(configure(config, seed=5)).eval()))

    exam = new_exam(config, pictures, 50, CPU, lambda *heard: None)
    made = exam.made_by(trainer.average)
    cheap, all_figures = exam.measure(made).to_dict(), exam.examine(made).to_dict()
    assert cheap[exam.score] == all_figures[exam.score] > 0
    assert cheap.keys() <= all_figures.keys()
    assert "simple-1" in in_words(all_figures)["Measured"]


class Unjudging(torch.nn.Module):
    """It forgot to say how its verdicts hang together."""

    def __init__(self, lacks: str):
        super().__init__()
        for part in {"group", "patches", "encode", "decode"} - {lacks}:
            setattr(self, part, None)

    def forward(self, pictures):
        return pictures.mean((1, 2, 3))


@pytest.mark.parametrize(
    ("kind", "side", "lacks"),
    [
        ("latents", "discriminator", "group"),
        ("pictures", "discriminator", "group"),
        ("pictures", "discriminator", "patches"),
        ("pictures", "generator", "encode"),
        ("pictures", "generator", "decode"),
    ],
)
def test_a_network_that_breaks_its_contract_is_told_what_it_lacks(config, monkeypatch, kind, side, lacks):
    networks = getattr(FAMILIES[kind], f"{side}s")
    monkeypatch.setitem(networks, "mine", lambda settings: Unjudging(lacks))
    build = {"generator": new_generator, "discriminator": new_discriminator}[side]
    with pytest.raises(TypeError, match=f"'mine' .* lacks {lacks}"):
        build(configure(settings(config, kind), **{side: "mine"}))


def test_another_redrawing_network_is_one_line(config, pictures, monkeypatch):
    class Darker(RedrawGenerator):
        def forward(self, sources):
            return super().forward(sources) - 0.5

    monkeypatch.setitem(
        FAMILIES[PICTURES].generators, "darker", lambda settings: Darker(settings.resolution, settings.width_g, True)
    )
    config = configure(settings(config, PICTURES), generator="darker")
    assert isinstance(new_trainer(config, pictures, CPU).generator, Darker)
    with pytest.raises(ForgerError, match="go together"):
        Config(generator="darker")
    assert dataclasses.replace(config, generator="redraw").generator == "redraw"
