"""Known sets against a small server on this machine that answers as the Hub and the Oxford server do."""

import errno
import hashlib
import io
import re
import socket
import tarfile
import threading
from collections import Counter
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import filelock
import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from PIL import Image

from gan.data import download, known
from gan.data.download import HubFile, WebFile, fetch_files
from gan.errors import ForgerError
from gan.permits import issue

PERMIT = issue("a test")

RED, BLUE, GREEN = (220, 20, 20), (20, 20, 220), (20, 200, 20)


class Server(ThreadingHTTPServer):
    """Serves `files` as they are, and `hub` files with the redirect to storage that the Hub gives."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.hub: dict[str, bytes] = {}
        self.requests: list[tuple[str, str, str | None]] = []  # method, path, Range
        self.ranges = True
        self.break_after: int | None = None  # bytes of a body, then the connection closes
        self.status = 0
        self.encoding = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # clients that go away are part of these tests


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        asked = self.headers.get("Range")
        self.server.requests.append((self.command, self.path, asked))
        if self.server.status:
            return self.send_error(self.server.status)
        if (data := self.server.hub.get(self.path)) is not None:
            sha256 = hashlib.sha256(data).hexdigest()
            self.server.files[f"/storage/{sha256}"] = data
            self.send_response(302)
            # Another host than the Hub's own, as there.
            self.send_header("Location", f"http://localhost:{self.server.server_port}/storage/{sha256}")
            self.send_header("X-Repo-Commit", "6983c553da3dcadd659953db9c925e7febeac88f")
            self.send_header("X-Linked-Etag", f'"{sha256}"')
            self.send_header("X-Linked-Size", str(len(data)))
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if self.path.startswith("/storage/") and not body:
            return self.send_error(403)  # signed for GET only
        if (data := self.server.files.get(self.path)) is None:
            return self.send_error(404)
        start = 0
        if asked and self.server.ranges:
            start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1])
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(data) - start))
        if self.server.encoding:
            self.send_header("Content-Encoding", self.server.encoding)
        self.end_headers()
        if body:
            end = len(data) if self.server.break_after is None else start + self.server.break_after
            self.wfile.write(data[start:end])

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch, tmp_path):
    monkeypatch.setenv("FORGER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with Server() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def oxford(server, monkeypatch):
    """The Oxford set in its own layout, smaller: `oxford` is the server."""
    archives = {"annotations.tar.gz": oxford_annotations(), "images.tar.gz": oxford_images()}
    for name, data in archives.items():
        server.files[f"/{name}"] = data
    files = tuple(web_file(server, name, data) for name, data in archives.items())
    monkeypatch.setitem(known.KNOWN, "oxford-pet-cats", replace(known.KNOWN["oxford-pet-cats"], files=files))
    return server


def web_file(server: Server, name: str, data: bytes) -> WebFile:
    return WebFile(name, f"{server.url}/{name}", len(data), hashlib.sha256(data).hexdigest())


def jpeg(color, size=(178, 218), box=None, box_color=RED) -> bytes:
    image = Image.new("RGB", size, color)
    if box:
        image.paste(box_color, box)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, subsampling=0)
    return out.getvalue()


def tar_gz(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def oxford_xml(name: str, animal: str, box: tuple[int, int, int, int]) -> bytes:
    sides = "".join(f"<{k}>{v}</{k}>" for k, v in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True))
    return (
        f"<annotation><folder>OXIIIT</folder><filename>{name}.jpg</filename>"
        "<size><width>600</width><height>400</height><depth>3</depth></size><segmented>0</segmented>"
        f"<object><name>{animal}</name><pose>Frontal</pose><truncated>0</truncated><occluded>0</occluded>"
        f"<bndbox>{sides}</bndbox><difficult>0</difficult></object></annotation>\n"
    ).encode()


MIDDLE_HEAD, CORNER_HEAD, TALL_HEAD = (250, 120, 350, 200), (500, 0, 600, 100), (50, 10, 150, 390)


def oxford_annotations() -> bytes:
    xmls = {
        "Abyssinian_1": ("cat", MIDDLE_HEAD),
        "Bengal_2": ("cat", CORNER_HEAD),
        "Sphynx_3": ("cat", TALL_HEAD),
        "Birman_4": ("cat", MIDDLE_HEAD),  # its picture is broken
        "beagle_1": ("dog", MIDDLE_HEAD),
    }
    members = {f"annotations/xmls/{name}.xml": oxford_xml(name, *rest) for name, rest in xmls.items()}
    return tar_gz({"annotations/README": b"x", "annotations/xmls/._Bengal_2.xml": b"\0\5\26"} | members)


def oxford_images() -> bytes:
    return tar_gz(
        {
            "images/Abyssinian_1.jpg": jpeg(BLUE, (600, 400), MIDDLE_HEAD),
            "images/Abyssinian_1.mat": b"MATLAB 5.0 MAT-file",
            "images/beagle_1.jpg": jpeg(GREEN, (600, 400)),
            "images/Bengal_2.jpg": jpeg(BLUE, (600, 400), CORNER_HEAD),
            "images/Birman_4.jpg": jpeg(BLUE, (600, 400))[:300],
            "images/Bombay_5.jpg": jpeg(GREEN, (600, 400)),  # of the half that has no head boxes
            "images/Sphynx_3.jpg": jpeg(BLUE, (200, 400), TALL_HEAD),
        }
    )


def parquet(pictures: list[bytes], labels: list[int] | None = None) -> bytes:
    columns = {"image": [{"bytes": data, "path": f"{i:06d}.jpg"} for i, data in enumerate(pictures, 1)]}
    if labels is not None:
        columns["label"] = labels
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), out)
    return out.getvalue()


def put_on_hub(server: Server, name: str, shards: list[bytes]) -> None:
    for file, data in zip(known.KNOWN[name].files, shards, strict=True):
        server.hub[f"/datasets/{file.repository}/resolve/{file.revision}/{file.path}"] = data


def red(picture: np.ndarray) -> np.ndarray:
    """Which pixels of a red-on-blue picture are red: bool (R, R)."""
    return picture[..., 0] > picture[..., 2]


def partial_of(file: WebFile) -> Path:
    return known.KNOWN["oxford-pet-cats"].folder / f"{file.name}.{file.sha256[:12]}.part"


# --- what is said before a download


@pytest.mark.parametrize("name", ["celeba", "afhq-cats", "oxford-pet-cats"])
def test_notice_says_whose_it_is_the_terms_and_the_size(name):
    item = known.KNOWN[name]
    assert item.name == name
    for part in (item.title, item.authors, item.terms, item.homepage, f"{item.megabytes:,} MB"):
        assert part in item.notice
    assert "non-commercial" in item.terms or "Creative Commons" in item.terms


def test_nothing_is_downloaded_unless_asked(server):
    assert not any(known.is_fetched(name) for name in known.KNOWN)
    with pytest.raises(ForgerError, match="CelebA is not on this computer yet"):
        next(known.pictures("celeba", 16))
    assert server.requests == []


def test_unknown_name_lists_the_known_ones(server):
    for call in (lambda name: known.fetch(PERMIT, name), known.is_fetched, lambda name: next(known.pictures(name, 16))):
        with pytest.raises(ForgerError, match=r"'imagenet'.* celeba, afhq-cats, oxford-pet-cats"):
            call("imagenet")


# --- the sets, whole


def test_oxford_cats_are_cut_to_the_annotated_head(oxford):
    known.fetch(PERMIT, "oxford-pet-cats")
    assert known.is_fetched("oxford-pet-cats")
    skipped = Counter()
    middle, corner, tall = known.pictures("oxford-pet-cats", 64, skipped)
    assert skipped == {"broken picture": 1}
    assert middle.shape == (64, 64, 3) and middle.dtype == np.uint8

    # 100 x 80 with 15 on each side: a square of 130 around (300, 160).
    expected = np.zeros((64, 64), bool)
    expected[round(25 / 130 * 64) : round(105 / 130 * 64), round(15 / 130 * 64) : round(115 / 130 * 64)] = True
    assert (red(middle) != expected).mean() < 0.01

    # The head in the corner: the square is moved inside, so the head touches the corner and no bars appear.
    rows, columns = np.nonzero(red(corner))
    assert (rows.min(), columns.max()) == (0, 63)
    assert red(corner).mean() == pytest.approx((100 / 130) ** 2, abs=0.02)

    # A head of 100 x 380 in a picture of 200 x 400: the square can be no wider than the picture.
    assert red(tall).mean() == pytest.approx(0.5, abs=0.02)


def test_celeba_is_cut_to_148_around_the_face(server):
    left, top, right, bottom = 15, 43, 163, 191
    assert ((left + right) / 2, (top + bottom) / 2, right - left) == (89, 117, 148)
    frame = jpeg(BLUE, box=(left, top, right, bottom))
    put_on_hub(server, "celeba", [parquet([frame, jpeg(RED)]), parquet([jpeg(BLUE)]), parquet([frame])])
    known.fetch(PERMIT, "celeba")
    assert next(known.pictures("celeba", 32)).shape == (32, 32, 3)
    found = list(known.pictures("celeba", 148))  # not resized: one pixel beside would show
    assert [red(picture).mean() for picture in found] == [1, 1, 0, 1]


def test_afhq_gives_whole_cats_and_nothing_else(server):
    half = jpeg(BLUE, (512, 512), (0, 0, 512, 256))
    shards = [parquet([half, jpeg(GREEN), half], [0, 1, 0]), parquet([jpeg(GREEN)] * 2, [2, 1])]
    put_on_hub(server, "afhq-cats", shards)
    known.fetch(PERMIT, "afhq-cats")
    found = list(known.pictures("afhq-cats", 64))
    assert len(found) == 2
    for picture in found:
        assert picture.shape == (64, 64, 3) and picture.dtype == np.uint8
        assert red(picture)[:31].all() and not red(picture)[33:].any()


def test_fetched_set_is_not_asked_for_again(oxford):
    known.fetch(PERMIT, "oxford-pet-cats")
    oxford.requests.clear()
    known.fetch(PERMIT, "oxford-pet-cats")
    assert oxford.requests == []


def test_damaged_files_are_named(oxford):
    known.fetch(PERMIT, "oxford-pet-cats")
    folder = known.KNOWN["oxford-pet-cats"].folder
    (folder / "images.tar.gz").write_bytes(oxford_images()[:-400])
    with pytest.raises(ForgerError, match=f"are damaged. Delete “{folder}"):
        list(known.pictures("oxford-pet-cats", 16))


def test_damaged_parquet_is_named(server):
    put_on_hub(server, "celeba", [parquet([jpeg(RED)])] * 3)
    known.fetch(PERMIT, "celeba")
    (known.KNOWN["celeba"].folder / "train-00000-of-00003.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(ForgerError, match="The files of CelebA are damaged"):
        list(known.pictures("celeba", 16))


# --- progress, and going on


def test_progress_grows_over_all_files_up_to_the_total(oxford, monkeypatch):
    monkeypatch.setattr(download, "CHUNK_BYTES", 200)
    total = sum(file.size for file in known.KNOWN["oxford-pet-cats"].files)
    heard = []
    known.fetch(PERMIT, "oxford-pet-cats", lambda done, of: heard.append((done, of)))
    assert {of for _, of in heard} == {total}
    done = [done for done, _ in heard]
    assert done == sorted(done) and done[0] == 0 and done[-1] == total and len(done) > 10


def test_broken_connection_is_resumed_where_it_stopped(oxford):
    images = known.KNOWN["oxford-pet-cats"].files[1]
    oxford.break_after = images.size // 3
    annotations = known.KNOWN["oxford-pet-cats"].files[0]
    assert annotations.size < oxford.break_after
    with pytest.raises(ForgerError, match=r"broke off.*nothing is lost, the download goes on where it stopped"):
        known.fetch(PERMIT, "oxford-pet-cats")
    assert partial_of(images).stat().st_size == oxford.break_after
    assert not known.is_fetched("oxford-pet-cats")

    stopped, oxford.break_after = oxford.break_after, None
    oxford.requests.clear()
    heard = []
    known.fetch(PERMIT, "oxford-pet-cats", lambda done, of: heard.append(done))
    assert oxford.requests == [("GET", "/images.tar.gz", f"bytes={stopped}-")]
    assert heard[0] == annotations.size + stopped and heard[-1] == annotations.size + images.size
    assert not partial_of(images).exists()
    assert len(list(known.pictures("oxford-pet-cats", 16))) == 3


def test_hub_download_is_resumed_too(server):
    shards = [parquet([jpeg(RED, (178 + i, 218))] * 20) for i in range(3)]
    put_on_hub(server, "celeba", shards)
    server.break_after = len(shards[0]) // 2
    with pytest.raises(ForgerError, match=r"CelebA could not be fetched: the connection to 127.0.0.1 broke off"):
        known.fetch(PERMIT, "celeba")
    server.break_after = None
    server.requests.clear()
    known.fetch(PERMIT, "celeba")
    ranges = [asked for method, path, asked in server.requests if method == "GET" and "/resolve/" in path]
    assert ranges == [f"bytes={len(shards[0]) // 2}-", None, None]
    folder = known.KNOWN["celeba"].folder
    assert [path.read_bytes() for path in sorted(folder.glob("*.parquet"))] == shards


def test_stopped_by_the_caller_is_resumed(oxford, monkeypatch):
    monkeypatch.setattr(download, "CHUNK_BYTES", 200)

    def stop(done: int, total: int) -> None:
        if done > total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        known.fetch(PERMIT, "oxford-pet-cats", stop)
    oxford.requests.clear()
    known.fetch(PERMIT, "oxford-pet-cats")
    assert oxford.requests[0][2] is not None
    assert known.is_fetched("oxford-pet-cats")


def test_server_without_ranges_is_asked_again_from_the_start(oxford):
    images = known.KNOWN["oxford-pet-cats"].files[1]
    partial_of(images).parent.mkdir(parents=True)
    partial_of(images).write_bytes(oxford_images()[:500])
    oxford.ranges = False
    known.fetch(PERMIT, "oxford-pet-cats")
    assert (partial_of(images).parent / images.name).read_bytes() == oxford.files["/images.tar.gz"]


def test_rest_of_another_version_is_not_continued(server, tmp_path):
    older, newer = b"older" * 100, b"newer" * 100
    server.files["/a.bin"], server.break_after = older, 50
    with pytest.raises(ForgerError, match="broke off"):
        fetch_files("A", [web_file(server, "a.bin", older)], tmp_path)
    server.files["/a.bin"], server.break_after = newer, None
    fetch_files("A", [web_file(server, "a.bin", newer)], tmp_path)
    assert (tmp_path / "a.bin").read_bytes() == newer
    assert [asked for _, _, asked in server.requests] == [None, None]


def test_gzip_declared_as_an_encoding_is_kept_packed(oxford):
    oxford.encoding = "gzip"
    known.fetch(PERMIT, "oxford-pet-cats")
    assert known.is_fetched("oxford-pet-cats")


# --- what goes wrong


def test_wrong_checksum_removes_the_file(oxford):
    images = known.KNOWN["oxford-pet-cats"].files[1]
    data = oxford.files["/images.tar.gz"]
    oxford.files["/images.tar.gz"] = data[:-1] + bytes([data[-1] ^ 1])
    with pytest.raises(ForgerError, match=r"images.tar.gz arrived damaged .its checksum is wrong"):
        known.fetch(PERMIT, "oxford-pet-cats")
    assert not partial_of(images).exists() and not known.is_fetched("oxford-pet-cats")

    oxford.files["/images.tar.gz"] = data
    known.fetch(PERMIT, "oxford-pet-cats")
    assert known.is_fetched("oxford-pet-cats")


@pytest.mark.parametrize("name", ["celeba", "afhq-cats", "oxford-pet-cats"])
def test_off_line_is_said_plainly(server, monkeypatch, name):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    monkeypatch.setenv("HF_ENDPOINT", nowhere)
    if name == "oxford-pet-cats":
        files = tuple(replace(file, url=f"{nowhere}/{file.name}", size=9) for file in known.KNOWN[name].files)
        monkeypatch.setitem(known.KNOWN, name, replace(known.KNOWN[name], files=files))
    with pytest.raises(ForgerError) as error:
        known.fetch(PERMIT, name)
    assert str(error.value) == (
        f"{known.KNOWN[name].title} could not be fetched: there is no connection to 127.0.0.1. "
        "Check the connection and try again; nothing is lost, the download goes on where it stopped."
    )


@pytest.mark.parametrize("name", ["celeba", "oxford-pet-cats"])
def test_refusal_of_the_server_is_named(oxford, name):
    oxford.status = 503
    with pytest.raises(ForgerError, match=r"127.0.0.1 answered “503 Service Unavailable”"):
        known.fetch(PERMIT, name)


def test_log_in_page_is_not_kept(oxford):
    oxford.files["/annotations.tar.gz"] = b"<html>Welcome! Please log in.</html>"
    with pytest.raises(ForgerError, match="sent something else than the data"):
        known.fetch(PERMIT, "oxford-pet-cats")
    assert list(known.KNOWN["oxford-pet-cats"].folder.glob("*.part")) == []


def test_log_in_page_in_place_of_the_hub(server):
    for file in known.KNOWN["celeba"].files:
        server.files[f"/datasets/{file.repository}/resolve/{file.revision}/{file.path}"] = b"<html></html>"
    with pytest.raises(ForgerError, match="sent something else than the data"):
        known.fetch(PERMIT, "celeba")


def test_too_little_room_is_said_before_the_download(oxford, monkeypatch):
    usage = download.shutil.disk_usage("/")._replace(free=10)
    monkeypatch.setattr(download.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ForgerError, match="the disk has only 0 MB left"):
        known.fetch(PERMIT, "oxford-pet-cats")
    assert oxford.requests == []


def test_full_disk_keeps_what_arrived(oxford, monkeypatch):
    monkeypatch.setattr(download, "CHUNK_BYTES", 200)

    def fill(done: int, total: int) -> None:
        if done > total // 2:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ForgerError, match=r"the disk is full. What has arrived is kept"):
        known.fetch(PERMIT, "oxford-pet-cats", fill)
    assert any(known.KNOWN["oxford-pet-cats"].folder.glob("*.part"))


def test_folder_that_cannot_be_made(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FORGER_DATA", str(tmp_path / "file"))
    with pytest.raises(ForgerError, match="cannot be written"):
        known.fetch(PERMIT, "celeba")


def test_second_fetch_at_the_same_time_is_refused(oxford):
    folder = known.KNOWN["oxford-pet-cats"].folder
    folder.mkdir(parents=True)
    with (
        filelock.FileLock(folder / "fetch.lock"),
        pytest.raises(ForgerError, match="is being fetched already"),
    ):
        known.fetch(PERMIT, "oxford-pet-cats")
    assert oxford.requests == []


def test_address_on_the_hub(monkeypatch):
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    file = HubFile("huggan/AFHQ", "main", "data/train-00000-of-00002.parquet")
    address = "https://huggingface.co/datasets/huggan/AFHQ/resolve/main/data/train-00000-of-00002.parquet"
    assert (file.name, file.url) == ("train-00000-of-00002.parquet", address)


def test_files_of_several_kinds_in_one_call(server, tmp_path):
    server.files["/a.bin"], server.hub["/datasets/o/r/resolve/main/b.bin"] = b"aaa", b"bb"
    files = [web_file(server, "a.bin", b"aaa"), HubFile("o/r", "main", "b.bin")]
    heard = []
    fetch_files("Both", files, tmp_path / "both", lambda *progress: heard.append(progress))
    assert heard[-1] == (5, 5)
    assert (tmp_path / "both" / "b.bin").read_bytes() == b"bb"
