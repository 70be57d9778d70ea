"""How much memory a picture takes to be decoded, known before it is: by its format, mode and size, not its area alone.

A JPEG of 108 megapixels is read at an eighth of its size in 10 MB; a progressive one of the same size needs all its
coefficients at once, 324 MB; as PNG it is 432 MB, as WebP 1.8 GB. The numbers below were measured, with Pillow 13 and
pillow-heif 1.8, as the growth of the process's address space.
"""

import struct

from PIL import Image

# What one picture may take. All that is decoded to be looked at once lies within it, in whichever process.
MOST = 448 * 2**20

# Bytes a pixel takes in Pillow's memory, for modes that do not take 4.
_STORED = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16L": 2, "I;16B": 2, "I;16N": 2}
# What a decoder takes beside that, bytes a pixel: planes of luma and chroma, frames before, copies on the way.
_DECODER = {"WEBP": 13, "AVIF": 8, "HEIF": 5, "JPEG2000": 16, "TIFF": 4}

# A JPEG's markers (ITU-T T.81, table B.1): frames whose scans follow each other, the progressive ones, begin of a scan.
_SEQUENTIAL, _PROGRESSIVE, _SCAN = (0xC0, 0xC1, 0xC9), (0xC2, 0xCA), 0xDA


def pixels(image: Image.Image) -> int:
    """Bytes that an opened picture takes while it is decoded and made RGB, or RGBA, at the size it now says.

    For a JPEG that is the size at which `draft` has it decoded, and `coefficients` come to that.
    """
    stored = _STORED.get(image.mode, 4)
    if image.has_transparency_data:
        beside = 4 if image.mode in ("RGBA", "LA", "PA") else 8  # to RGBA, and multiplied by its opacity
    else:
        beside = 0 if image.mode in ("L", "RGB") else 1 if image.mode in _STORED and image.mode != "P" else 4
    return image.width * image.height * (stored + max(beside, _DECODER.get(image.format or "", 0)))


def coefficients(jpeg: bytes) -> int:
    """Bytes that a JPEG file's coefficients take, 0 where none have to be kept: 16 bits each, for all of its pixels.

    They have to be kept where a part of the picture is not in one place of the file: if it is progressive, or has each
    colour for itself.
    """
    place, size, samplings, progressive = 2, 0, [(1, 1)], False
    while place + 4 <= len(jpeg) and jpeg[place] == 0xFF:
        marker, (length,) = jpeg[place + 1], struct.unpack_from(">H", jpeg, place + 2)
        if marker == 0xFF:  # a marker may have any number of them before it
            place += 1
            continue
        if marker in _SEQUENTIAL + _PROGRESSIVE and length >= 8:
            height, width, count = struct.unpack_from(">HHB", jpeg[place + 5 :].ljust(5, b"\0"))
            sampled = jpeg[place + 11 : place + 10 + 3 * count : 3]
            size, progressive = width * height, marker in _PROGRESSIVE
            samplings = [(max(one >> 4, 1), max(one & 15, 1)) for one in sampled] or samplings
        if marker == _SCAN:
            apart = progressive or jpeg[place + 4] < len(samplings)
            most = max(h for h, _ in samplings) * max(v for _, v in samplings)
            return 2 * size * sum(h * v for h, v in samplings) // most if apart else 0
        place += 2 + length
    return 0
