"""What the inspector would change, on Generate and on Redraw: folded, then with its scores, or why there is none."""

from streamlit.testing.v1 import AppTest

from gan import generators
from gan.paths import PROJECT


def page(file: str, **query: str) -> AppTest:
    shown = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    for name, value in query.items():
        shown.query_params[name] = value
    shown.session_state["wishes"] = True
    shown.switch_page(f"pages/{file}.py").run()
    assert not shown.exception
    return shown


def rows(shown: AppTest) -> list[str]:
    bodies = [one.proto.body for one in shown.get("html")]
    return [body for body in bodies if "What it would have changed" in body]


def test_for_the_pictures_of_a_run(trained_run):
    (sheet,) = rows(page("generate", model="run:demo", seeds="3,8"))
    assert sheet.count("<img") == 6
    assert "seed 3: " in sheet and "seed 8: " in sheet


def test_picked_pictures_come_first(trained_run):
    (sheet,) = rows(page("generate", model="run:demo", seeds="1-16", picked="5"))
    assert sheet.count("<img") == 3
    assert "seed 5: " in sheet


def test_who_ships_without_an_inspector_says_so(shipped):
    shown = page("generate", model="cats", seeds="3")
    assert not rows(shown)
    assert any("was not kept" in caption.value for caption in shown.caption)


def test_for_a_redrawn_picture(redrawing):
    (sheet,) = rows(page("redraw", bring="example"))
    assert sheet.count("<img") == 3
    model = generators.find_generator("sketches")
    early = page("redraw", bring="example", moment=str(model.moments[0]))
    assert not rows(early)  # of that moment it was not kept
