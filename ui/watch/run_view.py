"""A run on the screen: where it stands, what the forger draws, and how the two have fared. Live while it trains."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from gan import runs
from gan.errors import ForgerError
from gan.learning.how import how, listed
from gan.learning.kinds import kind_of
from gan.networks import LATENTS, PICTURES
from gan.paths import last_name
from gan.quality.ladder import closeness
from gan.runs import changes
from gan.runs.grids import nearest_grid, read_grid
from gan.runs.requests import turned_by
from gan.runs.run import Run, State, Status
from gan.runs.shipped import is_history
from gan.runs.snapshot import Snapshot
from gan.training.estimate import in_words
from ui import crowd, live, polls, roles
from ui.live_chart import live_chart
from ui.messages import errors_shown, plain, say_after_rerun, show_kept, without_paths
from ui.start import about_pictures
from ui.watch import desk, failures, real_pictures, step_by_step

# While nothing trains, look now and then whether somebody has started.
IDLE_SECONDS = 3.0
REAL_SHOWN = 12  # real pictures beside the forgeries
BADGES: dict[State, tuple[str, Any, str]] = {
    State.PREPARING: ("Getting ready", "orange", ":material/hourglass_top:"),
    State.TRAINING: ("Training", "green", ":material/play_arrow:"),
    State.PAUSED: ("Paused", "orange", ":material/pause:"),
    State.NEW: ("Not started", "gray", ":material/fiber_new:"),
    State.STOPPED: ("Stopped", "gray", ":material/stop:"),
    State.FINISHED: ("Finished", "blue", ":material/check:"),
    State.FAILED: ("Failed", "red", ":material/error:"),
    State.INTERRUPTED: ("Interrupted", "red", ":material/warning:"),
}


def show(run: Run | None, active: str | None) -> None:
    """Draws `run`, and keeps it fresh while one is training; `active` is the training run that the page knows of."""
    every = crowd.seconds() if active else IDLE_SECONDS
    st.fragment(_live, run_every=every)(run, active, every, polls.asking())


def _live(run: Run | None, active: str | None, every: float, asking: int) -> None:
    if live.active_name() != active or (active and crowd.seconds() != every) or polls.asking() != asking:
        # A training began or ended, or the class was asked: the rest of the page changes, too. Or many came, or went.
        st.rerun()
    if run is None:
        return
    with errors_shown():
        snapshot, figures = live.view(run.name)
        with st.container():  # these are there always, so that nothing below is built anew
            _status(run, snapshot)
        with st.container():
            step_by_step.show(run, snapshot.status, not kept_back(run))
        now, then = st.columns(2)
        with now, st.container(key="newest"):
            _newest(run, snapshot)
        with then, st.container(key="history"):
            looked_at = _history(run, snapshot)
        with st.container(key="beside"):
            with st.container():
                if not kind_of(run.config).shows_data:
                    real_pictures.strip(run.config, REAL_SHOWN)
            desk.show(run, snapshot.verdicts, looked_at, not kept_back(run))
            step_by_step.knobs(run, snapshot.status)
        with st.container():
            about_pictures.fold(run.config)
        with st.container():  # there always, so that the charts keep the viewer's zoom when the first words come
            if found := live.diagnosis(run.name):
                st.markdown(f"**{found.state}.** {found.why} *{found.advice}*")
            if words := _quality(run, snapshot.quality):
                st.markdown(words)
        with st.container():
            failures.beside(run)
        if figures:
            live_chart(*figures, key=f"charts-{run.name}")


def _status(run: Run, snapshot: Snapshot) -> None:
    status = snapshot.status
    label, colour, icon = BADGES[status.state]
    stopping = status.working and run.stop_path.exists()
    shipped = is_history(run.name)  # what it was learned from is no secret
    source = plain(last_name(run.config.data)) if shipped else roles.source_name(run.config.data)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge("Stopping after this step" if stopping else label, color=colour, icon=icon)
        st.markdown(f"**{run.name}** · {source} · {run.config.resolution} px · {progress(status)}")
        step_by_step.pause_button(run, status)
        if status.working and roles.may("stop a training"):
            st.button(
                "Stop", icon=":material/stop:", type="primary", key=f"stop-{run.name}", disabled=stopping,
                on_click=_stop, args=(run,),
            )  # fmt: skip
    meanwhile = {"Turned": listed(turned_by(run)), "Changed": changes.in_words(run.folder)}
    said = [f"{what} meanwhile: {words}." for what, words in meanwhile.items() if words]
    st.caption(plain(" ".join([f"How: {how(run.config)}.", *said])))
    show_kept("stop")
    st.progress(min(1.0, status.images_seen / max(status.target_images, 1)))
    if status.state in (State.FAILED, State.INTERRUPTED):
        st.error(plain(status.message))
        if snapshot.printed:
            with st.expander("What the trainer printed last"):
                st.code(without_paths(snapshot.printed), language=None)
    elif status.message:
        st.caption(plain(status.message))


def _stop(run: Run) -> None:
    try:
        runs.request_stop(roles.permit("stop a training"), run)
    except ForgerError as error:  # signed out in another tab
        say_after_rerun(plain(str(error)), st.warning, "stop")


def progress(status: Status, short: bool = False) -> str:
    """How far a run is, in words; `short` leaves out the machine and its speed."""
    parts = [f"{status.images_seen / 1000:.1f} of {status.target_images / 1000:g} kimg", f"epoch {status.epoch:.1f}"]
    if short:
        return " · ".join(parts)
    if status.state == State.TRAINING and status.images_per_second > 0:
        parts.append(f"{status.images_per_second:.0f} images a second")
        if status.seconds_left is not None:
            parts.append(f"about {in_words(status.seconds_left)} left")
    elif status.seconds:
        parts.append(f"{in_words(status.seconds)} of training")
    return " · ".join([*parts, plain(status.device)] if status.device else parts)


def _quality(run: Run, quality: dict[str, np.ndarray]) -> str:
    """How good the forgeries are now, and when they were best; empty where that was not measured."""
    if not quality:
        return ""
    sound = np.isfinite(quality["pixels"] + quality["kid"]) | np.isfinite(quality["perceptual"])
    if not sound.any():  # damaged
        return ""
    sound_ones = {name: column[sound] for name, column in quality.items()}
    return KINDS[run.config.kind].quality(sound_ones, run.config.resolution)


def _closeness(quality: dict[str, np.ndarray], resolution: int) -> str:
    kimg, kid, pixels = quality["kimg"], quality["kid"], quality["pixels"]
    best = np.argmin(kid)
    record = "the best so far" if best == len(kid) - 1 else f"best so far {pixels[best]:.0f}, after {kimg[best]:.4g}"
    return f"These pictures are {closeness(pixels[-1], resolution)} (after {kimg[-1]:.4g} kimg; {record})."


def _fidelity(quality: dict[str, np.ndarray], resolution: int) -> str:
    kimg, now = quality["kimg"], quality["perceptual"]
    return (
        f"To the eye, pictures that training never saw are {now[-1]:.2f} from their targets after {kimg[-1]:.4g} kimg "
        f"(best so far {now.min():.2f}). The source as it is would be {quality['perceptual_source'][-1]:.2f} away, the "
        f"mean target {quality['perceptual_mean'][-1]:.2f}, another picture's target 1 (blur is farther off than that)."
    )


def _newest(run: Run, snapshot: Snapshot) -> None:
    words = KINDS[run.config.kind]
    st.markdown(f"**Now**: {words.sheet}")
    if kept_back(run):
        st.caption("These sheets show pictures of the class itself. They are its owner's to show.")
        return
    if snapshot.grid is None:
        st.caption("The first forgeries appear in a few seconds.")
        return
    caption = f"After {snapshot.grids[-1]:,} images{words.sheet_of}"
    st.image(snapshot.grid, caption=caption, width="stretch", output_format="JPEG", alt=alt_of(run, snapshot.grids[-1]))


def _history(run: Run, snapshot: Snapshot) -> int:
    """Returns after how many images the grid was drawn that is looked at; -1 where there is none."""
    st.markdown(f"**Then**: the same {KINDS[run.config.kind].inputs}, earlier")
    if not snapshot.grids or kept_back(run):
        return -1
    place = st.container()
    # From 0 to the goal, neither of which moves while the run does: so the handle stays under the viewer's hand.
    every = run.config.sample_every
    goal = -(-(snapshot.status.target_images or snapshot.grids[-1]) // every) or 1
    chosen = st.slider(
        "Look back (thousands of images seen)", 0.0, goal * every / 1000, 0.0, every / 1000, key=f"then-{run.name}"
    )
    images = nearest_grid(snapshot.grids, round(chosen * 1000))
    if picture := read_grid(run.grids_folder, images):
        caption = f"After {images:,} images"
        place.image(picture, caption=caption, width="stretch", output_format="JPEG", alt=alt_of(run, images))
    return images


def kept_back(run: Run) -> bool:
    """Whether a run's sheets are not for whoever looks on: they show pictures of the class itself."""
    return kind_of(run.config).shows_data and not roles.may_see(run.config.data)


def alt_of(run: Run, images: int) -> str:
    """What a sheet is, for those who do not see it."""
    return KINDS[run.config.kind].alt.format(run=run.name, images=images)


@dataclass(frozen=True)
class Words:
    """What to say of one kind of GAN."""

    sheet: str
    sheet_of: str
    alt: str
    inputs: str
    quality: Callable[[dict[str, np.ndarray], int], str]


KINDS = {
    LATENTS: Words("the newest forgeries", "", "Forgeries by {run} after {images:,} images", "latents", _closeness),
    PICTURES: Words(
        "source, forgery and target, row by row",
        " · of pictures that training never sees",
        "Row by row: sources, forgeries by {run} after {images:,} images, targets",
        "sources",
        _fidelity,
    ),
}
