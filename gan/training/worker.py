"""The trainer process: turns steps into a log, sample grids, checkpoints and a heartbeat, and obeys a stop request."""

import os
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from gan import device as devices
from gan import runs
from gan.data import open_pictures, use
from gan.errors import ForgerError
from gan.learning.kinds import kind_of, new_trainer
from gan.learning.schedule import moving
from gan.learning.team import Team, check_shares
from gan.networks import new_generator
from gan.quality.judge import Judge
from gan.runs.changes import NO_CHANGE, Change
from gan.runs.log import MetricLog
from gan.runs.requests import Do
from gan.runs.run import Run, State, Status
from gan.training.ear import Ear
from gan.training.follower import Order, check_alike, give_order, share_state
from gan.training.head_start import HeadStart, check_goal, find_head_start, load_head_start, said, take_past
from gan.training.heart import Heart, Report, Stopped
from gan.training.keeper import Keeper, keep_first_grid
from gan.training.pace import Costs, note, since_start
from gan.training.past import Past
from gan.training.sheets import new_sheet
from gan.training.tempo import LOOK_SECONDS


def train(
    run: Run,
    target_images: int,
    device: str = "auto",
    report: Report = lambda status: None,
    team: Team | None = None,
    turns: Iterable[tuple[str, float]] = (),
    change: Change = NO_CHANGE,
) -> Status:
    """Trains `run` in this process until `target_images` in all, or until it is asked to stop (file, Ctrl-C, SIGTERM).

    With a `team` this is its first process, and the others follow (`gan.training.follower`). Returns the last status.
    `report` is given every heartbeat; the knobs in `turns` are turned before the first lesson, and what is otherwise
    from here on by `change` is remembered once all of it is there. Raises ForgerError, and leaves the run as it is,
    where another run is training, where there is no such device and where a batch cannot be shared by the team; and
    where this one fails, when the message stands in its status, too: among others OtherPictures, where they are not
    those that it learned from, which `change` does not say.
    """
    chosen, team = devices.choose(device), team or Team()
    before, run = run, replace(run, config=change.applied(run.config))
    check_shares(run.config, team.size)
    status = runs.claim(run, target_images, launcher=os.getppid() if team.size > 1 else 0)
    work = _Work(run, Heart(run, status, report), team, Past(before, change))
    try:
        with work.holding:
            return work.until(target_images, chosen, turns)
    except ForgerError as error:
        _leave(run, str(error))
        raise
    except Exception as error:
        if devices.is_out_of_memory(error):
            message = "The memory is full. Start again with a smaller batch size, a smaller width or fewer pixels."
            _leave(run, message)
            raise ForgerError(message) from error
        _leave(run, f"The trainer failed: {type(error).__name__}: {error}")
        raise


def _leave(run: Run, message: str) -> None:
    try:
        run.write_status(replace(run.status(), state=State.FAILED, message=message))
    except ForgerError:
        pass  # the disk is full: the dead process says enough


