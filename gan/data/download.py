"""Large files over HTTP: with progress, continued where an earlier attempt stopped, kept only if checked."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

import filelock
import requests
import urllib3

from gan.errors import ForgerError
from gan.paths import elsewhere, no_lock
from gan.progress import Progress, ignore

CHUNK_BYTES = 2**20
TIMEOUT = (10, 60)  # seconds to connect, and without a single byte
# The checksum is of the bytes as stored: no server may pack them on the way.
PLAIN = {"Accept-Encoding": "identity"}


@dataclass(frozen=True)
class WebFile:
    """A file on the web whose size (bytes) and SHA-256 (hexadecimal) are known."""

    name: str
    url: str
    size: int
    sha256: str


@dataclass(frozen=True)
class HubFile:
    """A large file of a data set on the Hugging Face Hub, which itself knows the size and the SHA-256.

    Fetched by plain HTTP, because huggingface_hub (1.31 and 2.4, for two) throws away what an interrupted
    download had already got (huggingface/huggingface_hub issue 4196, pull request 4228).
    """

    repository: str
    revision: str
    path: str

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name

    @property
    def url(self) -> str:
        # The Hub's own client knows this variable too: some schools and countries reach the Hub by a mirror.
        hub = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
        return f"{hub.rstrip('/')}/datasets/{self.repository}/resolve/{self.revision}/{quote(self.path)}"


def fetch_files(title: str, files: Sequence[WebFile | HubFile], folder: Path, progress: Progress = ignore) -> None:
    """Downloads what is missing of `files` into `folder`, under their names.

    `progress` hears (bytes there, bytes in all) over all files, first of all what earlier attempts left. A
    file gets its name only when its SHA-256 fits; until then it lies beside it as `.part`, and is kept so
    when the download breaks off (or `progress` raises), for the next call to go on with.

    Raises ForgerError, naming `title`, if there is no connection or it breaks off, if the server refuses, if
    a file is not what its checksum says (it is removed), if the disk is full or not writable, and if another
    process is fetching into the same folder.
    """
    if are_fetched(files, folder):
        return
    with _plain_disk_errors(title, folder), _only_one(title, folder):
        wanted = [_locate(title, file) for file in files if not (folder / file.name).exists()]
        there = sum((folder / file.name).stat().st_size for file in files if (folder / file.name).exists())
        total = there + sum(file.size for file in wanted)
        done = there + sum(_size(_partial(file, folder)) for file in wanted)
        _need_room(title, total - done, folder)
        for file in wanted:
            _download(title, file, folder, partial(_tell, progress, there, total))
            there += file.size


def _tell(progress: Progress, start: int, total: int, got: int) -> None:
    progress(start + got, total)


def are_fetched(files: Sequence[WebFile | HubFile], folder: Path) -> bool:
    """Whether all of `files` lie in `folder`, whole and checked."""
    return all((folder / file.name).exists() for file in files)


def _locate(title: str, file: WebFile | HubFile) -> WebFile:
    if isinstance(file, WebFile):
        return file
    with _plain_network_errors(title, file.url):
        answer = requests.head(file.url, headers=PLAIN, timeout=TIMEOUT, allow_redirects=True)
        # The Hub says these two where it sends us on to the storage, which may not answer a HEAD at all.
        for response in [*answer.history, answer]:
            sha256 = response.headers.get("X-Linked-Etag", "").strip('"')
            size = response.headers.get("X-Linked-Size", "")
            if len(sha256) == 64 and size.isdecimal():
                return WebFile(file.name, file.url, int(size), sha256)
        answer.raise_for_status()
    raise ForgerError(_not_the_file(title, file.url))


def _download(title: str, file: WebFile, folder: Path, progress: Callable[[int], object]) -> None:
    partial = _partial(file, folder)
    progress(_size(partial))
    if _size(partial) < file.size:
        with _plain_network_errors(title, file.url):
            _receive(title, file, partial, progress)
    with partial.open("rb") as received:
        sha256 = hashlib.file_digest(received, "sha256").hexdigest()
    if sha256 != file.sha256:
        partial.unlink()
        raise ForgerError(
            f"{title} could not be fetched: {file.name} arrived damaged (its checksum is wrong). "
            "The damaged file was removed; please try again."
        )
    partial.replace(folder / file.name)


def _receive(title: str, file: WebFile, partial: Path, progress: Callable[[int], object]) -> None:
    start = _size(partial)
    headers = PLAIN | ({"Range": f"bytes={start}-"} if start else {})
    with requests.get(file.url, headers=headers, timeout=TIMEOUT, stream=True) as response:
        response.raise_for_status()
        if response.status_code != requests.codes.partial_content:
            start = 0  # a server that knows no ranges sends everything again
        coming = f"bytes {start}-{file.size - 1}/{file.size}"
        # Judged before anything is written: the log-in page of a school's network must not land in the file.
        fits = response.headers.get("Content-Length") == str(file.size - start)
        if not fits or response.headers.get("Content-Range", coming) != coming:
            raise ForgerError(_not_the_file(title, file.url))
        with partial.open("ab" if start else "wb") as out:
            # Not iter_content: it would unpack a .gz that a server declares as an encoding.
            for chunk in response.raw.stream(CHUNK_BYTES, decode_content=False):
                out.write(chunk)
                progress(out.tell())


def _partial(file: WebFile, folder: Path) -> Path:
    # With the checksum in its name, so that what is left of an older version is never continued with a newer.
    return folder / f"{file.name}.{file.sha256[:12]}.part"


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _need_room(title: str, needed: int, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise ForgerError(
            f"{title} could not be fetched: it needs {needed / 1e6:,.0f} MB more, "
            f"and the disk has only {free / 1e6:,.0f} MB left.{elsewhere(folder)}"
        )


def _not_the_file(title: str, url: str) -> str:
    return (
        f"{title} could not be fetched: {urlsplit(url).hostname} sent something else than the data. "
        "Perhaps this network asks you to log in first, or the data set has moved."
    )


@contextmanager
def _only_one(title: str, folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(folder / "fetch.lock", timeout=0):
            yield
    except filelock.Timeout as error:
        raise ForgerError(f"{title} is being fetched already.") from error
    except NotImplementedError as error:  # other drives without locks say an OSError
        raise ForgerError(f"{title} could not be fetched: {no_lock(error, folder)}") from error


@contextmanager
def _plain_network_errors(title: str, url: str) -> Iterator[None]:
    host = urlsplit(url).hostname
    try:
        yield
    except requests.HTTPError as error:
        answer = "" if error.response is None else f"{error.response.status_code} {error.response.reason}".strip()
        raise ForgerError(
            f"{title} could not be fetched: {host} answered “{answer}”. Try again later; what has arrived is kept."
        ) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        if isinstance(error, requests.exceptions.SSLError):
            reason = f"there is no secure connection to {host}"
        elif isinstance(error, requests.ConnectionError):
            reason = f"there is no connection to {host}"
        else:
            reason = f"the connection to {host} broke off"
        raise ForgerError(
            f"{title} could not be fetched: {reason}. Check the connection and try again; nothing is lost, "
            "the download goes on where it stopped."
        ) from error


@contextmanager
def _plain_disk_errors(title: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            reason = f"the disk is full. What has arrived is kept in “{folder}”.{elsewhere(folder)}"
        else:
            reason = f"“{folder}” cannot be written: {no_lock(error, folder)}"
        raise ForgerError(f"{title} could not be fetched: {reason}") from error
