"""How threads wait is set when gan/ is imported, unless somebody has said it."""

import os
import subprocess
import sys

import pytest

import gan
from gan.paths import PROJECT

PRINT = "import gan, os; print({name: os.environ[name] for name in gan.WAITING_VARIABLES if name in os.environ})"


@pytest.mark.parametrize("own", [{}, {"OMP_WAIT_POLICY": "ACTIVE"}, {"GOMP_SPINCOUNT": "7"}])
def test_a_persons_own_setting_wins(own):
    others = {name: value for name, value in os.environ.items() if name not in gan.WAITING_VARIABLES}
    command = [sys.executable, "-c", PRINT]
    done = subprocess.run(command, cwd=PROJECT, env=others | own, stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.strip() == str(own or gan.SLEEPING)


@pytest.mark.parametrize(
    ("options", "own", "expected"),
    [
        ([], {}, gan.SPINNING),
        (["--give-way"], {}, gan.SLEEPING),
        (["--giv"], {}, gan.SLEEPING),  # argparse takes it for that
        (["--g"], {}, gan.SPINNING),
        ([], {"OMP_WAIT_POLICY": "PASSIVE"}, {"OMP_WAIT_POLICY": "PASSIVE"}),
    ],
)
def test_a_command_with_the_machine_to_itself_spins_and_one_that_gives_way_sleeps(options, own, expected):
    others = {name: value for name, value in os.environ.items() if name not in gan.WAITING_VARIABLES}
    # What runs instead of the command when it is about to begin.
    instead = f"import sys, types; sys.modules['gan.cli'] = types.SimpleNamespace(main=lambda: exec({PRINT!r}, {{}}))"
    run = f"{instead}; import runpy; sys.argv = ['gan', *{options}]; runpy.run_module('gan', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", run], cwd=PROJECT, env=others | own, stdout=subprocess.PIPE, text=True, check=True
    )
    assert done.stdout.strip() == str(expected)


@pytest.mark.skipif(os.name != "posix", reason="only there is being nice a number")
@pytest.mark.parametrize(("before", "after"), [(3, 10), (15, 15)])
def test_giving_way_never_takes_back_what_was_given(before, after):
    give = f"import os; os.nice({before} - os.nice(0)); from gan.device import give_way; give_way(); print(os.nice(0))"
    done = subprocess.run([sys.executable, "-c", give], cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
    assert int(done.stdout) == after
