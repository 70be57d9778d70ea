"""Files, texts and values as a hostile person would make them, by chance."""

import io
import json
import random
import struct
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image

# What programs are known to stumble over.
NUMBERS = (
    0, -1, 1, 2**31, 2**63, 2**64, -(2**63), 10**399, 1e308, -1e308, 5e-324, float("nan"), float("inf"), -float("inf")
)  # fmt: skip
TEXTS = (
    "", " ", "\0", "x" * 70_000, "../../etc/passwd", "C:\\Users\\Jane Doe\\a", "CON", "nul.txt", "a/b", "\u202e",
    "🐈" * 50, "None", "NaN", "1e999", "9" * 400, "-", "--help", "%00", "{}", "[]", "\ud800", "\r\n# a", "run:", "İ",
)  # fmt: skip
MARKDOWN = (
    "![x](http://e.org/a.png)", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>", "<script>", "**b**", "_i_",
    "# h", "> q", "- l", "1. n", "~~s~~", "$x$", "$$x$$", ":material/face:", ":red[x]", ":cat:", "http://e.org",
    "`c`", "www.e.org", "a@e.org", "| a |\n| - |", "---", "\n\n", "    code", "&lt;", "&#60;", "\\", "[^1]",
    "<http://e.org>",
    "[a]: http://e.org", "Straße", "/srv/data/a b.png", "~/x", "* ", "+ ", "=====", "\t", "!", "[", "]", "(", ")",
    "*", "_", "`", "``", " ",
)  # fmt: skip


def value(chance: random.Random, depth: int = 0) -> Any:
    """Anything that JSON can hold, mostly odd."""
    kind = chance.randrange(8 if depth < 3 else 5)
    if kind < 2:
        return chance.choice(NUMBERS)
    if kind < 4:
        return chance.choice(TEXTS)
    if kind == 4:
        return chance.choice((None, True, False))
    if kind == 5:
        return [value(chance, depth + 1) for _ in range(chance.randrange(6))]
    return {chance.choice(TEXTS): value(chance, depth + 1) for _ in range(chance.randrange(6))}


def altered(chance: random.Random, good: Any) -> Any:
    """What a good file says, with one to three of its values odd, or gone."""
    if not isinstance(good, dict) or not good or chance.random() < 0.05:
        return value(chance)
    bad = dict(good)
    for name in chance.sample(list(bad), min(len(bad), chance.randint(1, 3))):
        if chance.random() < 0.15:
            del bad[name]
        elif isinstance(bad[name], dict):
            bad[name] = altered(chance, bad[name])
        else:
            bad[name] = value(chance, 1)
    return bad


def dumped(chance: random.Random, content: Any) -> bytes:
    """It as JSON in a file; some files are damaged, too."""
    data = json.dumps(content).encode("utf-8", "surrogatepass")
    return mutated(chance, data) if chance.random() < 0.2 else data


def mutated(chance: random.Random, data: bytes) -> bytes:
    """`data` with a few of its bytes changed, cut out, doubled, or its end missing."""
    content = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(content) + 1)
        match chance.randrange(6):
            case 0:
                content[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                content[at : at + 4] = struct.pack(
                    chance.choice("<>") + "I", chance.choice((0, 1, 2**16, 2**31, 2**32 - 1))
                )
            case 2:
                del content[at : at + chance.choice((1, 4, 100))]
            case 3:
                content[at:at] = content[at : at + chance.choice((8, 200))] * chance.choice((1, 1, 30))
            case 4:
                content[at:at] = chance.randbytes(chance.choice((1, 16)))
            case 5:
                del content[max(at, 4) :]
    return bytes(content)


def pictures() -> list[bytes]:
    """Small pictures of all formats and many of their kinds."""
    ramp = np.linspace(0, 255, 40 * 48 * 4).reshape(40, 48, 4).astype(np.uint8)
    rgb, rgba, grey = (Image.fromarray(part) for part in (ramp[..., :3].copy(), ramp, ramp[..., 0].copy()))
    deep, real = Image.fromarray(ramp[..., 0].astype(np.uint16) * 257), Image.fromarray(ramp[..., 0] / np.float32(7))
    made = [
        (rgb, "JPEG", {}), (rgb, "JPEG", {"progressive": True}), (grey, "JPEG", {}), (rgb.convert("CMYK"), "JPEG", {}),
        (rgb, "PNG", {}), (rgba, "PNG", {}), (deep, "PNG", {}), (rgb.convert("P"), "PNG", {}),
        (rgb.convert("1"), "PNG", {}),
        (rgb.convert("P"), "GIF", {"save_all": True, "append_images": [rgb.convert("P")] * 3}),
        (rgb, "WEBP", {}), (rgba, "WEBP", {"lossless": True}), (rgb, "AVIF", {}),
        (rgb, "BMP", {}), (rgb.convert("P"), "BMP", {}), (grey, "TIFF", {}), (real, "TIFF", {}), (deep, "TIFF", {}),
        (rgb, "TIFF", {"compression": "tiff_lzw"}), (rgb, "TIFF", {"compression": "jpeg"}),
        (rgb, "TIFF", {"compression": "tiff_deflate"}), (rgb.convert("LAB"), "TIFF", {}),
        (rgb, "PPM", {}), (rgb, "TGA", {}), (rgb, "ICO", {}), (rgb, "JPEG2000", {}),
    ]  # fmt: skip
    files = []
    for image, kind, options in made:
        file = io.BytesIO()
        image.save(file, kind, **options)
        files.append(file.getvalue())
    for options in ({}, {"tile_size": 16}):
        file = io.BytesIO()
        pillow_heif.from_pillow(rgb).save(file, **options)
        files.append(file.getvalue())
    return [*files, b"P3 20 20 255 " + b"1 # x\n" * 1200, b"\0\0\0\x18ftypheic" + bytes(200), b"<svg/>", b"PK\3\4", b""]
