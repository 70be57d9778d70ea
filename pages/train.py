"""Start, watch, stop and resume a training."""

from ui import shell

shell.ensure()  # before anything slow is imported

import streamlit as st

from gan import runs
from gan.runs import shipped
from ui import live, messages, polls, roles, share
from ui.start import new_run, room
from ui.watch import failures, past_runs, projector, run_view, side_by_side

active = live.active_name()
all_runs = runs.list_runs()
names = [run.name for run in all_runs + shipped.list_histories()]
wanted = st.query_params.get("run", active)
if projector.asked() and names:
    projector.show(runs.find_run(wanted if wanted in names else names[0]), active)
    st.stop()

st.title("Watch a forger learn", anchor=False)
story = (
    "Two networks play against each other. The **forger** (generator) makes pictures out of random numbers. The "
    "**inspector** (discriminator) sees real pictures and forgeries, and says which is which. The forger never sees "
    "a real picture, only the inspector's verdict: from that alone it learns to draw."
)
with st.container():  # there always, so that a run that begins or ends builds nothing below anew
    if not active:  # else the pictures come first, and the story below
        st.markdown(story)
messages.show_kept()
polls.banner()

trains = roles.may("start a training")
if not all_runs and trains:
    st.caption("Nothing has been trained here yet. The quick look takes about two minutes: press Start.")
elif not all_runs:
    st.caption("Nothing has been trained here yet. When the owner starts a training, you see it here.")
# Filled last: measuring this machine's speed must not hold up the pictures. Another one after each Start: folded.
form = st.container(key=f"form-{len(all_runs)}") if trains else None
if form:
    form = form.expander("Start a new training", icon=":material/add:", expanded=not all_runs)
if names:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = names.index(wanted) if wanted in names else 0
        name = st.selectbox("Run", names, chosen, key=f"run-{wanted}-{len(names)}", width=340)
        # Nothing is written while the visitor has chosen nothing: a written address loses what stands behind its "#".
        if name != (names[0] if wanted is None else wanted):
            st.query_params["run"] = name
        run = runs.find_run(name)
        projector.offer(run)
        share.link("train", run=name, **side_by_side.in_link(run, names))
    with st.container():  # there always, so that the charts below keep the viewer's zoom when a run ends
        if shipped.is_history(name):
            st.caption("How the generator that ships was trained. Look back through its pictures with the slider.")
        elif not run.alive:
            past_runs.show(run)
    run_view.show(run, active)
    with st.container():  # there always, so that a second run builds nothing below anew
        side_by_side.offer(run, names, active)
    failures.menu(run)
    if all_runs:
        with st.expander("All runs", icon=":material/list:"):
            past_runs.table(all_runs)
else:
    run_view.show(None, active)
past_runs.damaged()
room.panel()

with st.expander("How to read this", icon=":material/school:"):
    if active:
        st.markdown(story)
    st.markdown(
        """
- **Forgeries.** Every grid is drawn from the same random numbers (*latents*), so you can follow one picture as the
  forger learns. With *averaging* on they come from an average of the forger over its recent past, which is calmer than
  the forger itself.
- **What the inspector believes.** D(x) is how likely it finds real pictures to be real; D(G(z)) the same for
  forgeries. Early on the two are far apart. Where both come to one half the inspector can only guess: the forgeries are
  good, or the inspector is weak or misled, so look at the pictures. (At 45 % if it is taught to say 0.9 for real
  pictures, as by default: that is half-way between its two answers.)
  "After its lesson" is the same forgeries judged again once the inspector has learned from them. With the relativistic
  loss the inspector has no opinion of one picture: it scores each by itself, and the loss compares the scores of a real
  one and a forgery. The curve is exp(-loss), how sure it was of the truth; surprises pull it down more than an average
  would be, so it can stand near one half while it tells most pairs apart.
- **Losses** say who is struggling at the moment, not how good the pictures are: both sides get better together, so
  neither curve needs to fall. Look at the pictures to judge.
- **Accuracy** near 100 % says that the inspector tells nearly all apart. That alone is no harm: the quick look stands
  there and learns, as long as the verdicts still differ from forgery to forgery. If the pictures stop changing, too,
  raise the forger's learning rate or lower the inspector's. A forger that draws one picture again and again has
  *collapsed*: start again with another seed or smaller learning rates.
- **How hard each is pushed** is the length of each network's gradient: a sudden peak is a step that may break it, and
  near 0 it learns nothing more. **Penalty** in the losses is what the inspector pays where its verdict hangs on tiny
  changes of a picture (R1, R2).
- **How close to real pictures** compares forgeries with real pictures that training never saw (*KID*: the distance of
  what a network trained on photographs sees in both; lower is better). "Seen through 34 pixels" are real pictures
  shrunk to 34 pixels and enlarged again: so blurred, they would be as far off. **How varied** falls where the forger
  draws much the same again and again.
- **Redraw** trains a forger that is given a picture. Its sheets have three rows: what goes in, what comes out, what was
  asked for. Beside the inspector's verdict it wants each pixel near the target (*L1*), charted by itself; a source that
  leaves much open, such as a sketch, keeps that from falling far.
- **kimg** is a thousand images seen by the inspector, as under the charts; an **epoch** is once through all real
  pictures.
- Stop saves everything. Resume goes on exactly where it was, as if it had never stopped.
        """
    )

if form:
    with form:
        new_run.show()
