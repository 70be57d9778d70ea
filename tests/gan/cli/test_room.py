import json

import pytest

from gan import cli, runs
from gan.data import open_pictures
from gan.data.uploads import keep_upload
from gan.learning.config import configure
from gan.permits import issue
from tests.gan.data.test_uploads import pictures_zip


@pytest.fixture
def upload(config):
    path = keep_upload(issue("a test"), pictures_zip(16, 0), "a.zip")
    runs.create("mine", configure(config, data=str(path)))
    return path


def test_what_is_kept_is_listed_and_deleted(upload, capsys, own_folders):
    array = open_pictures(str(upload), 32).path.parent
    assert cli.main(["data", "--list"]) == 0
    said = capsys.readouterr().out
    assert f"{upload.name}\n" in said and f"{array.name}\n" in said and f"  of {upload}\n" in said
    assert said.count("needed by mine") == 2 and said.endswith(f"0.00 GB in {own_folders / 'data'}\n")
    assert cli.main(["data", "--list", "--json"]) == 0
    listed = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert listed[array.name]["sources"] == [str(upload)] and listed[array.name]["comes_back"]
    assert listed[upload.name]["runs"] == ["mine"] and listed[upload.name]["bytes"] == upload.stat().st_size
    assert cli.main(["data", "--delete", array.name, upload.name]) == 2
    assert not array.exists() and upload.exists()
    assert "mine could not be trained on" in capsys.readouterr().err
    assert cli.main(["data", "--delete", upload.name, "--force"]) == 0
    assert not upload.exists() and f"Deleted: {upload.name}" in capsys.readouterr().out


def test_a_wrong_name_deletes_nothing(upload, capsys):
    assert cli.main(["data", "--delete", upload.name, "nothing", "--force"]) == 2
    assert "There is no 'nothing'" in capsys.readouterr().err and upload.exists()


def test_the_limit_is_said(upload, capsys, monkeypatch):
    monkeypatch.setenv("FORGER_DATA_GB", "20")
    assert cli.main(["data", "--list"]) == 0
    assert "0.00 GB of 20 GB (FORGER_DATA_GB) in" in capsys.readouterr().out


def test_without_a_source_it_says_what_to_say(capsys):
    assert cli.main(["data"]) == 2
    assert "--list" in capsys.readouterr().err
