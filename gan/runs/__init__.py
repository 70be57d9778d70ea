"""Trainings: each a folder, which is the only thing that its trainer and its viewers share."""

from gan.runs.shelf import active_run, create, damaged, delete, find_run, free_name, list_runs, rename, summary
from gan.runs.start import check_processes, check_turns, claim, request_stop, resume, start_new, stop_and_wait

__all__ = [
    "active_run", "check_processes", "check_turns", "claim", "create", "damaged", "delete", "find_run", "free_name",
    "list_runs", "rename", "request_stop", "resume", "start_new", "stop_and_wait", "summary",
]  # fmt: skip
