"""Pairs of one's own: which picture goes with which, what is refused, and what becomes of both halves."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan.data import Preparation, find_pictures, lacks_pairs, open_pictures
from gan.data.own.pair_reading import squares
from gan.data.own.pairs import ALONE, ELSEWHERE, NOT_TWICE, TWO_SHAPES, Arrangement, arrange
from gan.data.own.survey import Survey, TooFewPictures
from gan.errors import ForgerError

PAIRS = Preparation(pairs=True)
COUNT = 18


def survey(*names: str, size: tuple[int, int] = (20, 20), **others: tuple[int, int]) -> Survey:
    """What is seen of files of these names, sorted; `others` names sizes by their stems."""
    names = tuple(sorted(names))
    return Survey(names, tuple(others.get(Path(name).stem, size) for name in names), {}, None, None)


def numbered(folder: str, ending: str = "png", count: int = COUNT) -> list[str]:
    return [f"{folder}/{number:02d}.{ending}" for number in range(count)]


def folders_of(made: Arrangement) -> set[tuple[str, str]]:
    return {(str(Path(source).parent), str(Path(target).parent)) for source, target in made.pairs}


@pytest.fixture
def halves(pictures) -> list[tuple[np.ndarray, np.ndarray]]:
    """A source and its target for each number: its negative."""
    return [(picture, 255 - picture) for picture in pictures[:COUNT]]


@pytest.fixture
def two_folders(halves, tmp_path) -> Path:
    folder = tmp_path / "own"
    for number, pair in enumerate(halves):
        for name, picture in zip("AB", pair, strict=True):
            save(picture, folder / name / f"{number:02d}.png")
    return folder


def save(picture: np.ndarray, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)


def six(halves) -> np.ndarray:
    return np.stack([np.concatenate(pair, axis=2) for pair in halves])


def test_two_folders_and_a_zip_of_them_become_six_channels(two_folders, halves, tmp_path):
    made = open_pictures(str(two_folders), 32, preparation=PAIRS)
    assert np.array_equal(made.array, six(halves))
    assert made.names[0] == "A/00.png" and made.skipped == {}
    assert made.remarks[0] == "18 pairs: “A” goes in, “B” should come out."
    assert not any("choose the task pairs" in remark for remark in made.remarks)
    with zipfile.ZipFile(tmp_path / "own.zip", "w") as archive:
        for file in sorted(two_folders.rglob("*.png")):
            archive.write(file, file.relative_to(two_folders.parent))  # in one folder more, as people zip
    assert np.array_equal(open_pictures(str(tmp_path / "own.zip"), 32, preparation=PAIRS).array, six(halves))
    # The same folder read as single pictures is another array, and neither is taken for the other.
    assert open_pictures(str(two_folders), 32).array.shape == (2 * COUNT, 32, 32, 3)
    assert find_pictures(str(two_folders), 32, PAIRS).array.shape[3] == 6


def test_halves_of_one_picture(halves, tmp_path):
    for number, pair in enumerate(halves):
        save(np.concatenate(pair, axis=1), tmp_path / "own" / f"{number}.png")
    read = {}
    for backwards in (False, True):
        preparation = Preparation(pairs=True, backwards=backwards)
        read[backwards] = open_pictures(str(tmp_path / "own"), 32, preparation=preparation)
    order = sorted(range(COUNT), key=str)
    assert np.array_equal(read[False].array, six(halves)[order])
    assert np.array_equal(read[True].array, np.roll(read[False].array, 3, axis=3))
    assert "the left half of each picture goes in" in read[False].remarks[0]
    assert "the right half of each picture goes in" in read[True].remarks[0]
    assert not any("not square" in remark for remark in read[False].remarks)


def test_backwards_swaps_folders(two_folders, halves):
    made = open_pictures(str(two_folders), 32, preparation=Preparation(pairs=True, backwards=True))
    assert np.array_equal(made.array, np.roll(six(halves), 3, axis=3))
    assert made.remarks[0] == "18 pairs: “B” goes in, “A” should come out."


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([*numbered("A", "jpg"), *numbered("B")], {("A", "B")}),
        ([*numbered("x/b"), *numbered("x/a")], {("x/a", "x/b")}),
        ([*numbered("target"), *numbered("input")], {("input", "target")}),
        # Not "annotations", which sorts first, nor the third one.
        ([*numbered("annotations"), *numbered("images"), *numbered("masks")], {("images", "masks")}),
        ([*numbered("photos"), *numbered("drawings")], {("drawings", "photos")}),
        (
            [*numbered("train/A"), *numbered("train/B"), *numbered("val/A"), *numbered("val/B")],
            {("train/A", "train/B"), ("val/A", "val/B")},
        ),
        (
            [*numbered("trainA"), *numbered("trainB"), *numbered("testA"), *numbered("testB")],
            {("trainA", "trainB"), ("testA", "testB")},
        ),
        # The same numbers in every class of two folders.
        (
            [f"{side}/{kind}/{n}.png" for side in ("day", "night") for kind in ("cat", "dog") for n in range(9)],
            {("day/cat", "night/cat"), ("day/dog", "night/dog")},
        ),
    ],
)
def test_folders_that_belong_together_are_found(names, expected):
    made = arrange(survey(*names), "own")
    assert folders_of(made) == expected and not made.halves
    assert all(Path(source).stem == Path(target).stem for source, target in made.pairs)
    back = arrange(survey(*names), "own", backwards=True)
    assert back.pairs == tuple((target, source) for source, target in made.pairs)


def test_what_has_no_partner_is_counted_and_named():
    names = [*numbered("A"), *numbered("B"), "A/x.png", "A/y.png", "A/z.png", "B/lonely.png", "cover.png"]
    made = arrange(survey(*names), "own")
    assert len(made.pairs) == COUNT
    assert made.skipped == {ALONE: 4, ELSEWHERE: 1}
    assert "3 pictures of “A” have no partner in “B”, such as “A/x.png”." in made.remarks
    assert "1 picture of “B” has no partner in “A”, such as “B/lonely.png”." in made.remarks


def test_a_pair_of_two_shapes_is_skipped_and_one_of_two_sizes_is_not():
    names = [*numbered("A"), *numbered("B"), "A/odd.png", "B/odd.gif"]
    found = survey(*names, odd=(20, 20))
    sizes = tuple((30, 20) if name == "B/odd.gif" else (40, 40) if name[0] == "B" else (20, 20) for name in found.names)
    made = arrange(Survey(found.names, sizes, {}, None, None), "own")
    assert len(made.pairs) == COUNT and made.skipped == {TWO_SHAPES: 1}
    assert "“A/odd.png” (20 x 20) and “B/odd.gif” (30 x 20), was skipped" in " ".join(made.remarks)


def test_where_nearly_all_are_two_beside_each_other_the_rest_is_skipped():
    made = arrange(survey(*numbered("all"), size=(40, 20), **{"03": (20, 20)}), "own")
    assert made.halves and len(made.pairs) == COUNT - 1 and made.skipped == {NOT_TWICE: 1}
    assert arrange(survey(*numbered("all"), size=(101, 50)), "own").halves  # within two percent


@pytest.mark.parametrize(
    ("names", "size", "words"),
    [
        (numbered("all"), (20, 20), "“own” holds no pairs. Bring two folders, A"),
        (numbered("all"), (41, 20), "holds no pairs"),
        ([*numbered("a1"), *numbered("b1"), *numbered("c1")], (20, 20), "more than two folders .*a1, b1, c1"),
        # One name in common by chance makes no pairs of two folders.
        ([*numbered("cats"), "dogs/00.png", *(f"dogs/d{n}.png" for n in range(9))], (20, 20), "holds no pairs"),
    ],
)
def test_what_holds_no_pairs_is_refused_with_what_to_do(names, size, words):
    with pytest.raises(ForgerError, match=words) as refused:
        arrange(survey(*names, size=size), "own")
    assert not isinstance(refused.value, TooFewPictures)


def test_fewer_than_16_pairs_are_too_few():
    names = [*numbered("A", count=15), *numbered("B", count=15), "A/x.png"]
    with pytest.raises(TooFewPictures, match=r"Only 15 pairs were found; training needs .* 1 picture without"):
        arrange(survey(*names), "own")


def test_a_broken_half_costs_its_pair(two_folders):
    broken = (two_folders / "B" / "03.png").read_bytes()
    (two_folders / "B" / "03.png").write_bytes(broken[: len(broken) // 2])
    made = open_pictures(str(two_folders), 32, preparation=PAIRS)
    assert len(made) == COUNT - 1 and "A/03.png" not in made.names
    assert sum(made.skipped.values()) == 1
    for number in (4, 5):
        (two_folders / "A" / f"{number:02d}.png").write_bytes(broken[: len(broken) // 2])
    with pytest.raises(TooFewPictures, match="Only 15 pairs"):
        open_pictures(str(two_folders), 32, preparation=PAIRS)


def test_labels_are_spread_by_the_highest_of_the_whole_set(two_folders):
    for number in range(COUNT):
        labels = np.full((32, 32), number % 4, np.uint8)
        save(labels, two_folders / "B" / f"{number:02d}.png")
    made = open_pictures(str(two_folders), 32, preparation=PAIRS)
    assert [int(one) for one in made.array[:4, 0, 0, 3]] == [0, 85, 170, 255]
    assert (made.array[..., 3:] == made.array[:, :1, :1, 3:4]).all()
    assert "Targets: the numbers are 0 to 3, as labels are: they were spread from black to white." in made.remarks
    assert not any(remark.startswith("Sources: the numbers") for remark in made.remarks)


def test_each_side_has_its_own_range_and_ground(two_folders, halves):
    for number in range(COUNT):
        deep = np.full((32, 32), 100 * number, np.uint16)
        save(deep, two_folders / "A" / f"{number:02d}.png")
        clear = np.zeros((32, 32, 4), np.uint8)
        clear[:16] = 255  # white, which would not be seen on white
        save(clear, two_folders / "B" / f"{number:02d}.png")
    made = open_pictures(str(two_folders), 32, preparation=PAIRS)
    assert made.array[17, 0, 0].tolist() == [round(1700 * 255 / 4095)] * 3 + [255] * 3
    assert made.array[0, 31, 0].tolist() == [0, 0, 0, 0, 0, 0]
    said = " ".join(made.remarks)
    assert "Sources: numbers of more than 8 bits" in said and "Targets: see-through pictures lie on black" in said


@pytest.mark.parametrize("framing", ["middle", "top", "squeeze", "pad"])
def test_both_are_cut_alike_also_where_one_is_larger(framing):
    ramp = np.broadcast_to(np.linspace(0, 255, 80)[None, :, None], (40, 80, 3)).astype(np.uint8)
    source = Image.fromarray(ramp)
    target = source.resize((160, 80), Image.Resampling.NEAREST)
    one, other = squares((source, target), 20, framing, ("#000000", "#000000"))
    assert one.shape == other.shape == (20, 20, 3)
    assert np.abs(one.astype(int) - other).max() <= 3
    assert one[10].std() > 30  # there is something to be wrong about


def test_the_subject_of_the_source_frames_both(monkeypatch):
    monkeypatch.setattr("gan.data.own.subject.find_subject", lambda image: (60, 20))
    source, target = np.zeros((40, 80, 3), np.uint8), np.zeros((80, 160, 3), np.uint8)
    source[:, 40:], target[:, 80:] = 255, 255
    for one in squares((Image.fromarray(source), Image.fromarray(target)), 20, "subject", ("#ffffff", "#ffffff")):
        assert one.min() > 200  # the middle would be half black


def test_pairs_alike_are_twins_and_those_that_differ_on_one_side_are_not(two_folders, halves):
    source, target = halves[0]
    for number, pair in {18: (source, target), 19: (source, halves[9][0])}.items():
        for name, picture in zip("AB", pair, strict=True):
            save(picture, two_folders / name / f"{number:02d}.png")
    made = open_pictures(str(two_folders), 32, preparation=PAIRS)
    assert made.twins[18] == 0 and made.twins[19] == 19
    assert any("“A/18.png” is like “A/00.png”" in remark for remark in made.remarks)


def test_built_in_sources_have_no_pairs():
    for act in (open_pictures, find_pictures):
        with pytest.raises(ForgerError, match=r"needs pictures of your own.*drawn-cats has no pairs"):
            act("drawn-cats", 32, preparation=PAIRS)
    assert lacks_pairs("drawn-cats", Preparation()) is None


@pytest.mark.parametrize(
    "targets",
    [
        [f"masks/{number}.png" for number in range(COUNT)],  # no zeros before them
        [f"masks/{number:02d}_mask.png" for number in range(COUNT)],
        [f"MASKS/{number:02d}-Label.PNG" for number in range(COUNT)],
    ],
)
def test_names_that_people_give_to_what_belongs_together(targets):
    made = arrange(survey(*numbered("images"), *targets), "own")
    assert len(made.pairs) == COUNT
    assert all(Path(source).parent.name == "images" for source, _ in made.pairs)


def test_of_known_folders_those_with_the_most_pairs_are_taken():
    names = [*numbered("images"), *numbered("masks"), *numbered("labels", count=3)]
    assert folders_of(arrange(survey(*names), "own")) == {("images", "masks")}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([*numbered("A"), *[f"B/other {number}.png" for number in range(COUNT)]], "as “A/00.png” and “B/other 0.png”"),
        (numbered("mine"), "holds no pairs. Bring"),
    ],
)
def test_what_comes_near_to_pairs_is_said(names, words):
    with pytest.raises(ForgerError, match=words):
        arrange(survey(*names), "own")


def test_how_many_are_two_beside_each_other_is_said_where_too_few_are():
    wide = {f"{number:02d}": (40, 20) for number in range(12)}
    with pytest.raises(ForgerError, match="only 12 of its 18 pictures are twice as wide"):
        arrange(survey(*numbered("all"), **wide), "own")
