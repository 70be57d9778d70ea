"""Known data sets, downloaded only when asked: whose they are, their terms, where they lie, the cut."""

import tarfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

import numpy as np

from gan import permits
from gan.data.download import HubFile, WebFile, are_fetched, fetch_files
from gan.data.picture.decode import Box, Unusable, opened, square
from gan.data.store import cache_root
from gan.errors import ForgerError
from gan.permits import Permit
from gan.progress import Progress, ignore

Encoded = tuple[bytes, Box | None]  # a picture file, and the square to cut from it (None: all of it)

# 148 x 148 around (89, 117) of the aligned 178 x 218 frame: the face with its hair.
CELEBA_FACE: Box = (15, 43, 163, 191)
AFHQ_CAT = 0  # the labels are cat, dog, wild
HEAD_MARGIN = 0.15  # on each side of a head box, in parts of its longer side


@dataclass(frozen=True)
class KnownSet:
    """A public data set: everything a person should know before the download, and how to get and read it."""

    name: str
    title: str
    description: str
    authors: str
    terms: str
    homepage: str
    megabytes: int
    count: int
    files: tuple[WebFile | HubFile, ...]
    read: Callable[[Path], Iterator[Encoded]]

    @property
    def notice(self) -> str:
        """What to show before the download: what it is, whose it is, under which terms, how large."""
        return (
            f"{self.title}: {self.description} "
            f"About {self.count:,} pictures, a download of about {self.megabytes:,} MB.\n"
            f"By {self.authors}.\n"
            f"Terms: {self.terms}\n"
            f"More: {self.homepage}"
        )

    @property
    def folder(self) -> Path:
        """Where the downloaded files lie."""
        return cache_root() / "downloads" / self.name


def fetch(permit: Permit, name: str, progress: Progress = ignore) -> None:
    """Downloads a known set, or what is missing of it; `progress` hears (bytes there, bytes in all).

    Show `KNOWN[name].notice` first: whoever starts this accepts those terms. Calling again goes on where a
    download broke off. Raises ForgerError for an unknown name, and as `gan.data.download.fetch_files` says.
    """
    permits.check(permit)
    known = find(name)
    fetch_files(known.title, known.files, known.folder, progress)


def is_fetched(name: str) -> bool:
    """Whether the set lies on this disk, whole and checked. Raises ForgerError for an unknown name."""
    known = find(name)
    return are_fetched(known.files, known.folder)


def pictures(name: str, resolution: int, skipped: Counter[str] | None = None) -> Iterator[np.ndarray]:
    """Every picture of a fetched set in a fixed order: uint8 (resolution, resolution, 3).

    CelebA is cut to the face with its hair, Oxford-IIIT Pet to the cat's head with a margin; AFHQ is whole.
    A picture that cannot be decoded adds one to `skipped`. Nothing is unpacked to disk.

    Raises ForgerError for an unknown name, if the set was not fetched, and if its files are damaged.
    """
    known = find(name)
    if not is_fetched(name):
        raise ForgerError(
            f"{known.title} is not on this computer yet: fetch it first, on the Train page or with "
            f"`python -m gan data {name} --fetch`."
        )
    try:
        for data, box in known.read(known.folder):
            try:
                with opened(data) as image:
                    cut = image.crop(_inside(box, image.size)) if box else image
                    picture = square(cut, resolution)
            except Unusable as reason:
                if skipped is not None:
                    skipped[str(reason)] += 1
                continue
            yield picture
    # SyntaxError: XML that is none. ValueError: pyarrow's word for a Parquet file that is none.
    except (OSError, EOFError, zlib.error, tarfile.TarError, SyntaxError, ValueError, KeyError) as error:
        raise ForgerError(
            f"The files of {known.title} are damaged. Delete “{known.folder}” and fetch the set again."
        ) from error


def find(name: str) -> KnownSet:
    """The known set called `name`. Raises ForgerError, naming those there are, for an unknown one."""
    if name not in KNOWN:
        raise ForgerError(f"There is no known data set called {name!r}; there are {', '.join(KNOWN)}.")
    return KNOWN[name]


def _celeba(folder: Path) -> Iterator[Encoded]:
    for row in _parquet_rows(folder, ["image"]):
        yield row["image"]["bytes"], CELEBA_FACE


def _afhq_cats(folder: Path) -> Iterator[Encoded]:
    for row in _parquet_rows(folder, ["image", "label"]):
        if row["label"] == AFHQ_CAT:
            yield row["image"]["bytes"], None


def _parquet_rows(folder: Path, columns: list[str]) -> Iterator[dict]:
    import pyarrow.parquet  # slow to import, and needed only here

    for path in sorted(folder.glob("*.parquet")):
        # Mapped: read plainly, a file that is one row group would be in memory as a whole.
        with pyarrow.parquet.ParquetFile(path, memory_map=True) as file:
            for batch in file.iter_batches(batch_size=64, columns=columns):
                yield from batch.to_pylist()


def _oxford_cats(folder: Path) -> Iterator[Encoded]:
    heads = _cat_heads(folder / "annotations.tar.gz")
    with tarfile.open(folder / "images.tar.gz", "r|*") as archive:
        for member in archive:
            path = PurePosixPath(member.name)
            file = archive.extractfile(member)
            if file and path.suffix == ".jpg" and path.stem in heads:
                yield file.read(), heads[path.stem]


