"""What the cached array of a source is called: a name that changes when the source's pictures do."""

import hashlib
from contextlib import suppress
from pathlib import Path

from gan.data.own.archive import directory
from gan.data.own.files import folder_listing
from gan.paths import slug


def drawn_key(name: str, count: int) -> str:
    """For so many pictures of a drawn set. The drawing code is part of it, so what it draws is never out of date."""
    code = [path.read_bytes() for path in sorted((Path(__file__).parent / "drawn").glob("*.py"))]
    return f"{name}-{_digest(*code, str(count).encode())}"


def folder_key(folder: Path) -> str:
    """For a folder: by its path and the names, sizes and times of its files, none of which is opened."""
    parts = [bytes(folder)]
    for name, file in folder_listing(folder):
        try:
            status = file.stat()
        except OSError:  # a link to nowhere: read_pictures will count it
            continue
        parts += [name.encode(errors="surrogateescape"), f"{status.st_size} {status.st_mtime_ns}".encode()]
    return f"{slug(folder.name)}-{_digest(*parts)}"


def zip_key(path: Path) -> str:
    """For a ZIP: by its size and its list of members, which has their names, sizes and CRC-32s. So one that was
    touched, moved, copied or renamed is the same, and of a large one little is read."""
    size, tail = 0, bytes(path)
    with suppress(OSError):  # whoever opens it will say why
        if path.is_file():  # opening a pipe would wait for ever
            size, tail = directory(path)
    return f"zip-{_digest(str(size).encode(), tail)}"


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()[:16]
