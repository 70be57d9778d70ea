"""The sample grids of a run: sheets drawn from the same latents, each a JPEG named after the images seen."""

from pathlib import Path


def grid_path(folder: Path, images_seen: int) -> Path:
    """The file of the grid drawn after `images_seen` images."""
    return folder / f"{images_seen:010d}.jpg"


def list_grids(folder: Path) -> list[int]:
    """After how many images grids were drawn, rising."""
    return sorted(int(path.stem) for path in folder.glob("*.jpg") if path.stem.isdecimal())


def trim_grids(folder: Path, images_seen: int) -> None:
    """Forgets the grids after `images_seen`."""
    for images in list_grids(folder):
        if images > images_seen:
            grid_path(folder, images).unlink()


def nearest_grid(grids: list[int], images_seen: int) -> int:
    """Which of `grids` was drawn nearest to `images_seen`: a step rarely ends on a round number."""
    return min(grids, key=lambda images: abs(images - images_seen))


def nearest_grids(one: list[int], other: list[int], images_seen: int) -> tuple[int, int]:
    """Which grid of each of two runs to put side by side for `images_seen`, or for as many as both have seen: drawn
    after the same number of images, or nearly the same where there is no such pair nearby. Neither run may be without
    grids."""
    images_seen = min(images_seen, one[-1], other[-1])
    # Of the run that was drawn more rarely a few come into question; the other one has one near each of them.
    rarely, often = sorted((one, other), key=len)
    candidates = sorted(rarely, key=lambda images: abs(images - images_seen))[:4]
    pairs = [(images, nearest_grid(often, images)) for images in candidates]
    # That the two are alike counts more than that they are what was asked for.
    best = min(pairs, key=lambda pair: abs(pair[0] - images_seen) + 2 * abs(pair[0] - pair[1]))
    return best if rarely is one else (best[1], best[0])


def read_grid(folder: Path, images_seen: int) -> bytes | None:
    """The sheet drawn after exactly `images_seen` images, a JPEG file; None where it has just been deleted."""
    path = grid_path(folder, images_seen)
    return path.read_bytes() if path.exists() else None
