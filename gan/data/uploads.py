"""Pictures that a visitor uploads: a ZIP kept under the hash of its content, so that the same one is kept once."""

import hashlib
import shutil
from contextlib import suppress
from io import BufferedReader, BytesIO
from pathlib import Path

from gan import permits
from gan.data.archive import open_zip
from gan.data.files import MAX_FILE_BYTES
from gan.data.room import limit_bytes
from gan.errors import ForgerError
from gan.paths import cache_root, elsewhere, make_folder, slug, write_atomically
from gan.permits import Permit

QUOTA_BYTES = 8 * 2**30
FREE_BYTES = 2**30  # what a disk keeps for runs, whatever is uploaded


def keep_upload(permit: Permit, file: BytesIO | BufferedReader, name: str) -> Path:
    """Copies an uploaded ZIP to the data folder and returns where it lies: its own name and a hash.

    Raises ForgerError for what `open_zip` refuses, where the room for uploads is used up, and on a full disk; then
    nothing is kept.
    """
    permits.check(permit)
    open_zip(file, f"“{Path(name).name[:60]}”", MAX_FILE_BYTES).close()
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    path = cache_root() / "uploads" / f"{slug(Path(name).stem)}-{digest}.zip"
    if not path.exists():
        _check_room(make_folder(path.parent), file.seek(0, 2))
        file.seek(0)

        def write(temporary: Path) -> None:
            with temporary.open("wb") as copy:
                shutil.copyfileobj(file, copy)

        write_atomically(path, write)
    return path


def forget_upload(path: Path) -> None:
    """Deletes an upload of which nothing can be learned; a file that lies anywhere else is its owner's."""
    if path.parent == cache_root() / "uploads":
        with suppress(OSError):
            path.unlink()


def _check_room(folder: Path, size: int) -> None:
    """Raises ForgerError where so many bytes more would be too many for all uploads, or for the disk."""
    kept = sum(path.stat().st_size for path in folder.glob("*.zip"))
    allowed = min(QUOTA_BYTES, limit_bytes())
    if kept + size > allowed:
        raise ForgerError(
            f"Uploads may take {allowed / 2**30:.3g} GB here, and {kept / 2**30:.1f} GB are taken. Who runs this "
            "server can make room: under “Room on the disk” on Train, or by `python -m gan data --list` and `--delete`."
        )
    if shutil.disk_usage(folder).free < size + FREE_BYTES:
        raise ForgerError("The disk of this server is nearly full, so nothing can be uploaded." + elsewhere(folder))
