"""Pictures that a visitor uploads: a ZIP kept under the hash of its content, so that the same one is kept once."""

import hashlib
import re
import shutil
from pathlib import Path
from typing import BinaryIO

from gan.data.store import cache_root
from gan.errors import ForgerError
from gan.paths import write_atomically


def keep_upload(file: BinaryIO, name: str) -> Path:
    """Copies an uploaded ZIP to the data folder and returns where it lies: its own name and a hash.

    Raises ForgerError on a full disk.
    """
    digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    label = re.sub(r"[^a-z0-9]+", "-", Path(name).stem.lower()).strip("-")[:40] or "pictures"
    path = cache_root() / "uploads" / f"{label}-{digest}.zip"
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ForgerError(f"Uploads cannot be kept in {path.parent}: {error.strerror}.") from error
        file.seek(0)

        def write(temporary: Path) -> None:
            with temporary.open("wb") as copy:
                shutil.copyfileobj(file, copy)

        write_atomically(path, write)
    return path
