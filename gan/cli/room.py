"""The command `data`: what is kept of data sets, listed and deleted; or one of them prepared."""

import argparse
import json
import math
import time

from gan.cli.commands import BY_COMMAND, prepare_data
from gan.errors import ForgerError
from gan.paths import cache_root


def data(request: argparse.Namespace) -> int:
    """Lists, deletes or prepares, whichever was asked for."""
    if request.list:
        return _list(request)
    if request.delete:
        return _delete(request)
    if request.source is None:
        raise ForgerError("Say which pictures to prepare, or --list, or --delete NAME; see python -m gan data --help.")
    return prepare_data(request)


def _list(request: argparse.Namespace) -> int:
    from gan import runs
    from gan.data import room
    from gan.runs import needs

    kept, all_runs = room.listing(), runs.list_runs()
    needed = {one.name: [run.name for run in needs.needed_by(one, all_runs)] for one in kept}
    if request.json:
        rows = [
            {
                "name": one.name, "what": one.what, "bytes": one.size, "last_used": one.used,
                "sources": one.sources, "resolution": one.resolution, "runs": needed[one.name],
                "comes_back": one.comes_back, "path": str(one.path),
            }
            for one in kept
        ]  # fmt: skip
        print(json.dumps(rows, indent=1))
        return 0
    for one in kept:
        used = time.strftime("%Y-%m-%d %H:%M", time.localtime(one.used))
        size = f"{one.size / 2**20:,.1f} MB"
        pixels = f", {one.resolution} px" if one.resolution else ""
        back = ", made again when needed" if one.comes_back and one.what == room.What.ARRAY else ""
        print(f"{one.name}\n  {size}, {one.what}{pixels}, last used {used}{back}")
        # Whole paths: two folders of one name are two data sets.
        for source in one.sources if one.what == room.What.ARRAY else ():
            print(f"  of {source}")
        if needed[one.name]:
            print(f"  needed by {needs.in_words(needed[one.name])}")
    taken, limit = sum(one.size for one in kept), room.limit_bytes()
    most = "" if math.isinf(limit) else f" of {limit / room.GB:g} GB (FORGER_DATA_GB)"
    print(f"{taken / room.GB:.2f} GB{most} in {cache_root()}")
    return 0


def _delete(request: argparse.Namespace) -> int:
    from gan.runs import needs

    for kept in [needs.find(name) for name in dict.fromkeys(request.delete)]:  # all are there, or none is deleted
        needs.delete(BY_COMMAND, kept, request.force)
        print(f"Deleted: {kept.name} ({kept.size / 2**20:,.1f} MB).")
    return 0
