"""Every command of benchmarks/README.md and of the usage lines of the files that it names runs, at its smallest size.

Nothing is said about how fast anything is.
"""

import ast
import re
import shlex
import sys
from importlib import import_module

import pytest
import torch

from gan.paths import PROJECT

FOLDER = PROJECT / "benchmarks"
README = (FOLDER / "README.md").read_text()

# Options that make each as small as can be, by its name or by the whole command; they come last, and so win over those
# that the command has.
STEP_COST = "--resolution 32 --width 4 --batch 2 --resolutions 32 --batches 2 --steps 1 --matrix 64"
CARD = "--resolution 32 --width 4 --batch 2 --steps 1 --widths 4,4 --batches 2 --seconds 0.01 --presets quick-look"
SMALLEST = {
    "card": f"{CARD} --skip first-grid",
    # The real command, which the other leaves out because it would draw thousands of pictures.
    "python -m benchmarks.card --data PICTURES": (
        "--only first-grid --train '--preset quick-look --width-g 4 --width-d 4 --batch-size 4 --sample-every 4'"
    ),
    "real_pace": "--presets quick-look --rounds 1 --kimg 0.032",
    "promise": "--presets quick-look --kimg 0.032",
    "waiting": "--preset quick-look --ways 1000 --viewers 1 --seconds 0.1 --warm-up 0",
    "training_speed": "--arms command classic --rounds 1 --seconds 0.1 --width 4 --batch 4 --threads 1 --workers 0",
    "step_cost": STEP_COST,
    # The same tables in other arithmetic: one of them shows that it is taken.
    "python -m benchmarks.step_cost --precision bfloat16 --memory-format contiguous": (
        f"{STEP_COST} --recipes classic --skip growth parts"
    ),
    "time_to_quality": (
        "--minutes 1e-5 --heat 1e-5 --every 1e-5 --seeds 1 --count 50 --width 4 --batch 4 --simple-features"
    ),
    "recipe_arms": (
        "--core-seconds 0.1 --looks 1 --preset quick-look --arms width_g=4,width_d=4,batch_size=4,measure_count=50"
    ),
    "against": "--recipes modern --resolution 32 --width-g 4 --width-d 4 --rounds 1 --seconds 0.1",
    "processes": "--processes 2 --resolution 32 --width 4 --rounds 1 --seconds 0.1",
    "drawing_speed": "--threads 1 --turns 1",
    "redraw_speed": "--threads 1 --turns 1",
    "redraw_quality": "--models sketches --count 8",
    "drawings": "--models sketches",
    "load": "--only generating --viewers 2",
    "endurance": "--only kills --kills 1 --kimg 0.5",
    "points": "--seconds 0.01 --seeds 1 --steps 2",
    "spoiled": "--kinds few --seeds 1 --tiny",
    "failures": "--kinds too-weak --seeds 1 --tiny",
    "live_chart": "--viewers 1 --seconds 0.5 --warm-up 0 --ways 'live_chart, one call'",
    "textbook": "--minutes 0 --threads 1 --workers 0 --width 4 --batch 4",
}


def commands_in(text: str) -> list[str]:
    """The commands in a README's code or in the lines of a usage, each from `python` to the end of the code or line."""
    return [command.strip() for command in re.findall(r"python -m benchmarks\.[^`\n]+", text)]


def all_commands() -> list[str]:
    """Those of the README, and the usage of each file that it names."""
    found = commands_in(README)
    for name in sorted({module_of(command) for command in found}):
        usage = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text()))
        found += commands_in(usage or "")
    return found


def module_of(command: str) -> str:
    return command.split()[2].removeprefix("benchmarks.")


def without_options_that_may_be(command: str) -> str:
    return " ".join(re.sub(r"\[[^]]*\]", "", command).split())


def smallest(command: str, places: dict[str, str]) -> list[str]:
    """The command's arguments with what stands for the reader's own files filled in, and its smallest size."""
    name = module_of(command)
    assert name in SMALLEST, f"{command!r} has no smallest size: say in SMALLEST which options make it quick."
    arguments = shlex.split(command)[3:]
    unknown = [word for word in arguments if word.isupper() and word not in places]
    assert not unknown, f"Nobody knows what stands for {unknown} in {command!r}."
    return [places.get(word, word) for word in arguments] + shlex.split(SMALLEST.get(command, SMALLEST[name]))


COMMANDS = sorted({without_options_that_may_be(command) for command in all_commands()})
USAGES = sorted({command for command in all_commands() if "[" in command})
needs_cuda = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA card"),
]


@pytest.fixture(autouse=True)
def same_threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("shipped", "redrawing")
@pytest.mark.parametrize(
    "command", [pytest.param(command, marks=needs_cuda if "cuda" in command else []) for command in COMMANDS]
)
def test_every_command_runs(command, request, tmp_path, monkeypatch, capsys):
    # Quality is measured of many pictures only, which take their time to be written.
    many = any(name in command for name in ("time_to_quality", "recipe_arms"))
    pictures = request.getfixturevalue("many" if many else "picture_folder")
    places = {"PICTURES": str(pictures), "FILE": str(tmp_path / "results.json"), "COMMIT": "HEAD"}
    monkeypatch.setattr(sys, "argv", [module_of(command), *smallest(command, places)])
    import_module(f"benchmarks.{module_of(command)}").main()
    assert len(capsys.readouterr().out.splitlines()) > 1


@pytest.mark.parametrize("usage", USAGES)
def test_options_in_a_usage_are_there(usage, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [module_of(usage), "--help"])
    with pytest.raises(SystemExit):
        import_module(f"benchmarks.{module_of(usage)}").main()
    synopsis = capsys.readouterr().out.partition("\n\n")[0]  # what follows repeats the docstring
    assert set(re.findall(r"--[a-z-]+", usage)) <= set(re.findall(r"--[a-z-]+", synopsis))


def test_all_benchmarks_are_in_the_readme():
    runnable = {path.stem for path in FOLDER.glob("*.py") if "\ndef main(" in path.read_text()}
    assert {module_of(command) for command in commands_in(README)} == runnable


def test_commands_are_written_out():
    """Where only the file's name stood before the options, nobody could copy it and no test would run it."""
    named = "|".join(path.stem for path in FOLDER.glob("*.py"))
    assert re.findall(rf"`(?:{named}) [^`]+`", README) == []


def test_a_new_command_without_a_smallest_size_is_found():
    (command,) = commands_in("| How much? | `python -m benchmarks.brand_new FOLDER` (hours) |")
    with pytest.raises(AssertionError, match=r"'python -m benchmarks.brand_new FOLDER' has no smallest size"):
        smallest(command, {})
    with pytest.raises(AssertionError, match=r"what stands for \['FOLDER'\]"):
        smallest("python -m benchmarks.textbook FOLDER", {"PICTURES": "here"})
