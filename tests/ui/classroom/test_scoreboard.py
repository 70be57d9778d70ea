"""A class's scores: each player once, bounded, nobody kept by name."""

import threading

import pytest

from ui.classroom.scoreboard import Scoreboard, mean


def test_the_first_score_of_each_player_counts():
    board = Scoreboard(best=10)
    assert [board.enter("a", "game", 7), board.enter("a", "game", 10), board.enter("b", "game", 8)] == [
        True,
        False,
        True,
    ]
    assert board.counts("game") == (0,) * 7 + (1, 1, 0, 0)
    assert mean(board.counts("game")) == 7.5
    assert board.enter("a", "another", 0) and board.counts("another")[0] == 1
    assert sum(board.counts("none yet")) == 0


def test_a_score_that_there_is_not():
    board = Scoreboard(best=10)
    with pytest.raises(IndexError):
        board.enter("a", "game", 11)
    assert sum(board.counts("game")) == 0


def test_room_is_bounded_and_a_class_is_not_pushed_out():
    board = Scoreboard(best=1, most_players=3, most_games=4)
    assert [board.enter(who, "class", 1) for who in "abcd"] == [True, True, True, False]
    for game in range(50):
        board.enter("z", game, 0)
    assert len(board._games) == 4 and board.counts("class") == (0, 3) and board.counts(49) == (1, 0)


def test_names_are_not_in_it():
    board = Scoreboard(best=1)
    board.enter("session-of-somebody", "game", 1)
    assert "session-of-somebody" not in repr(board._games)


def test_a_hall_ends_at_once():
    board = Scoreboard(best=10)

    def play(number):
        for _ in range(3):
            board.enter(str(number), "game", number % 11)

    threads = [threading.Thread(target=play, args=(number,)) for number in range(66)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert board.counts("game") == (6,) * 11
