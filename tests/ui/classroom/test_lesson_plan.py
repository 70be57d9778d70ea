"""The words of the lesson: as long, as complete and as checkable as it says."""

import re

import pytest

from gan.paths import PROJECT
from gan.training.failures import FAILURES
from ui.classroom.lesson import BLOCKS
from ui.classroom.lesson_plan import GLOSSARY, STEPS

GUIDE = (PROJECT / "docs" / "lesson.md").read_text()


def test_every_step_has_all_its_parts():
    for step in STEPS:
        assert all([step.title, step.idea, step.do, step.seen, step.why, step.question.why])
        assert all(block.partition(":")[0] in BLOCKS for block in step.blocks)
        assert all(block.removeprefix("failure:") in FAILURES for block in step.blocks if ":" in block)
    assert len({step.key for step in STEPS}) == len({step.question.key for step in STEPS}) == len(STEPS)


def test_the_lecturers_guide_knows_the_same_steps_and_beliefs():
    rows = re.findall(r"^\| \d+ - (\d+) \| (\d) ([^|]+) \|", GUIDE, re.M)
    assert [(int(number), title.strip()) for _, number, title in rows] == [
        (number, step.title) for number, step in enumerate(STEPS, 1)
    ]
    assert int(rows[-1][0]) == 45
    beliefs = {belief for step in STEPS for belief in re.findall(r"[^.]+\.", step.answers)}
    assert len(beliefs) == 7
    for belief in beliefs:
        assert f"| {belief.strip()} |" in GUIDE


@pytest.mark.parametrize("word", ["kimg", "latent", "epoch", "logit", "D(G(z))", "KID", "truncation"])
def test_the_glossary_has_the_words_of_the_lesson(word):
    assert GLOSSARY[word]
