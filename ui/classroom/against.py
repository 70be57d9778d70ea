"""You against the inspector: ten pictures, one after the other, real or forged; then your score, its, and the class's.

What a picture is, the browser is told after the tenth answer and not before. Real pictures stay in memory.
"""

from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from gan.quality.against import COUNT, LAST_ROUND, REAL, right
from ui import address, bars, crowd, one_each, roles, share, shell
from ui.classroom import opponents
from ui.classroom.opponents import Opponent
from ui.classroom.rounds import Ten, sheet, ten
from ui.classroom.scoreboard import Scoreboard, mean
from ui.messages import errors_shown, plain, say_after_rerun, show_kept
from ui.seeds import generators, moments

MODEL, ROUND = "opponent", "round"  # in the address
GAME = "_against"  # this session's
BOARD = Scoreboard(COUNT)  # not in Streamlit's cache, which any visitor can have emptied
PLAYERS = "Players by how many of ten they told apart"


@dataclass
class Game:
    """A round that is being played: `guesses` say "real" of the first pictures; `mark` is of the ten, once seen."""

    model: str
    moment: int
    number: int
    guesses: list[bool] = field(default_factory=list)
    mark: str = ""
    counted: bool | None = None

    @property
    def done(self) -> bool:
        return len(self.guesses) == COUNT


def show(key: str = "against", page: str = "lesson", **where: object) -> None:
    """The game, once on a page; `key` is of its container. `page` and `where` say how a link gets here: the page's file
    and what else its address has to say."""
    with st.container(key=key):
        st.html(Path(__file__).with_suffix(".css"))
        show_kept(GAME)
        mine = opponents.mine()
        game = _game()
        if game and (game.model not in mine or game.moment not in mine[game.model].moments):
            _leave()
            game = None
            st.info("This generator cannot be played against any more.", icon=":material/info:")
        if not mine:
            _none_here()
            return
        with errors_shown():
            if game is None:
                _set_up(mine, page, where)
            elif game.done:
                _result(mine[game.model], game, page, where)
            else:
                st.fragment(_play)(mine[game.model])
    address.write()


def _game() -> Game | None:
    return st.session_state.get(GAME)


def _leave() -> None:
    st.session_state.pop(GAME, None)


def _start(model: str, moment: int, number: int) -> None:
    st.session_state[GAME] = Game(model, moment, number)
    address.change(ROUND, None if number == 1 else str(number))


def _set_up(mine: dict[str, Opponent], page: str, where: dict[str, object]) -> None:
    words, row = st.container(), st.container(horizontal=True)
    start = row.container(width="content")
    with row, st.popover("Another opponent or round", icon=":material/tune:"):
        model = generators.pick({name: one.model for name, one in mine.items()}, MODEL)
        opponent = mine[model.name]
        moment = moments.choose(model, among=opponent.moments)
        with address.kept(ROUND, 1, address.within(1, LAST_ROUND)):
            number = st.number_input(
                "Round", 1, LAST_ROUND, key=ROUND, help="Whoever plays the same round sees the same ten pictures."
            )
        if away := sum(one.model.name not in mine for one in opponents.everyone()):
            st.caption(f"Not to choose from: {away} whose real pictures are not on this machine, or not to be shown.")
    with words:
        st.markdown(
            f"Ten pictures, one after the other: {REAL} are real, {COUNT - REAL} are forgeries by "
            f"**{plain(model.title)}** after {moment / 1000:,.4g} kimg. Which are which? The inspector judges the same "
            f"ten. This is round {number}."
        )
    start.button(
        "Start", type="primary", icon=":material/play_arrow:", on_click=_start, args=(model.name, moment, number)
    )
    with row:
        share.link(page, **where, **{MODEL: model.name, moments.KEY: moment, ROUND: number})
    if roles.is_owner():  # the lecturer's screen
        seen = ten(opponent, moment, number)
        _class(seen, model.name, moment, number)


def _play(opponent: Opponent) -> None:
    game = _game()
    if game is None or game.done:
        st.rerun()
    with errors_shown():
        seen = ten(opponent, game.moment, game.number)
        if _changed(game, seen):
            st.rerun()
        place = len(game.guesses)
        name = f"Picture {place + 1} of {COUNT}"
        st.markdown(f"**{name}**: real or forged?")
        st.html(f'<img class="against-ten" src="{seen.urls[place]}" alt="{name}">')
        with st.container(horizontal=True, key="against-calls"):
            for label, icon, real in (("Real", "photo_camera", True), ("Forged", "brush", False)):
                st.button(
                    label, icon=f":material/{icon}:", key=f"against-{label}-{place}", width="stretch",
                    on_click=_guess, args=(game, place, real),
                )  # fmt: skip
        st.button("Stop this round", key="against-stop", type="tertiary", on_click=_leave)


