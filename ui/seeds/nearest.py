"""Does it copy? The pictures just made, above the training pictures that are most like them."""

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from gan.data import PLAIN, Preparation
from gan.errors import ForgerError
from gan.generators import TrainedGenerator
from gan.generators.origin import source_of, with_own_split
from gan.learning.config import Config
from gan.paths import last_name
from gan.pictures.files import jpeg_bytes, png_bytes
from gan.quality.feature_choice import choose_features
from gan.quality.lookalikes import Album, find, open_album
from gan.runs.run import Run
from ui import generated, roles
from ui.data_url import data_url
from ui.messages import errors_shown, plain
from ui.seeds import generators

MOST = 16
EACH = 3
POLL_SECONDS = 1.0
MOST_SEARCHES = 16

_turn = threading.Lock()  # held while a data set is described: together they would take as long, and starve a training


class Search:
    """Describes a data set in a thread of its own, once for all visitors; nobody's page waits for it, or can end it."""

    def __init__(self, source: str, resolution: int, preparation: Preparation = PLAIN, run: Run | None = None):
        self.step, self.share = "Waiting for another search to end", 0.0
        self.album: Album | None = None
        self.error = ""
        self.thread = threading.Thread(target=self._work, args=(source, resolution, preparation, run), daemon=True)
        self.thread.start()

    @property
    def working(self) -> bool:
        return self.album is None and not self.error

    def _work(self, source: str, resolution: int, preparation: Preparation, run: Run | None) -> None:
        try:
            with _turn:
                self.step = "Starting"
                self.album = open_album(source, resolution, choose_features(), self._hear, preparation, run)
        except ForgerError as error:
            self.error = str(error)
        except Exception as error:
            self.error = f"The search failed: {type(error).__name__}."
            raise

    def _hear(self, step: str, done: int, total: int | None) -> None:
        self.step, self.share = step, min(1.0, done / total) if total else 0.0


# Not in Streamlit's cache: any visitor can have that emptied, and each would begin anew. The eldest is forgotten first.
_searches: dict[tuple[str, int, Preparation, Run | None], Search] = {}
_looking_up = threading.Lock()


@dataclass(frozen=True)
class Lookalikes:
    """A picture that was made, with the training pictures nearest to it."""

    seed: int
    made: str
    nearest: list[str]
    distance: float  # to the nearest of them; 1 is the median of held-out pictures
    near: bool  # nearer than 99 % of the held-out pictures


def show(model: TrainedGenerator, seeds: tuple[int, ...], images_seen: int) -> None:
    """The expander: a button that starts the search, its progress, and the first pictures with what was found."""
    source = source_of(model)
    asked = st.session_state.get(_key(source, model.config)) if source else False
    running = _search_for(model, source) if source and asked else None
    polling = running is not None and running.working
    panel = st.fragment(_panel, run_every=POLL_SECONDS if polling else None)
    panel(model, seeds[:MOST], images_seen, source, polling)


def _panel(
    model: TrainedGenerator, seeds: tuple[int, ...], images_seen: int, source: str | None, polling: bool
) -> None:
    with st.expander("Does it copy?", icon=":material/content_copy:"), errors_shown():
        if words := generators.measured(model).get("Does it copy?"):
            st.markdown(f"**What its card says.** {words}")
        if source is None:
            name = generators.learned_from(model)
            st.markdown(
                f"To look for yourself takes the pictures that it learned from ({name}), and they are not "
                "on this machine."
            )
            return
        if not roles.may_see(source):
            st.markdown("The pictures that it learned from are the class's own: its owner has not let them be shown.")
            return
        config = model.config
        if not st.session_state.get(_key(source, config)):
            _offer(source, config)
            return
        running = _search_for(model, source)
        if running.working:
            st.progress(running.share, running.step)
            return
        if polling:
            st.rerun()  # the whole page, which alone can stop the polling
        if running.album is None:
            forget(source, config.resolution, config.preparation, with_own_split(model, source))
            del st.session_state[_key(source, config)]
            raise ForgerError(running.error)
        _result(model, seeds, images_seen, source, running.album)


