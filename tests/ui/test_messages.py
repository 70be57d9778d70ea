"""What is said to visitors is text, whatever a visitor, an address or a file brings into it."""

import pytest
from streamlit.testing.v1 import AppTest

from gan.paths import PROJECT, runs_root
from ui.messages import LONGEST, plain, without_paths


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Nothing odd here", "Nothing odd here"),
        ("![x](y)", r"!\[x\](y)"),
        ("<img src=x>", r"\<img src=x>"),
        (":red[a] $b$", r"\:red\[a\] \$b\$"),
        ("# a\n\n- b", r"\# a - b"),
        ("1: a, b_c", r"1: a, b\_c"),
        ("1. a", r"1\. a"),
        ("`gan data --fetch` ``", r"`gan data --fetch` \`\`"),
        ("a@b", "a\u2060@b"),
    ],
)
def test_marks_become_text(text, shown):
    assert plain(text) == shown


def test_addresses_are_no_links():
    said = plain("http://a.b WWW.a.b")
    assert "http:" not in said and "WWW." not in said
    assert said.replace("\u2060", "") == "http://a.b WWW.a.b"


def test_what_is_very_long_is_cut():
    assert len(plain("x" * 100_000)) == LONGEST + 1


@pytest.mark.parametrize("page", ["generate", "interpolate", "redraw"])
def test_a_name_in_an_address_is_text_on_every_page(page, request):
    request.getfixturevalue("redrawing" if page == "redraw" else "shipped")
    app = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    app.query_params["redraw" if page == "redraw" else "model"] = "![x](http://127.0.0.1:9/x.png)" + "y" * 10_000
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    (said,) = [box.value for box in (*app.warning, *app.error)]
    assert r"!\[x\](" in said and len(said) < 400


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Kept in “/srv/Our class/runs”: no.", "Kept in “runs”: no."),
        ("'/mnt/my pictures/cats.zip' is neither", "'cats.zip' is neither"),
        ('File "/usr/lib/python3/torch/nn.py", line 3', 'File "nn.py", line 3'),
        ("PosixPath('/etc/passwd')", "PosixPath('passwd')"),
        ("[Errno 2] No such file: /etc/secret.txt.", "[Errno 2] No such file: secret.txt."),
        ("in /opt/x/y, or (/opt/z)", "in y, or (z)"),
        (r"C:\Users\jane\cats.zip is full", "cats.zip is full"),
        (r"“C:\Users\Jane Doe\cats.zip” is full", "“cats.zip” is full"),
        (r"'C:\\Users\\Jane Doe\\cats.zip' is full", "'cats.zip' is full"),
        (r"\\server\share\cats", "cats"),
        ("~jane/pictures is none", "pictures is none"),
        (f"{PROJECT}/gan/cli.py", "forger/gan/cli.py"),
        ("by deleting files in data/uploads", None),
        ("75 images/s, 1/2, and/or, 1 / 2, a // b, 3:4", None),
        ("see https://example.org/a/b?c=/d", None),
        ("./drawn-cats or ../x", None),
        ("python -m gan data x --fetch", None),
    ],
)
def test_no_path_of_the_server_is_left(said, shown):
    assert without_paths(said) == (said if shown is None else shown)


def test_what_lies_in_our_folders_is_named_from_there(own_folders):
    log = runs_root() / "demo" / "metrics.jsonl"
    assert without_paths(f"The log “{log}” is full.") == "The log “runs/demo/metrics.jsonl” is full."
    assert plain(f"{own_folders}") == own_folders.name
