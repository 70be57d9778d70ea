"""Pictures that a visitor uploads: a ZIP kept under the hash of its content, so that the same one is kept once."""

import hashlib
import shutil
from io import BufferedReader, BytesIO
from pathlib import Path

from gan.data.store import cache_root
from gan.paths import make_folder, slug, write_atomically


def keep_upload(file: BytesIO | BufferedReader, name: str) -> Path:
    """Copies an uploaded ZIP to the data folder and returns where it lies: its own name and a hash.

    Raises ForgerError on a full disk.
    """
    digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    path = cache_root() / "uploads" / f"{slug(Path(name).stem)}-{digest}.zip"
    if not path.exists():
        make_folder(path.parent)
        file.seek(0)

        def write(temporary: Path) -> None:
            with temporary.open("wb") as copy:
                shutil.copyfileobj(file, copy)

        write_atomically(path, write)
    return path
