"""What a generator's folder holds, and what of it travels."""

import torch
from PIL import Image
from safetensors.torch import load_file

from gan import generators
from gan.generators import folder as files
from gan.learning.config import configure
from gan.networks import new_discriminator, new_generator
from gan.permits import issue
from gan.pictures.files import png_bytes

PERMIT = issue("a test")

CARD = {"title": "Mine", "images_seen": 3000}


def test_all_that_was_kept_travels_and_nothing_else(config, own_folders, pictures):
    folder = own_folders / "runs" / "mine"
    average, early = (new_generator(configure(config, seed=seed)) for seed in (1, 2))
    card = CARD | {"config": config.to_dict()}
    files.save_generator(folder, average, card, png_bytes(pictures[0]), new_discriminator(config))
    files.save_moment(folder, early, new_discriminator(config), 1000)
    (folder / "log.txt").write_text("what the trainer printed")
    parts = [path.as_posix() for path in files.travelling(folder, 3000)]
    assert parts == [
        "generator.safetensors", "preview.png", "discriminator.safetensors",
        "early/0000001000.safetensors", "card.json",
    ]  # fmt: skip
    added = generators.add_to_checkpoints(PERMIT, generators.find_generator("run:mine"), "ours")
    there = {path.relative_to(added.folder).as_posix() for path in added.folder.rglob("*.*")}
    assert there == set(parts)
    assert Image.open(added.folder / "preview.png").size == (32, 32)


def test_of_many_moments_five_travel_spaced_as_they_were_kept(config, tmp_path):
    (tmp_path / files.EARLY).mkdir()
    for kimg in (1, 2, 4, 8, 16, 32, 64, 128, 256):
        files.moment_path(tmp_path, 1000 * kimg).touch()
    parts = [int(path.stem) // 1000 for path in files.travelling(tmp_path, 400_000) if path.parent.name == files.EARLY]
    assert parts == [1, 4, 16, 64, 256]


def test_only_the_generator_that_draws_is_kept_in_full_precision(config, tmp_path):
    judge = new_discriminator(config)
    files.save_generator(tmp_path, new_generator(config), CARD, discriminator=judge)
    kinds = {
        name: {value.dtype for value in load_file(tmp_path / name).values() if value.is_floating_point()}
        for name in (files.WEIGHTS, files.DISCRIMINATOR)
    }
    assert list(kinds.values()) == [{torch.float32}, {torch.float16}]
    again = files.load_weights(tmp_path / files.DISCRIMINATOR, lambda: new_discriminator(config))
    assert not again.training
    for name, value in judge.state_dict().items():
        assert torch.equal(again.state_dict()[name].half(), value.half())


def test_what_was_not_kept_is_not_missed(config, tmp_path):
    files.save_generator(tmp_path, new_generator(config), CARD)
    assert [path.as_posix() for path in files.travelling(tmp_path, 3000)] == ["generator.safetensors", "card.json"]
