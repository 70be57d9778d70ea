"""One step of a training that was watched: `lesson.json` and `lesson.jpg` of its run, each replaced by the next."""

from dataclasses import asdict, dataclass
from typing import Any

from gan.learning.knobs import Who
from gan.paths import is_number, read_json, write_file, write_json
from gan.runs.run import Run

RECORD, PICTURE = "lesson.json", "lesson.jpg"
MOST = 16  # pictures
ROWS = ("forged_before", "forged_after", "real_before", "real_after", "again")


@dataclass(frozen=True)
class Lesson:
    """What a step did. All verdicts are logits, of the same few pictures each time.

    `forged_before` and `forged_after` are of the forgeries that the step was about, before and after it;
    `real_before` and `real_after` of the real pictures beside them; `again` of what the forger makes of the same
    latents afterwards. `moved_d` and `moved_g` say how far each network's weights went, as a part of their length.
    The picture has two rows: the forgeries of before, and those of the same latents afterwards.
    """

    images_seen: int
    who: str
    forged_before: list[float]
    forged_after: list[float]
    real_before: list[float]
    real_after: list[float]
    again: list[float]
    moved_d: float
    moved_g: float


def keep_lesson(run: Run, lesson: Lesson, picture: bytes) -> None:
    """Writes both files; `picture` is a JPEG. Raises ForgerError on a full disk."""
    write_file(run.folder / PICTURE, picture)
    write_json(run.folder / RECORD, asdict(lesson))


def last_lesson(run: Run) -> tuple[Lesson, bytes] | None:
    """The newest step that was watched, and its picture; None where there is none that can be read."""
    values = read_json(run.folder / RECORD)
    path = run.folder / PICTURE
    try:
        lesson = Lesson(**values)
        picture = path.read_bytes()
        Who(lesson.who)
    except (TypeError, ValueError, OSError):
        return None
    rows = [getattr(lesson, name) for name in ROWS]
    numbers = lesson.images_seen, lesson.moved_d, lesson.moved_g
    if not all(map(_is_sound, rows)) or not all(map(is_number, numbers)):
        return None
    forged = {len(row) for row in (lesson.forged_before, lesson.forged_after, lesson.again)}
    return (lesson, picture) if len(forged) == 1 else None


def _is_sound(values: Any) -> bool:
    return isinstance(values, list) and 0 < len(values) <= MOST and all(map(is_number, values))
