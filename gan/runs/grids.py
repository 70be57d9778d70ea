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
    """Which grid of each of two runs to put side by side for `images_seen`: drawn after the same number of images, or
    as nearly the same as there are any, and never after more than both have seen. Neither run may be without grids."""
    reach = min(one[-1], other[-1])
    # The one that was drawn more rarely chooses: the other has one nearby.
    rarely = min(one, other, key=lambda grids: sum(images <= reach for images in grids))
    chosen = nearest_grid(rarely, min(images_seen, reach))
    return nearest_grid(one, chosen), nearest_grid(other, chosen)


def read_grid(folder: Path, images_seen: int) -> bytes | None:
    """The sheet drawn after exactly `images_seen` images, a JPEG file; None where it has just been deleted."""
    path = grid_path(folder, images_seen)
    return path.read_bytes() if path.exists() else None
