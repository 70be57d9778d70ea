"""Bringing one's own pictures: loose files, a ZIP, or a folder of this machine. What is of no use is refused at once,
beside the field that it came by."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from gan.data import Preparation
from gan.data.own.survey import MIN_PICTURES, TooFewPictures
from gan.data.uploads import forget_upload, keep_files
from gan.errors import ForgerError
from ui import roles
from ui.memory import give_back
from ui.messages import complain
from ui.start import own_survey
from ui.start.own_survey import Brought

FILES, FOLDER = "own-files", "own-folder"
TRIED_PIXELS = 32  # of the pictures that are read to see whether they can be


@dataclass
class _Own:
    """What was brought last: what the person calls it, where it lies, or what is wrong with it, and by which field."""

    turn: int = 0  # of the fields, which are empty again after an upload
    field: str = FILES
    name: str = ""
    path: Path | None = None
    refused: str = ""
    typed: str = ""


def bring() -> Brought | None:
    """The fields, and what was brought by one of them, where it is of use."""
    own = st.session_state.setdefault("own", _Own())
    files = st.file_uploader(
        f"Pictures, at least {MIN_PICTURES}, or a ZIP of them", accept_multiple_files=True, key=f"{FILES}-{own.turn}",
        help="Of any usual kind. Choose all of them at once: what comes later replaces what came before.",
    )  # fmt: skip
    if files:
        _upload(own, files)
        st.rerun()  # with empty fields
    if own.path and not own.path.exists():
        own.path, own.refused = None, f"“{own.name}” is no longer there."
    _complain(own, FILES)
    if roles.is_local():
        typed = st.text_input("Or a folder, or a ZIP, on this machine", key=f"{FOLDER}-{own.turn}")
        if typed != own.typed:
            _open(own, typed)
        _complain(own, FOLDER)
    return Brought.at(own.path, own.name) if own.path else None


def _complain(own: _Own, field: str) -> None:
    if own.field == field and own.refused:
        complain(ForgerError(own.refused))


def _upload(own: _Own, files: Sequence[UploadedFile]) -> None:
    name = files[0].name if len(files) == 1 else f"{len(files):,} files"
    own.turn, own.field, own.name, own.path, own.refused, own.typed = own.turn + 1, FILES, name, None, "", ""
    try:
        with st.spinner("Storing the pictures"):
            path = keep_files(roles.permit("upload a data set"), [(file.name, file) for file in files])
    except ForgerError as error:
        own.refused = str(error)
    else:
        if not _look(own, path):
            forget_upload(path)
    for file in files:
        give_back(file)


def _open(own: _Own, typed: str) -> None:
    own.field, own.name, own.path, own.refused, own.typed = FOLDER, "", None, "", typed
    if not typed.strip():
        return
    own.name = typed
    with suppress(OSError, ValueError, RuntimeError):  # too long, with a null character, or nobody's home
        path = Path(typed.strip().strip("\"'")).expanduser().resolve()
        if path.exists():
            own.name = path.name
            _look(own, path)
            return
    own.refused = f"There is no folder or ZIP “{typed}” on this machine."


def _look(own: _Own, path: Path) -> bool:
    """Whether pictures can be learned from; else `own` says what is wrong with them, and what to do."""
    try:
        brought = Brought.at(path, own.name)
        own_survey.look(brought)
        # Headers alone do not say whether a file is damaged further on.
        own_survey.first(brought, TRIED_PIXELS, Preparation(framing="pad"), MIN_PICTURES)
    except TooFewPictures as error:
        own.refused = f"“{own.name}” cannot be learned from. {error}"
    except ForgerError as error:
        own.refused = str(error)
    else:
        own.path = path
    return own.path is not None