def _cat_heads(annotations: Path) -> dict[str, Box]:
    """Name of a picture -> the square around the cat's head. Only the training half was given head boxes."""
    heads = {}
    with tarfile.open(annotations, "r|*") as archive:
        for member in archive:
            path = PurePosixPath(member.name)
            # macOS left a "._" twin beside many of these files.
            file = archive.extractfile(member)
            if not file or path.suffix != ".xml" or path.name.startswith("."):
                continue
            animal = ElementTree.parse(file).find("object")
            if animal is not None and animal.findtext("name") == "cat":
                sides = (animal.findtext(f"bndbox/{side}", "") for side in ("xmin", "ymin", "xmax", "ymax"))
                heads[path.stem] = _with_margin(*map(int, sides))
    return heads


def _with_margin(left: int, top: int, right: int, bottom: int) -> Box:
    """The square around the middle of a box that leaves HEAD_MARGIN beside its longer side."""
    side = round(max(right - left, bottom - top) * (1 + 2 * HEAD_MARGIN))
    left, top = (left + right - side) // 2, (top + bottom - side) // 2
    return left, top, left + side, top + side


def _inside(box: Box, size: tuple[int, int]) -> Box:
    """The square moved into the picture, and made smaller only if the picture is: no bars at the edges."""
    side = min(box[2] - box[0], *size)
    left, top = (
        min(max((low + high - side) // 2, 0), length - side)
        for low, high, length in ((box[0], box[2], size[0]), (box[1], box[3], size[1]))
    )
    return left, top, left + side, top + side


_AFHQ_COMMIT = "6983c553da3dcadd659953db9c925e7febeac88f"
_SETS = (
    KnownSet(
        name="celeba",
        title="CelebA",
        description="Faces of celebrities, aligned by their eyes and cut with some hair.",
        authors="Z. Liu, P. Luo, X. Wang and X. Tang, “Deep Learning Face Attributes in the Wild”, ICCV 2015",
        terms=(
            "for non-commercial research only. The pictures come from the internet and belong to others: do "
            "not copy them on, publish them or sell them, nor use anything derived from them commercially."
        ),
        homepage="https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
        megabytes=1390,
        count=202_599,
        # The Hub, not torchvision, which asks Google Drive and meets its quota (pytorch/vision issue 8283).
        # This copy of 2022 has all 202,599 in 1.39 GB; the better known flwrlabs/celeba takes over 10 GB.
        # "main" for want of the full name of its last commit, so the SHA-256 is whatever the Hub states.
        files=tuple(
            HubFile("nielsr/CelebA-faces", "main", f"data/train-0000{shard}-of-00003.parquet") for shard in range(3)
        ),
        read=_celeba,
    ),
    KnownSet(
        name="afhq-cats",
        title="AFHQ cats",
        description="Cat heads, large and sharp, most of them looking at you.",
        authors=(
            "Y. Choi, Y. Uh, J. Yoo and J.-W. Ha, “StarGAN v2: Diverse Image Synthesis for Multiple Domains”, CVPR 2020"
        ),
        terms=(
            "Creative Commons BY-NC 4.0 (NAVER Corporation): for non-commercial use, with credit to the "
            "authors and a word on what was changed."
        ),
        homepage="https://github.com/clovaai/stargan-v2",
        megabytes=729,
        count=5_653,
        # The Hub: torchvision has no AFHQ, and the authors' own link is off (clovaai/stargan-v2 issue 167).
        # Cats, dogs and wild animals come together; size and labels are from this copy's dataset_infos.json.
        files=tuple(
            HubFile("huggan/AFHQ", _AFHQ_COMMIT, f"data/train-0000{shard}-of-00002.parquet") for shard in range(2)
        ),
        read=_afhq_cats,
    ),
    KnownSet(
        name="oxford-pet-cats",
        title="Oxford-IIIT Pet cats",
        description="Cats of twelve breeds, cut to the head.",
        authors="O. M. Parkhi, A. Vedaldi, A. Zisserman and C. V. Jawahar, “Cats and Dogs”, CVPR 2012",
        terms=(
            "Creative Commons BY-SA 4.0 for the data set, with credit to the authors; the copyright of each "
            "picture stays with its owner."
        ),
        homepage="https://www.robots.ox.ac.uk/~vgg/data/pets/",
        megabytes=811,
        count=1_200,  # 12 of 37 breeds are cats, and 3,680 pictures have a head box
        # The authors' own files, at the addresses that torchvision has; but its class cannot continue half a
        # download and does not read the head boxes. Size and SHA-256 from tensorflow/datasets,
        # oxford_iiit_pet/checksums.tsv.
        files=(
            WebFile(
                "annotations.tar.gz",
                "https://www.robots.ox.ac.uk/~vgg/data/pets/data/annotations.tar.gz",
                19_173_078,
                "52425fb6de5c424942b7626b428656fcbd798db970a937df61750c0f1d358e91",
            ),
            WebFile(
                "images.tar.gz",
                "https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz",
                791_918_971,
                "67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d",
            ),
        ),
        read=_oxford_cats,
    ),
)

KNOWN: dict[str, KnownSet] = {known.name: known for known in _SETS}
