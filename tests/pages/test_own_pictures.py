"""The form of the Train page where a person brings pictures: what is refused, what is asked, what is started."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan import runs
from gan.data import find_pictures, open_pictures
from gan.data.own.reading import Report
from gan.data.store import cache_root
from gan.errors import ForgerError
from gan.learning.config import Config
from gan.tasks import TASKS
from tests.pages.test_train import _button, _page, _started, _text, known_speed  # noqa: F401
from ui import roles
from ui.start import about_pictures, own_survey


@pytest.fixture(autouse=True)
def nothing_looked_at():
    for memo in (own_survey._survey, own_survey._first, about_pictures._said):
        memo.clear()


def _picture(size=(20, 20), colour=(200, 100, 50), mode="RGB", kind="PNG", cut=None):
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, kind)
    return file.getvalue()[:cut]


def _zip(members, name="My cats.zip"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for member, content in members.items():
            archive.writestr(zipfile.ZipInfo(member), content)
    return (name, file.getvalue(), "application/zip")


def _many(count=20, folder="", **like):
    return {f"{folder}{index}.png": _picture(colour=(index * 10, 100, 50), **like) for index in range(count)}


def _own(preset="quick-look"):
    page = _page()
    page.button_group(key="preset").select(preset).run()
    page.selectbox(key=f"{preset}-data").select("your own pictures").run()
    return page


def _with(*files, preset="quick-look"):
    """The page once these were brought."""
    page = _own(preset)
    page.file_uploader[0].set_value(list(files)).run()
    assert not page.exception
    return page


def _can_start(page):
    return not _button(page, "Start training").disabled


def _start(page):
    _button(page, "Start training").click().run()
    assert not page.exception and not page.error
    return runs.list_runs()[0].config


def _uploads():
    return sorted((cache_root() / "uploads").glob("*.zip"))


def _one(widgets, part):
    (found,) = [one for one in widgets if part in str(one.key)]
    return found


def test_own_pictures_are_counted_shown_and_trained_on(monkeypatch):
    commands = _started(monkeypatch)
    assert not _can_start(_own())
    upload = _zip(_many() | {"letter.txt": b"not a picture"})
    page = _with(upload)
    assert "“My cats.zip”: 20 pictures. Skipped: 1 not a picture." in _text(page)
    assert page.get("image")[0].proto.imgs[0].caption == "The first of 20 pictures, as they will be learned"
    asked = [one for one in (*page.radio, *page.multiselect) if str(one.key).startswith("own-")]
    assert not asked  # there is nothing to ask
    config = _start(page)
    source = Path(config.data)
    assert source.name.startswith("my-cats-") and source.read_bytes() == upload[1]
    assert (config.framing, config.ground, config.leave_out) == ("", "", "")
    assert len(commands) == 1


def test_loose_pictures_of_many_kinds_are_trained_on(monkeypatch):
    _started(monkeypatch)
    kinds = {"JPG": "JPEG", "jfif": "JPEG", "webp": "WEBP", "BMP": "BMP", "tiff": "TIFF", "gif": "GIF"}
    files = [
        (f"{index}.{ending}", _picture(colour=(index * 20, 9, 9), kind=kind), "")
        for index in range(3)
        for ending, kind in kinds.items()
    ]
    page = _with(*files)
    assert "“18 files”: 18 pictures." in _text(page)
    with zipfile.ZipFile(_start(page).data) as archive:
        assert sorted(archive.namelist()) == sorted(name for name, _, _ in files)


BROKEN = {str(index): _picture((90, 90), kind="JPEG", cut=400) for index in range(20)}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("mine.zip", b"this is no ZIP", "“mine.zip” is not a ZIP file, or it is damaged: make it anew"),
        ("mine.rar", b"Rar!\x1a\x07\x01\x00", "“mine.rar” is an archive that is not read here (RAR): unpack it"),
        ("few.zip", _zip(_many(3))[1], "“few.zip” cannot be learned from. Only 3 usable pictures were found"),
        ("in.zip", _zip({"a.zip": _zip(_many())[1]})[1], "Unpack what is inside, and bring the pictures themselves"),
        ("dots.zip", _zip(_many(size=(3, 3)))[1], "20 too small (under 4 pixels)"),
        ("cut.zip", _zip(BROKEN)[1], "20 broken picture"),
        ("one.png", _picture(), "Only 1 usable picture was found"),
    ],
)
def test_what_is_of_no_use_is_refused_at_once_by_its_own_name_and_not_kept(name, content, words):
    page = _with((name, content, ""))
    (error,) = page.error
    assert words in error.value.replace("\\", "") and name in error.value
    assert "uploads" not in error.value
    assert not _can_start(page) and not _uploads() and not runs.list_runs()
    page.file_uploader[0].set_value([_zip(_many())]).run()
    assert not page.error and _can_start(page)


def test_rectangles_are_framed_as_was_chosen_and_it_is_said_how_much_is_lost(monkeypatch):
    _started(monkeypatch)
    page = _with(_zip(_many(size=(20, 40))))
    assert "20 pictures are not square: cut to the middle square, 50% of each is lost" in _text(page)
    assert "20 pictures were given bars" in _text(_one(page.radio, "framing").set_value("pad").run())
    _one(page.toggle, "other-ground").set_value(True).run()
    page.color_picker[0].set_value("#AA0000").run()
    config = _start(page)
    assert (config.framing, config.ground) == ("pad", "#aa0000")


def test_the_first_pictures_are_shown_as_they_will_be_learned(monkeypatch):
    shown = []
    grid = "ui.start.data_picker.grid"
    monkeypatch.setattr(grid, lambda pictures, columns: shown.append(pictures) or np.zeros((8, 8, 3), np.uint8))
    page = _with(_zip(_many(30, size=(20, 40))))
    for framing in ("middle", "pad"):
        _one(page.radio, "framing").set_value(framing).run()
        config = Config(framing=framing)
        made = open_pictures(str(_uploads()[0]), 32, preparation=config.preparation)
        assert (shown[-1] == made.array[:24]).all()


def test_where_faces_cannot_be_looked_for_that_is_said_and_not_offered(monkeypatch):
    def missing():
        raise ForgerError("pip install it")

    monkeypatch.setattr("ui.start.framing_choice.check_available", missing)
    page = _with(_zip(_many(size=(20, 40))))
    assert not any("face" in option for option in _one(page.radio, "framing").options)
    assert "pip install it" in _text(page)


def test_a_set_of_doubles_is_asked_about_before_it_can_start(monkeypatch):
    _started(monkeypatch)
    page = _with(_zip(_many(size=(40, 20))))
    assert not _can_start(page) and not page.error
    assert page.get("image")[0].proto.imgs[0].caption == "The first of 20 pictures, whole"
    question = _one(page.radio, "twofold")
    assert question.value is None and any("beside" in one for one in question.options) == ("pairs" in TASKS)
    question.set_value("squeeze").run()
    assert _start(page).framing == "squeeze"


@pytest.fixture
def pairs(monkeypatch):
    """The task for pictures of which each is two, as far as the form asks."""
    if "pairs" not in TASKS:
        monkeypatch.setitem(TASKS, "pairs", TASKS["grey"])
        monkeypatch.setattr(
            "ui.start.own_survey.first_pictures",
            lambda path, size, *how: (np.zeros((1, size, size, 3), "u1"), Report()),
        )


@pytest.mark.usefixtures("pairs")
@pytest.mark.parametrize("doubles", [True, False])
def test_pictures_that_are_two_make_the_form_one_for_pairs(monkeypatch, doubles):
    _started(monkeypatch)
    two_folders = _many(16, "a/") | _many(16, "b/")
    page = _with(_zip(_many(size=(40, 20)) if doubles else two_folders))
    if doubles:
        _one(page.radio, "twofold").set_value("pairs").run()
    else:
        _one(page.button, "-pairs").click().run()
    assert not page.exception
    assert page.button_group(key="preset").value == "redraw"
    assert not page.radio and not [one for one in page.button if "-pairs" in str(one.key)]
    config = _start(page)
    assert (config.task, config.generator, config.discriminator) == ("pairs", "redraw", "patch")
    assert config.data == str(_uploads()[0])


@pytest.mark.usefixtures("pairs")
def test_only_folders_that_call_their_pictures_alike_are_offered_as_pairs():
    page = _with(_zip(_many(18, "a/") | _many(17, "b/")))
    assert page.multiselect and not [one for one in page.button if "-pairs" in str(one.key)]


def test_folders_are_named_and_can_be_left_out(monkeypatch):
    _started(monkeypatch)
    page = _with(_zip(_many(20, "images/") | _many(18, "labels/")))
    assert "“images” 20, “labels” 18" in _text(page) and "masks or labels" in _text(page)
    page.multiselect[0].set_value(["labels", "images"]).run()
    assert "So 0 pictures are left" in page.error[0].value and not _can_start(page)
    page.multiselect[0].set_value(["labels"]).run()
    assert "“My cats.zip”: 20 pictures." in _text(page)
    assert _start(page).leave_out == "labels" and _uploads()


def test_the_ground_is_said_and_a_colour_can_be_chosen(monkeypatch):
    _started(monkeypatch)
    shapes = {}
    for index in range(16):
        picture = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
        picture.paste((255, 255, 255, 255), (4, 4, 8 + index % 8, 16))
        file = io.BytesIO()
        picture.save(file, "PNG")
        shapes[f"{index}.png"] = file.getvalue()
    page = _with(_zip(shapes))
    assert "See-through pictures lie on black" in _text(page)
    _one(page.toggle, "other-ground").set_value(True).run()
    page.color_picker[0].set_value("#00ff00").run()
    assert "lie on #00ff00" in _text(page).replace("\\", "")
    assert _start(page).ground == "#00ff00"


def test_a_folder_of_this_machine_can_be_named_and_is_looked_at_anew_when_it_changes(monkeypatch, tmp_path):
    _started(monkeypatch)
    page = _own()
    folder = tmp_path / "my cats"
    for typed, words in ((str(folder), "There is no folder or ZIP “my cats”"), ("\0", "There is no folder")):
        page.text_input(key="own-folder-0").set_value(typed).run()
        assert words in page.error[0].value and not page.exception
    folder.mkdir()
    for name, content in _many(17).items():
        (folder / name).write_bytes(content)
    page.text_input(key="own-folder-0").set_value(f'"{folder}"').run()
    assert "“my cats”: 17 pictures." in _text(page)
    (folder / "more.png").write_bytes(_picture())
    assert "“my cats”: 18 pictures." in _text(page.run())
    assert _start(page).data == str(folder)


def test_only_on_its_own_machine_a_path_can_be_typed(monkeypatch):
    monkeypatch.setattr(roles, "is_local", lambda: False)
    monkeypatch.setattr(roles, "is_owner", lambda: True)
    monkeypatch.setattr("ui.sign_in.show", lambda: None, raising=False)
    page = _page()
    page.selectbox(key="quick-look-data").select("your own pictures").run()
    assert page.file_uploader and not [one for one in page.text_input if "own-folder" in str(one.key)]


def test_while_a_run_prepares_its_pictures_the_page_does_not_wait_for_them(training_run):
    page = _with(_zip(_many()))
    assert "when the machine is free" in _text(page)
    assert not (cache_root() / "cache").exists()


def test_of_a_run_it_is_said_what_was_found_in_its_pictures(monkeypatch):
    _started(monkeypatch)
    page = _with(_zip(_many(20) | {"again.png": _picture(colour=(0, 100, 50))}))
    assert "there once more" not in _text(page)  # a first look does not tell
    config = _start(page)
    open_pictures(config.data, config.resolution, preparation=config.preparation)
    assert find_pictures(config.data, config.resolution, config.preparation)
    about_pictures._said.clear()
    assert "is there once more" in _text(_page())
    monkeypatch.setattr(roles, "may_see", lambda source: False)
    assert "is there once more" not in _text(_page())


def test_few_pictures_are_shown_the_way_to_what_others_have_learned(monkeypatch, trained_run):
    _started(monkeypatch)
    page = _with(_zip(_many()))
    said = [one.value for one in page.caption if "start from what others have learned" in one.value]
    assert len(said) == 1
    next(box for box in page.selectbox if box.label == "Start from").select("demo").run()
    assert not [one.value for one in page.caption if "start from what others have learned" in one.value]
    assert _start(page).start_from == "demo"


def test_built_in_pictures_are_many(trained_run):
    assert not [one.value for one in _page().caption if "start from what others have learned" in one.value]
