"""A latent as a short text that fits into an address: "z", then a byte for each of its numbers in URL-safe base64."""

import base64
import binascii
import re

import numpy as np
import torch
from torch import Tensor

from gan.errors import ForgerError
from gan.latents.places import at_home

# A byte holds -127 to 127 of these steps, so no text can mean a number that is not finite, or huge.
STEPS = 127
# The largest number that can be written. Of normal latents about one number in two million is larger.
LARGEST = {"normal": 5.0, "uniform": 1.0}
SHOWN = 24  # characters of a wrong text that are quoted
MARK = "z"  # before all, so that no text begins with a hyphen: the command line would take it for an option
LETTERS = re.compile(rf"{MARK}[A-Za-z0-9_-]*", re.ASCII)


def write_latent(z: Tensor, distribution: str) -> str:
    """The latent z (size,) as a text: for 100 numbers 135 letters, digits, - and _. Rounding changes no picture so
    much that an eye could tell."""
    step = LARGEST[distribution] / STEPS
    whole = (z.detach().double().cpu() / step).round().clamp(-STEPS, STEPS).to(torch.int8)
    return MARK + base64.urlsafe_b64encode(whole.numpy().tobytes()).decode().rstrip("=")


def read_latent(text: str, size: int, distribution: str) -> Tensor:
    """The latent (size,) of a text; a normal one always has the length sqrt(size), a uniform one lies in its cube.

    Raises ForgerError for what is not a latent, or one of another size.
    """
    text = text.strip()
    shown = text[:SHOWN] + ("…" if len(text) > SHOWN else "")
    expected = len(MARK) + -(-size * 4 // 3)  # letters
    if not LETTERS.fullmatch(text):
        raise ForgerError(f"“{shown}” is not a latent: one is a {MARK}, then letters, digits, - and _.")
    if len(text) != expected:
        raise ForgerError(
            f"“{shown}” is no latent of this generator: one has {size} numbers, written in {expected} letters, and "
            f"this text has {len(text):,}. Perhaps a part is missing, or it belongs to another generator."
        )
    try:
        content = base64.b64decode(text[len(MARK) :] + "=" * (-size % 3), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ForgerError(f"“{shown}” is not a latent: one of its letters is wrong.") from error
    whole = torch.from_numpy(np.frombuffer(content, np.int8).astype(np.float32))
    if not whole.any():
        raise ForgerError(f"“{shown}” is not a latent: all of its numbers are zero.")
    z = (whole * (LARGEST[distribution] / STEPS)).clamp(-LARGEST[distribution], LARGEST[distribution])
    return at_home(z[None], distribution)[0]
