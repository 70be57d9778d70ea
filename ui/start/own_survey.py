"""What a first look at a person's pictures shows, kept for a while: a page runs anew with every click."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import streamlit as st

from gan.data import Preparation, content_key
from gan.data.own.reading import Report, first_pictures
from gan.data.own.survey import Survey, survey
from gan.progress import Progress, ignore
from ui.memo import kept_for

KEPT_SECONDS = 1800
EVERY = 20  # files looked at between two steps of the bar


@dataclass(frozen=True)
class Brought:
    """A folder or ZIP, and a name for its content: a folder in which something changed is looked at anew."""

    path: Path
    content: str
    name: str = field(default="", compare=False)  # in front of people

    @classmethod
    def at(cls, path: Path, name: str) -> "Brought":
        """What lies there now."""
        return cls(path, content_key(path), name)


@dataclass(frozen=True)
class _Asked:
    brought: Brought
    leave_out: str
    progress: Progress = field(compare=False)


@kept_for(KEPT_SECONDS)
def _survey(asked: _Asked) -> Survey:
    return survey(asked.brought.path, Preparation(leave_out=asked.leave_out), asked.progress)


@kept_for(KEPT_SECONDS)
def _first(asked: _Asked, resolution: int, preparation: Preparation, count: int) -> tuple[np.ndarray, Report]:
    return first_pictures(asked.brought.path, resolution, preparation, _survey(asked), count)


def look(brought: Brought, leave_out: str = "") -> Survey:
    """The survey of a folder or ZIP, with a bar while it is made. Raises as `gan.data.own.survey.survey`."""
    place = st.empty()

    def progress(done: int, total: int | None) -> None:
        if done % EVERY == 0 or done == total:
            place.progress(done / total if total else 0.0, f"Looking at the pictures: {done:,}")

    found = _survey(_Asked(brought, leave_out, progress))
    place.empty()
    return found


def first(brought: Brought, resolution: int, preparation: Preparation, count: int) -> tuple[np.ndarray, Report]:
    """See `gan.data.own.reading.first_pictures`; raises ForgerError as that."""
    with st.spinner("Reading the first pictures"):
        return _first(_Asked(brought, preparation.leave_out, ignore), resolution, preparation, count)
