"""Thousands of hostile inputs of each kind: each gives a result that can be used, or a sentence, and nothing else.

The same cases each time. By hand, and for as long as you like, others: FORGER_FUZZ=600 python -m pytest tests/fuzz (so
many seconds for each kind; a failure names the case, which FORGER_FUZZ_CASE=... repeats).
"""

import io
import json
import os
import random
import shutil
import time
import zipfile
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from markdown_it import MarkdownIt

from gan import generators, runs
from gan.data import decoder, open_pictures
from gan.data.store import cache_root
from gan.data.uploads import keep_upload
from gan.errors import ForgerError
from gan.latents.seeds import MAX_SEEDS, SEED_LIMIT, parse_seeds
from gan.permits import issue
from gan.runs import snapshot
from gan.runs.checkpoint import load_newest
from tests.fuzz import mutations
from ui import address, live
from ui.messages import LONGEST, plain
from ui.picture_grid import read_picks
from ui.redraw.crop_box import read_frame
from ui.redraw.sketch_pad import read_drawing

PERMIT = issue("a test")
SECONDS = float(os.environ.get("FORGER_FUZZ", "0"))
ONE_CASE = os.environ.get("FORGER_FUZZ_CASE")


def cases(kind: str, count: int) -> Iterator[random.Random]:
    """The source of chance of each case; what fails names its case."""
    if ONE_CASE:
        yield random.Random(ONE_CASE)
        return
    ends = time.monotonic() + SECONDS
    number = 0 if not SECONDS else time.time_ns()
    first = number
    while number - first < count or time.monotonic() < ends:
        case = f"{kind}-{number}"
        try:
            yield random.Random(case)
        except GeneratorExit:
            print(f"The case that failed: FORGER_FUZZ_CASE={case}")
            raise
        number += 1


def check_sentence(error: ForgerError) -> None:
    """One that people can read, and no part of it the system's own."""
    text = str(error)
    assert len(text) > 10 and text[0].isupper() | (text[0] in "“'\"") and text.rstrip()[-1] in ".)”'", text[:300]
    assert "Traceback" not in text and "Errno" not in text and "object at 0x" not in text, text[:300]


def test_pictures_of_strangers():
    files = mutations.pictures()
    read = 0
    for chance in cases("picture", 700):
        data = mutations.mutated(chance, chance.choice(files))
        if chance.random() < 0.1:
            data = data[: chance.randrange(len(data) + 1)] + chance.choice(files)[chance.randrange(20) :]
        try:
            brought = decoder.read_strangers_picture(data)
        except ForgerError as error:
            check_sentence(error)
        else:
            read += 1
            picture = brought.picture
            assert brought.alpha is None or brought.alpha.shape == picture.shape[:2]
            assert picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3
            assert min(picture.shape[:2]) >= 4 and max(picture.shape[:2]) <= 1024
    assert read or ONE_CASE


def _zip(chance, files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for number in range(chance.choice((0, 3, 18))):
            name = chance.choice(
                (f"{number}.png", f"a/{number}.jpg", f"../{number}", chance.choice(mutations.TEXTS)[:200])
            )
            data = chance.choice(files) if chance.random() < 0.9 else bytes(chance.choice((0, 10**6)))
            try:
                archive.writestr(name or "x", data)
            except (UnicodeEncodeError, ValueError, IndexError):  # no name that a ZIP can hold
                continue
    return mutations.mutated(chance, file.getvalue()) if chance.random() < 0.8 else file.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_uploaded_zips(own_folders):
    files = [data for data in mutations.pictures() if data]
    for chance in cases("zip", 250):
        data = _zip(chance, files)
        try:
            kept = keep_upload(PERMIT, io.BytesIO(data), chance.choice(mutations.TEXTS))
        except ForgerError as error:
            check_sentence(error)
            continue
        assert kept.parent == cache_root() / "uploads"
        try:
            pictures = open_pictures(str(kept), 16)
        except ForgerError as error:
            check_sentence(error)
            assert not kept.exists()
        else:
            assert len(pictures) >= 16 and pictures.array.shape[1:] == (16, 16, 3)
            kept.unlink()
    assert ONE_CASE or not list((cache_root() / "uploads").glob("*.zip"))


def test_names_become_text():
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for chance in cases("name", 3000):
        pieces = [*mutations.MARKDOWN, *mutations.TEXTS]
        text = chance.choice(("", " ", "\n")).join(chance.choice(pieces) for _ in range(chance.randint(1, 8)))
        shown = plain(text)
        assert len(shown) <= 2.5 * LONGEST
        tokens = reader.parse(shown)
        assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}, (text, shown)
        inside = {child.type for token in tokens for child in token.children or []}
        assert inside <= {"text", "code_inline", "text_special"}, (text, shown)