def _offer(source: str, config: Config) -> None:
    st.markdown(
        "If the forger had learned pictures by heart, some of its own would be nearly the same as a picture that the "
        "inspector saw. Look at what comes closest. The first time, the search takes minutes; everything else on this "
        "page goes on meanwhile."
    )
    if st.button("Find the nearest training pictures", icon=":material/image_search:"):
        st.session_state[_key(source, config)] = True
        st.rerun()


def _result(model: TrainedGenerator, seeds: tuple[int, ...], images_seen: int, source: str, album: Album) -> None:
    made = generated.some(model, seeds, images_seen)
    found = _find(generated.version_of(model), seeds, images_seen, source, made, album)
    low, high = np.quantile(album.typical, (0.05, 0.95)) / album.usual
    st.markdown(
        f"Each picture that you made (framed) stands above the {EACH} training pictures most like it. The number is "
        "how far off the nearest of them is: **1.00** is usual for a real picture that the forger never learned from, "
        f"and nine of ten such pictures lie between {low:.2f} and {high:.2f}."
    )
    st.html(_sheet(found))
    st.markdown(_verdict(found))
    st.caption(
        "A copy shows the same individual in the same pose, light and background. The same kind of thing in a like "
        "pose is no copy: that is what learning means. Likeness is judged by "
        f"{choose_features().name} among {len(album.training.indices):,} training pictures of "
        f"{plain(last_name(source))}; flawed pictures lie far from everything, so look, too."
    )


def _verdict(found: list[Lookalikes]) -> str:
    near = [str(one.seed) for one in found if one.near]
    middle = np.median([one.distance for one in found])
    many = f"Of these {len(found)}, half lie within **{middle:.2f}**"
    if not near:
        return f"{many}, and none is nearer than 99 % of real pictures never learned from: no sign of copying here."
    return (
        f"{many}. Nearer than 99 % of real pictures never learned from: seed {', '.join(near)}. Compare by eye; one in "
        "a hundred is that near by chance."
    )


def _sheet(found: list[Lookalikes]) -> str:
    style = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
    return f'<style>{style}</style><div class="nearest">{"".join(map(_figure, found))}</div>'


def _figure(one: Lookalikes) -> str:
    nearest = "".join(
        f'<img src="{url}" alt="Training picture number {place} in likeness to seed {one.seed}">'
        for place, url in enumerate(one.nearest, 1)
    )
    return (
        f'<figure><figcaption>seed {one.seed}<span class="{"near" if one.near else ""}">{one.distance:.2f}</span>'
        f'</figcaption><img class="made" src="{one.made}" alt="The picture of seed {one.seed}">{nearest}</figure>'
    )


def _key(source: str, config: Config) -> str:
    return f"_nearest-{config.resolution}-{config.preparation}-{source}"


def _search_for(model: TrainedGenerator, source: str) -> Search:
    return search(source, model.config.resolution, model.config.preparation, with_own_split(model, source))


def search(source: str, resolution: int, preparation: Preparation = PLAIN, run: Run | None = None) -> Search:
    """The one search through a data set, begun by the first who asks; another one for a `run` with its own split."""
    with _looking_up:
        key = source, resolution, preparation, run
        if key not in _searches:
            # An album of 20,000 pictures takes 100 MB.
            ended = [key for key, one in _searches.items() if not one.working]
            for old in ended[: max(0, len(_searches) + 1 - MOST_SEARCHES)]:
                del _searches[old]
            _searches[key] = Search(*key)
        return _searches[key]


def forget(source: str, resolution: int, preparation: Preparation = PLAIN, run: Run | None = None) -> None:
    """Lets the next who asks begin the search anew."""
    with _looking_up:
        _searches.pop((source, resolution, preparation, run), None)


@st.cache_data(max_entries=32, show_spinner=False)
def _find(
    version: tuple[str, int],
    seeds: tuple[int, ...],
    images_seen: int,
    source: str,
    _made: np.ndarray,
    _album: Album,
) -> list[Lookalikes]:
    places, far = find(_album, _made, choose_features(), EACH)
    return [
        Lookalikes(
            seed,
            data_url(png_bytes(picture, quickly=True)),
            [data_url(jpeg_bytes(_album.pictures.array[place]), "image/jpeg") for place in row],
            float(distances[0]) / _album.usual,
            bool(distances[0] < _album.surely_near),
        )
        for seed, picture, row, distances in zip(seeds, _made, places, far, strict=True)
    ]