def _changed(game: Game, seen: Ten) -> bool:
    """Whether these are other ten than those that the game began with; then it ends."""
    game.mark = game.mark or seen.mark
    if game.mark == seen.mark:
        return False
    _leave()
    say_after_rerun("The generator has become another one meanwhile: this round is over.", st.info, GAME)
    return True


def _guess(game: Game, place: int, real: bool) -> None:
    if place == len(game.guesses) < COUNT:  # else tapped twice
        game.guesses.append(real)


def _result(opponent: Opponent, game: Game, page: str, where: dict[str, object]) -> None:
    seen = ten(opponent, game.moment, game.number)
    if _changed(game, seen):
        st.rerun()
    score = right(game.guesses, seen.real)
    if game.counted is None:
        game.counted = BOARD.enter(one_each.visitor(), _key(seen, game.model, game.moment, game.number), score)
    _class(seen, game.model, game.moment, game.number, score)
    if not game.counted:
        st.caption("You have played this round before: the class counts your first score.")
    st.html(sheet(seen, game.guesses))
    st.caption(_honest(seen))
    with st.container(horizontal=True):
        following = min(LAST_ROUND, game.number + 1)
        st.button(
            f"Round {following}", type="primary", icon=":material/skip_next:", key="against-next",
            on_click=_start, args=(game.model, game.moment, following),
        )  # fmt: skip
        st.button("Another opponent", key="against-another", on_click=_leave)
        share.link(page, **where, **{MODEL: game.model, moments.KEY: game.moment, ROUND: game.number})


def _honest(seen: Ten) -> str:
    studied = "" if seen.unseen else " The data set is small: the inspector has studied some of these real pictures."
    if seen.called is None:
        return "The inspector of this moment was not kept." + studied
    if seen.unseen:
        studied = " It never saw these real pictures before."
    return f"The inspector scores each picture by itself; the {REAL} that it scores highest it calls real.{studied}"


def _key(seen: Ten, model: str, moment: int, number: int) -> tuple[str, int, int, str]:
    return model, moment, number, seen.mark


def _class(seen: Ten, model: str, moment: int, number: int, score: int | None = None) -> None:
    """Live: how many of the ten were told apart, by this player, the inspector and the class."""
    told = None if seen.called is None else right(seen.called, seen.real)
    st.fragment(_scores, run_every=crowd.seconds())(_key(seen, model, moment, number), score, told)


def _scores(key: tuple[str, int, int, str], score: int | None, told: int | None) -> None:
    counts = BOARD.counts(key)
    players = sum(counts)
    class_played = players > (score is not None)
    parts = [] if score is None else [("You", str(score))]
    if told is not None and players:
        parts.append(("The inspector", str(told)))
    if class_played:
        parts.append(("One player" if players == 1 else f"The class, {players} players", f"{mean(counts):.1f}"))
    if parts:
        named = "".join(f"<div><strong>{number}</strong>{name}</div>" for name, number in parts)
        st.html(f'<div class="against-told">{named}</div>')
    if class_played:
        st.html(bars.columns(counts, PLAYERS, score))
        st.caption(f"{PLAYERS}.")
    elif score is None:
        st.caption("Nobody has played this round yet. The class's scores appear here as they come in.")
    else:
        st.caption(f"So many of {COUNT} were told apart. Nobody else has played this round yet.")


def _none_here() -> None:
    """Why nobody can be played against, and what to do."""
    if opponents.kept_back():
        st.markdown("The real pictures here are the class's own, and their owner has not let them be shown.")
    elif opponents.everyone():
        st.markdown(
            "Ten pictures, real or forged: who tells them apart better, you or the inspector? That takes real "
            "pictures, and those that the generators here learned from are not on this machine."
        )
    else:
        st.markdown("Ten pictures, real or forged: there is no forger yet to play against.")
    if roles.may("start a training"):
        st.markdown("Drawn cats are on every machine: the quick look learns them in about two minutes.")
        st.page_link(shell.page("train"), label="Train one now", icon=":material/model_training:")
    else:
        st.markdown("It begins here once the owner of this app has trained one on drawn pictures.")