class _Work:
    """The trainer's way through one run."""

    def __init__(self, run: Run, heart: Heart, team: Team, past: Past):
        self.run, self.heart, self.team, self.past = run, heart, team, past
        self.costs = Costs()
        self.holding = ExitStack()  # what must not be deleted while it trains

    def until(self, target_images: int, device: torch.device, turns: Iterable[tuple[str, float]]) -> Status:
        config, log = self.run.config, MetricLog(self.run.metrics_path)
        devices.prepare(device)
        self.heart.beat(message="Preparing the pictures.", device=self._described(device))
        head_start = find_head_start(config) if config.start_from and not self.run.checkpoints() else None
        begins = not self.run.checkpoints() and not self.run.grids() and not head_start
        if begins and not kind_of(config).shows_data:  # a scribble can be seen before the pictures are ready
            none = np.empty((0, config.resolution, config.resolution, 3), np.uint8)
            keep_first_grid(self.run, new_sheet(config, none, np.empty(0, int)), new_generator(config))
        started = time.monotonic()
        try:
            self.past.check_place()
            with self.past.framed_as_ever():
                there = open_pictures(config.data, config.resolution, self.heart.preparing, config.preparation)
            self.holding.enter_context(use.hold(there.path.parent))
        except Stopped:
            give_order(self.team, None)
            return self._obey(State.STOPPED, "The pictures were still being prepared.")
        preparing = time.monotonic() - started
        if not self.run.checkpoints():
            for remark in there.remarks:
                print(remark, flush=True)
        found = self.past.compared(there)
        pictures, studied = found.learned, found.learned.split()[0]
        give_order(self.team, Order(config, target_images, pictures.contents[studied]))
        check_alike(self.team, config, pictures.array, device)
        self.trainer = self.heart.trainer = new_trainer(config, pictures.array, device, self.team, studied)
        self.keeper = Keeper(self.run, pictures, self.trainer, log, found.numbers)
        self.judge = Judge(self.run, pictures, device, self.heart.measuring)
        self._begin(head_start, target_images, device)
        self.heart.beat(state=State.TRAINING, message="")
        self.costs.start = since_start() - preparing
        self.began_at, self.first_images = time.monotonic(), self.trainer.images_seen
        self.heart.time_anew()
        self.ear = Ear(self.run, self.trainer, turns)
        try:
            self._march(target_images, log)
        finally:
            self.ear.close()
        return self._finish(target_images, device)

    def _march(self, target_images: int, log: MetricLog) -> None:
        """Step after step, as fast as it was asked."""
        config, tempo = self.run.config, self.ear.tempo
        last_log, logged_images = self.heart.status.seconds, self.trainer.images_seen
        while self.trainer.images_seen < target_images and not self.team.any(self.heart.asked_to_stop()):
            if self.ear.listen():
                self._change_pace()
            if (who := tempo.due()) is None:
                self._wait()
                continue
            before, seconds, started = self.trainer.images_seen, self.heart.status.seconds, time.monotonic()
            log.add(self.ear.step(who))
            now = self.trainer.images_seen
            if self._crossed(before, config.log_every):
                trained = seconds + time.monotonic() - started
                speed = (now - logged_images) / max(trained - last_log, 1e-9)
                log.flush(now, self.trainer.epoch, speed, moving(config, now) | self.trainer.turned)
                last_log, logged_images = trained, now
            self._keep(before)
            self.heart.note(seconds=seconds + time.monotonic() - started)
            if tempo.waits:  # all steps that were asked for are taken
                self._pause()
            elif self.heart.is_due:
                self.heart.beat()

    def _change_pace(self) -> None:
        if self.ear.tempo.waits:
            self._pause()
            return
        self.heart.time_anew()
        slow = self.ear.tempo.mode == Do.SLOW
        self.heart.beat(state=State.TRAINING, message="In slow motion: a step each second." if slow else "")

    def _pause(self) -> None:
        """Saves, so that a run which is killed while it is paused is what it was."""
        if not self.keeper.is_saved:
            self.save()
        self.heart.beat(state=State.PAUSED, message="Paused between two lessons.")

    def _wait(self) -> None:
        time.sleep(LOOK_SECONDS)
        if self.ear.tempo.is_forgotten:
            self.heart.forget()
        elif self.heart.is_due:
            self.heart.time_anew()
            self.heart.beat()

    def _keep(self, before: int) -> None:
        """Draws, measures and saves what the step since `before` images made due."""
        config = self.run.config
        if self._crossed(before, config.sample_every):
            self.keep_grid()
        if config.measure_every and self._crossed(before, config.measure_every):
            self.measure()
        self.keeper.keep_moment(before)
        if self._crossed(before, config.checkpoint_every):  # last: a run killed before it does all this again
            self.team.check_agreement(self.trainer.state_dict())
            self.save()

    def _begin(self, head_start: HeadStart | None, target_images: int, device: torch.device) -> None:
        """Goes back to where this run came to, or to where it starts from, and sees to the first grid."""
        seconds = self.keeper.restore(device, self.past.may_differ)
        for sentence in self.past.remember(self.trainer.images_seen):
            print(sentence, flush=True)
        if seconds is not None:
            self.heart.note(seconds=seconds)
        if head_start:
            goes_on = head_start.goes_on(self.run.config, len(self.keeper.pictures))
            check_goal(head_start, goes_on, target_images)
            load_head_start(self.trainer, head_start, goes_on)
            if goes_on:
                self.heart.note(seconds=take_past(head_start, self.run))
            print(said(head_start, goes_on), flush=True)
        share_state(self.team, self.trainer)
        drawn = self.run.grids()
        if self.trainer.images_seen and (not drawn or (head_start and drawn[-1] < self.trainer.images_seen)):
            self.keeper.keep_grid()  # it goes on from where another one came to
        elif not self.trainer.images_seen and not self.run.verdicts_path.exists():
            # Another one with its weights: on the CPU, and by the statistics of what this process draws alone.
            scribbler = new_generator(self.run.config)
            scribbler.load_state_dict(self.trainer.generator.state_dict())
            self.keeper.keep_first(scribbler)

    def _finish(self, target_images: int, device: torch.device) -> Status:
        self.team.check_agreement(self.trainer.state_dict())
        reached = self.trainer.images_seen >= target_images
        if not self.keeper.is_saved:
            self.keep_grid()
            if self.run.config.measure_every and reached and not self.heart.asked_to_stop():
                self.measure()
            self.save()
        images, seconds = self.trainer.images_seen - self.first_images, time.monotonic() - self.began_at
        if images and not (self.heart.speed and self.heart.speed.seconds):  # it ended before its speed was known
            self.heart.note(images_per_second=images / max(seconds, 1e-9))
        # A pace is kept for those who are going to train by one process.
        if self.team.size == 1 and not self.ear.tempo.was_asked and (pace := self.costs.pace(images, seconds)):
            note(self.run, pace, device)
        return self._obey(State.FINISHED if reached else State.STOPPED)

    def _described(self, device: torch.device) -> str:
        shared = f", {self.team.size} processes" if self.team.size > 1 else ""
        return devices.describe(device) + shared

    def _obey(self, state: State, message: str = "") -> Status:
        if state == State.STOPPED:
            message = " ".join([message, f"Stopped by {self.heart.who_asked()}."]).strip()
        self.run.stop_path.unlink(missing_ok=True)
        self.heart.beat(state=state, message=message)
        return self.heart.status

    def keep_grid(self) -> None:
        with self.costs.of("grid"):
            self.keeper.keep_grid()

    def save(self) -> None:
        with self.costs.of("checkpoint"):
            self.keeper.save(self.heart.status, self._quality())

    def _crossed(self, before: int, every: int) -> bool:
        return self.trainer.images_seen // every > before // every

    def measure(self) -> None:
        """How close to real pictures the averaged generator is now; the best one is kept beside the last."""
        try:
            with self.costs.of("judged", self.judge.looks_at):
                best = self.judge.judge(self.trainer.average, self.trainer.images_seen)
        except Stopped:
            return  # the loop will see it, too
        except ForgerError as error:
            print(f"Not measured: {error}", flush=True)
            return
        finally:
            self.heart.beat(message="")
        if best:
            self.keeper.save_generator(self.run.best_folder, self.heart.status, self._quality())

    def _quality(self) -> dict[str, Any] | None:
        """What was measured of the generator as it is now."""
        figures = self.judge.figures
        return figures if figures.get("images") == self.trainer.images_seen else None
