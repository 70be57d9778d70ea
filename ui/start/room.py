"""Room on the disk: what is kept of data sets, and deleting it; the owner's alone."""

import math
import time

import streamlit as st

from gan import runs
from gan.data import room
from gan.data.room import GB, Kept, What
from gan.runs import needs
from gan.runs.run import Run
from ui import roles
from ui.messages import errors_shown, plain, say_after_rerun

ACTION = "make room on the disk"


def panel() -> None:
    """All there is, folded, with what to delete; nothing for visitors."""
    if not roles.may(ACTION):
        return
    with st.expander("Room on the disk", icon=":material/hard_drive:"), errors_shown():
        kept, all_runs = room.listing(), runs.list_runs()
        if not kept:
            st.caption("Nothing is kept of data sets yet.")
            return
        st.markdown(_summary(kept))
        needed = {one.name: needs.needed_by(one, all_runs) for one in kept}
        called = dict(zip((one.name for one in kept), _called(kept), strict=True))
        st.dataframe([_row(one, called[one.name], needed[one.name]) for one in kept], hide_index=True)
        _delete(kept, called, needed)


def _summary(kept: list[Kept]) -> str:
    taken, limit = sum(one.size for one in kept) / GB, room.limit_bytes() / GB
    if math.isinf(limit):
        return (
            f"Data sets take **{taken:.2f} GB**. Nothing goes by itself, unless `FORGER_DATA_GB` sets a limit where "
            "the server is started."
        )
    return (
        f"Data sets take **{taken:.2f} GB** of {limit:g} GB (`FORGER_DATA_GB`). Beyond that, cached arrays that can be "
        "made again go by themselves, the longest unused first; uploads and downloads only here."
    )


def _called(kept: list[Kept]) -> list[str]:
    """The pictures of each by a name that tells data sets apart, without the folders of this server."""
    places = [one.sources[-1] if one.sources else one.name for one in kept]
    short = dict(zip(dict.fromkeys(places), room.tails(list(dict.fromkeys(places))), strict=True))
    return [short[place] for place in places]


def _row(one: Kept, called: str, needing: list[Run]) -> dict[str, object]:
    back = one.what == What.ARRAY and one.comes_back
    return {
        "pictures": called,
        "what": f"{one.what}, made again when needed" if back else str(one.what),
        "pixels": str(one.resolution or ""),
        "MB": round(one.size / 2**20, 1),
        "last used": time.strftime("%Y-%m-%d %H:%M", time.localtime(one.used)),
        "needed by": ", ".join(run.name for run in needing),
    }


def _delete(kept: list[Kept], called: dict[str, str], needed: dict[str, list[Run]]) -> None:
    by_name = {one.name: one for one in kept}

    def label(name: str) -> str:
        one = by_name[name]
        return f"{called[name]}, {f'{one.resolution} pixels' if one.resolution else one.what}"

    # Another list, another field: what is gone can be chosen no more.
    names = st.multiselect("What to delete", list(by_name), format_func=label, key=f"room-{'/'.join(sorted(by_name))}")
    chosen = [by_name[name] for name in names]
    lost = [one for one in chosen if needed[one.name] and not one.comes_back]
    with st.container():
        for one in lost:
            cut_off = needs.in_words([run.name for run in needed[one.name]])
            st.warning(
                f"“{plain(called[one.name])}” is needed: {cut_off} could not be trained on without it.",
                icon=":material/warning:",
            )
    sure = not lost or st.checkbox("Yes, delete it all the same", key="room-sure")
    if st.button("Delete from the disk", icon=":material/delete:", disabled=not chosen or not sure):
        permit = roles.permit(ACTION)
        with errors_shown():
            for one in chosen:
                needs.delete(permit, one, force=bool(lost))
            freed = sum(one.size for one in chosen) / 2**20
            say_after_rerun(f"{freed:,.1f} MB were freed.")
            st.rerun()
