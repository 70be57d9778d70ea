"""What every page does first."""

import subprocess
import sys

from gan.paths import PROJECT

UNTIL_THE_FRAME = """
import runpy, sys
import streamlit as st

class Asked(Exception):
    pass

def ask(*given, **named):
    raise Asked

st.Page = ask
for page in sys.argv[1:]:
    try:
        runpy.run_path(page)
    except Asked:
        print(page, "torch" in sys.modules)
"""


def test_every_page_asks_for_the_frame_before_it_imports_what_is_slow():
    pages = [f"pages/{path.name}" for path in sorted((PROJECT / "pages").glob("*.py"))]
    command = [sys.executable, "-c", UNTIL_THE_FRAME, *pages]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"{page} False" for page in pages]
    assert "pages/redraw.py" in pages
