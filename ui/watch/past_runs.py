"""Past runs: all in a table, and for one what to do with it: go on, rename, delete, ship or download its generator."""

import streamlit as st

from gan import generators, runs
from gan.generators import TrainedGenerator
from gan.learning.kinds import kind_of
from gan.runs.run import Run
from gan.training.estimate import in_words
from ui import device_choice, roles
from ui.device_choice import device_names
from ui.messages import errors_shown, plain, say_after_rerun
from ui.watch import go_on_otherwise
from ui.watch.go_on_otherwise import Goal


def show(run: Run) -> None:
    """The actions for `run`, folded into one row, and below it how else it can go on; none for visitors."""
    if not roles.may("resume a training"):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        goal = _resume(run)
        with st.popover("Generator", icon=":material/face:"):
            _generator(run)
        with st.popover("Rename", icon=":material/edit:"):
            _rename(run)
        with st.popover("Delete", icon=":material/delete:"):
            _delete(run)
    go_on_otherwise.offer(run, goal)


def table(all_runs: list[Run]) -> None:
    """All runs, a line each."""
    rows = []
    for run in all_runs:
        facts = runs.summary(run)
        rows.append(
            {
                "run": facts["name"],
                "state": facts["state"],
                "kimg": round(facts["kimg"], 1),
                "pixels": facts["resolution"],
                "pictures": roles.source_name(facts["data"]),
                "time": in_words(facts["seconds"]),
                "how": facts["how"],
            }
        )
    st.dataframe(rows, hide_index=True)


def damaged() -> None:
    """The folders that were runs and cannot be read, so that nobody looks for them in vain."""
    if not roles.may("see damaged runs"):
        return
    for why in runs.damaged().values():
        st.warning(plain(why), icon=":material/broken_image:")


def _resume(run: Run) -> Goal:
    """Returns until where, and how, it was chosen to train on."""
    status = run.status()
    seen, goal = status.images_seen / 1000, status.target_images / 1000
    suggestion = min(max(goal if goal > seen else 2 * seen, 1.0), 1_000_000.0)
    until = st.number_input(
        "Train on until (kimg)", 0.1, 1_000_000.0, suggestion, 10.0, width=180, key=f"until-{run.name}-{goal}"
    )
    names = device_names()
    device = st.selectbox("Device", names, width=110, key="resume-device") if len(names) > 1 else names[0]
    cards = device_choice.processes(device, key="resume-processes")
    chosen = Goal(round(until * 1000), device, cards, until > seen)
    if st.button("Resume", icon=":material/play_arrow:", type="primary", disabled=not chosen.is_ahead):
        with errors_shown():
            go_on_otherwise.resume(run, chosen)
    return chosen


def _generator(run: Run) -> None:
    with errors_shown():
        model = generators.find_generator(f"run:{run.name}")
        st.caption("The averaged forger as of the last checkpoint. On Generate and Interpolate it can be used at once.")
        st.download_button(
            "Download (ZIP)", lambda: generators.as_zip(model), f"{run.name}.zip", "application/zip", on_click="ignore"
        )
        _ship(run, model)


def _ship(run: Run, model: TrainedGenerator) -> None:
    name = st.text_input("Keep it among the shipped generators as", run.name, key=f"ship-{run.name}")
    private = kind_of(run.config).shows_data
    with_history = st.checkbox(
        "with its pictures over time, so that others can look back", key=f"history-{run.name}",
        disabled=private,
        help="Not for a training that redraws: its grids show pictures of its data set." if private else None,
    )  # fmt: skip
    if st.button("Add to checkpoints", key=f"add-{run.name}"):
        permit = roles.permit("publish a generator")
        generators.add_to_checkpoints(permit, model, name, run if with_history else None)
        say_after_rerun(f"The generator is now in checkpoints/{name}.")
        st.rerun()


def _rename(run: Run) -> None:
    name = st.text_input("New name", run.name, key=f"rename-{run.name}")
    if st.button("Rename", key=f"do-rename-{run.name}", disabled=name == run.name):
        with errors_shown():
            renamed = runs.rename(roles.permit("rename a run"), run, name)
            st.query_params["run"] = renamed.name
            st.rerun()


def _delete(run: Run) -> None:
    st.markdown(f"Deletes **{run.name}** with all its pictures and checkpoints, for good.")
    sure = st.checkbox("Yes, I am sure", key=f"sure-{run.name}")
    if st.button("Delete", key=f"do-delete-{run.name}", disabled=not sure, icon=":material/delete:"):
        with errors_shown():
            runs.delete(roles.permit("delete a run"), run)
            st.query_params.pop("run", None)
            say_after_rerun(f"The run {run.name} was deleted.")
            st.rerun()
