"""Work that visitors wait for: one step at a time for all, visitor after visitor, and each thing worked out once.

A job is a generator. Between two of its `yield`s it takes one step, after which the next visitor is served; so a
thousand pictures for one do not hold up sixteen for thirty others. It may yield a Future, something that goes on
elsewhere, and is then given its result; what it returns at last is the result of the job.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Generator, Hashable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field
from typing import Any

from gan.errors import ForgerError
from ui.kept import Kept

Steps = Generator[Future | None, Any, Any]


@dataclass(frozen=True)
class Place:
    """Where one stands: how many visitors come first, and whether one's own thing is being made already."""

    before: int
    begun: bool


@dataclass(eq=False)
class _Job:
    key: Hashable
    visitor: str
    steps: Steps
    keep: bool
    waiting: int = 1
    begun: bool = False
    outside: Future | None = None  # what it waits for
    result: Future = field(default_factory=Future)


class Turns:
    """A line of visitors, each with the jobs that were asked for in this visitor's name.

    `kept` holds results; at most `most` jobs are in the line, others are refused.
    """

    def __init__(self, kept: Kept, most: int):
        self.kept, self.most = kept, most
        self._line: OrderedDict[str, deque[_Job]] = OrderedDict()  # the first is served next
        self._jobs: dict[Hashable, _Job] = {}  # all that is not finished, in the line or not
        self._change = threading.Condition()
        self._served: _Job | None = None  # takes a step now
        self._worker: threading.Thread | None = None

    def ask(
        self,
        visitor: str,
        key: Hashable,
        work: Callable[[], Steps],
        admit: Callable[[], None] = lambda: None,
        look: Callable[[Place], None] = lambda place: None,
        every: float = 0.5,
        keep: bool = True,
    ) -> Any:
        """The result of `work`, worked out once for all who ask for the same `key` at the same time or later.

        Args:
            visitor: in whose name.
            admit: called before a new job enters the line; raises what refuses it.
            look: called every so many seconds while one waits. What it raises ends the waiting, and the job leaves the
                line where nobody else waits for it.
            keep: whether the result is kept for later; else it is shared only by those who wait for it together.

        Raises ForgerError where too many wait, and whatever `work` raises.
        """
        if keep and (ready := self.kept.get(key)) is not None:
            return ready
        job = self._enter(visitor, key, work, admit, keep)
        try:
            while True:
                try:
                    return job.result.result(every)
                except NotYet:
                    if job.result.done():  # the work itself raised such a thing
                        raise
                    look(self._place(job))
        finally:
            self._leave(job)

    def part(self, key: Hashable, steps: Steps) -> Steps:
        """Within a job: the result of `steps`, which is kept, too."""
        ready = self.kept.get(key)
        if ready is None:
            ready = yield from steps
            self.kept.put(key, ready)
        return ready

    def _enter(
        self, visitor: str, key: Hashable, work: Callable[[], Steps], admit: Callable[[], None], keep: bool
    ) -> _Job:
        with self._change:
            if job := self._jobs.get(key):
                job.waiting += 1
                return job
            if keep and (ready := self.kept.get(key)) is not None:  # finished just now
                job = _Job(key, visitor, work(), keep)
                job.result.set_result(ready)
                return job
            if len(self._jobs) >= self.most:
                raise ForgerError(f"Too many requests are waiting here already ({self.most}). Try again in 20 s.")
            admit()
            job = self._jobs[key] = _Job(key, visitor, work(), keep)
            self._queue(job)
            if self._worker is None:
                self._worker = threading.Thread(target=self._serve, name="turns", daemon=True)
                self._worker.start()
            return job

    def _leave(self, job: _Job) -> None:
        with self._change:
            job.waiting -= 1
            if job.waiting or job.result.done():
                return
            del self._jobs[job.key]
            job.result.cancel()
            if job.outside:
                job.outside.cancel()
            queue = self._line.get(job.visitor, deque())
            if job in queue:
                queue.remove(job)
                if not queue:
                    del self._line[job.visitor]
            if job is not self._served:  # else it ends with its step
                job.steps.close()

    def _place(self, job: _Job) -> Place:
        with self._change:
            line = list(self._line)
            return Place(line.index(job.visitor) if job.visitor in line else 0, job.begun)

    def _queue(self, job: _Job) -> None:
        self._line.setdefault(job.visitor, deque()).append(job)
        self._change.notify_all()

    def _serve(self) -> None:
        while True:
            self.step()

    def step(self) -> None:
        """Takes one step of the next visitor's job, once there is one."""
        with self._change:
            while not self._line:
                self._change.wait()
            visitor, queue = next(iter(self._line.items()))
            job = queue.popleft()
            # The visitor goes to the end, or leaves.
            self._line.move_to_end(visitor)
            if not queue:
                del self._line[visitor]
            job.begun, self._served = True, job
        self._take(job)

    def _take(self, job: _Job) -> None:
        try:
            outside = job.steps.send(job.outside.result() if job.outside else None)
        except StopIteration as end:
            if job.keep and end.value is not None:
                self.kept.put(job.key, end.value)
            self._finish(job, end.value, None)
        except BaseException as error:  # the visitor's, who is told; the line goes on
            self._finish(job, None, error)
        else:
            self._go_on(job, outside)

    def _finish(self, job: _Job, made: Any, error: BaseException | None) -> None:
        with self._change:
            self._served = None
            if job.result.cancelled():
                return
            del self._jobs[job.key]
            if error:
                job.result.set_exception(error)
            else:
                job.result.set_result(made)

    def _go_on(self, job: _Job, outside: Future | None) -> None:
        with self._change:
            self._served = None
            if job.result.cancelled():
                job.steps.close()
                if outside:
                    outside.cancel()
                return
            job.outside = outside
            if outside is None:
                self._queue(job)
                return
        outside.add_done_callback(lambda _: self._back(job))

    def _back(self, job: _Job) -> None:
        with self._change:
            if not job.result.cancelled():
                self._queue(job)
