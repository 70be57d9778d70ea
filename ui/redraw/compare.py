"""Two pictures on top of each other, with an edge to drag between what was and what became of it."""

from ui.component import component
from ui.data_url import data_url


def compare(
    before: bytes, after: bytes, before_label: str, after_label: str, key: str, widest: int = 512, aspect: float = 1.0
) -> None:
    """Show two pictures of the same shape, one left and the other right of an edge that the visitor moves.

    The pictures may change several times a second: the edge stays where it is, and nothing flickers.

    Args:
        before, after: PNG files.
        before_label, after_label: what stands below them, left and right.
        key: the component's name on the page; the edge's place belongs to it.
        widest: pixels that a square takes at most.
        aspect: the pictures' width, in heights. Portraits are as high as squares, panoramas wider.
    """
    pictures = [{"url": data_url(png), "label": label} for png, label in ((before, before_label), (after, after_label))]
    component(__file__, "compare")(
        data={"name": key, "pictures": pictures, "widest": widest, "aspect": aspect}, key=key
    )