def test_folders_of_runs(trained_run):
    """Every file that a run has, damaged: the other run is there, and this one, or why it is not."""
    folder = trained_run.folder.with_name("odd")
    folder.mkdir()
    files = {name: json.loads((trained_run.folder / name).read_text()) for name in ("config.json", "status.json")}
    lines = [json.loads(line) for line in trained_run.metrics_path.read_text().splitlines()]
    for chance in cases("run", 600):
        damaged = chance.choice(("config.json", "status.json", "metrics.jsonl", "quality.jsonl"))
        for name, good in files.items():
            content = mutations.altered(chance, good) if name == damaged else good
            (folder / name).write_bytes(
                mutations.dumped(chance, content) if name == damaged else json.dumps(good).encode()
            )
        for name in ("metrics.jsonl", "quality.jsonl"):
            odd = [mutations.altered(chance, line) if name == damaged else line for line in lines]
            text = b"\n".join(
                mutations.dumped(chance, line) if name == damaged else json.dumps(line).encode() for line in odd
            )
            (folder / name).write_bytes(text)
        assert "demo" in [run.name for run in runs.list_runs()]
        for why in runs.damaged().values():
            assert len(plain(why)) > 10
        try:
            run = runs.find_run("odd")
        except ForgerError as error:
            check_sentence(error)
            continue
        json.dumps(runs.summary(run), allow_nan=False)
        seen = snapshot.look(run)
        for figure in live.charts(seen, run.config):
            json.loads(figure.payload, parse_constant=pytest.fail)


def test_generators_that_somebody_brings(shipped, own_folders):
    card, weights = json.loads((shipped.folder / "card.json").read_text()), shipped.folder / "generator.safetensors"
    good = weights.read_bytes()
    head = int.from_bytes(good[:8], "little")
    for chance in cases("generator", 400):
        if chance.random() < 0.5:
            (shipped.folder / "card.json").write_bytes(mutations.dumped(chance, mutations.altered(chance, card)))
            weights.write_bytes(good)
        else:
            (shipped.folder / "card.json").write_text(json.dumps(card))
            header = mutations.mutated(chance, good[8 : 8 + head])
            length = len(header) if chance.random() < 0.7 else chance.choice((0, 1, 2**31, 2**63))
            weights.write_bytes(length.to_bytes(8, "little") + header + good[8 + head :])
        generators.list_generators()
        try:
            model = generators.find_generator("cats")
            assert plain(model.title) is not None and model.about is not None
            network = generators.load_generator(model)
        except ForgerError as error:
            check_sentence(error)
        else:
            assert sum(weight.numel() for weight in network.parameters()) < 10**7


def test_checkpoints_that_somebody_brings(trained_run):
    *_, newest = trained_run.checkpoints()
    good = newest.read_bytes()
    shutil.rmtree(trained_run.checkpoints_folder)
    trained_run.checkpoints_folder.mkdir()
    for chance in cases("checkpoint", 200):
        newest.write_bytes(mutations.mutated(chance, good))
        states = []
        try:
            load_newest(trained_run, torch.device("cpu"), states.append)
        except ForgerError as error:
            check_sentence(error)
        else:
            assert isinstance(states[0], dict)


def test_what_addresses_say():
    parts = [
        *mutations.TEXTS,
        *map(str, mutations.NUMBERS),
        "1-16",
        "3,8",
        "16-1",
        "1-99999999999",
        ";",
        ",",
        "-",
        " ",
        "1e3",
    ]
    for chance in cases("address", 3000):
        text = "".join(chance.choice(parts) for _ in range(chance.randint(1, 5)))
        try:
            seeds = parse_seeds(text)
        except ForgerError as error:
            check_sentence(error)
        else:
            assert 0 < len(seeds) <= MAX_SEEDS and all(0 <= seed < SEED_LIMIT for seed in seeds)
        for read, allowed in ((address.within(1, 12), range(1, 13)), (address.nearest([3, 9]), [3, 9])):
            try:
                assert read(text) in allowed
            except ValueError:
                continue


def test_what_components_send():
    for chance in cases("component", 2000):
        odd = mutations.value(chance)
        if chance.random() < 0.5:
            odd = {
                "picture": "a",
                "box": odd if chance.random() < 0.3 else [mutations.value(chance, 3) for _ in range(3)],
            }
        left, top, side = read_frame(odd, "a", 60, 90)
        assert 0 < side <= 1 and 0 <= left <= 1 - side * 60 / 90 + 1e-9 and 0 <= top <= 1 - side + 1e-9
        assert all(type(seed) is int and 0 <= seed < SEED_LIMIT for seed in read_picks(odd))
        try:
            assert read_drawing(odd).shape == (256, 256, 3)
        except ForgerError as error:
            check_sentence(error)
