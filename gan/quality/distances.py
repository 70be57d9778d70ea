"""Distances between two clouds of features, each an array (N, F): how far apart they lie, how wide they spread."""

from typing import NamedTuple

import numpy as np
import torch

from gan.errors import ForgerError

CHUNK = 1024  # rows of a kernel or distance matrix at once: a few megabytes


class Kid(NamedTuple):
    """A kernel distance and its standard error, as they come out of the formula: not times 1000."""

    value: float
    error: float


def kid(real: np.ndarray, fake: np.ndarray) -> Kid:
    """The kernel distance (KID) of Binkowski et al. 2018 (arXiv 1801.01401), unbiased, with its standard error.

    The squared maximum mean discrepancy of features (N, F) and (M, F) under the kernel (x.y / F + 1)^3. Unbiased
    means that two samples of the same pictures give 0 on average whatever their number, so a little below 0
    is possible. Many programs show it times 1000; here it never is.

    The paper averages over random subsets. All pairs at once, as here, vary less, need no chance and no choice of
    a size; the error is the jackknife's over the pictures of both sides, since subsets that share
    pictures make the spread of their mean look too small.

    Raises ForgerError for fewer than 3 pictures on a side.
    """
    n, m = len(real), len(fake)
    _check_count(min(n, m), 3)
    within_real, within_fake = _kernel_sums(real, real), _kernel_sums(fake, fake)
    across_real, across_fake = _kernel_sums(real, fake), _kernel_sums(fake, real)
    within_real -= _kernel(np.einsum("nf,nf->n", real, real, dtype=np.float64), real.shape[1])
    within_fake -= _kernel(np.einsum("nf,nf->n", fake, fake, dtype=np.float64), fake.shape[1])
    rr, ff, rf = within_real.sum(), within_fake.sum(), across_real.sum()
    value = rr / (n * (n - 1)) + ff / (m * (m - 1)) - 2 * rf / (n * m)
    without_real = (
        (rr - 2 * within_real) / ((n - 1) * (n - 2)) + ff / (m * (m - 1)) - 2 * (rf - across_real) / ((n - 1) * m)
    )
    without_fake = (
        rr / (n * (n - 1)) + (ff - 2 * within_fake) / ((m - 1) * (m - 2)) - 2 * (rf - across_fake) / (n * (m - 1))
    )
    variance = (n - 1) * without_real.var() + (m - 1) * without_fake.var()
    return Kid(float(value), float(np.sqrt(variance)))


def frechet(real: np.ndarray, fake: np.ndarray) -> float:
    """The Frechet distance (Heusel et al. 2017, arXiv 1706.08500) of two normal distributions fitted to the features.

    |mean - mean'|^2 + tr(C) + tr(C') - 2 tr((C C')^(1/2)). On features other than Inception's this is not the FID
    of the papers. It is biased: fewer pictures give more, so compare equal numbers only. With A'A = C and
    B'B = C', the last trace is the sum of the singular values of AB', which needs no root of a matrix and
    is right for fewer pictures than features as well.

    Raises ForgerError for fewer than 2 pictures on a side.
    """
    _check_count(min(len(real), len(fake)), 2)
    # PyTorch's linear algebra, because NumPy's threads take a minute instead of a second where cores are busy.
    x, y = (torch.from_numpy(features).double() for features in (real, fake))
    shift = (x.mean(0) - y.mean(0)).square().sum()
    a, b = ((one - one.mean(0)) / (len(one) - 1) ** 0.5 for one in (x, y))
    product = torch.linalg.qr(a, mode="r").R @ torch.linalg.qr(b, mode="r").R.T
    overlap = torch.linalg.eigvalsh(product @ product.T).clamp(min=0).sqrt().sum()
    return max(float(shift + a.square().sum() + b.square().sum() - 2 * overlap), 0.0)


def mean_distance(features: np.ndarray) -> float:
    """The mean Euclidean distance between two different pictures of features (N, F).

    Raises ForgerError for fewer than 2 pictures.
    """
    _check_count(len(features), 2)
    total = sum(
        float(distances(features[start : start + CHUNK], features).sum(dtype=np.float64))
        for start in range(0, len(features), CHUNK)
    )
    return total / (len(features) * (len(features) - 1))


def distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Euclidean distances (N, M) float32 between the rows of a (N, F) and of b (M, F)."""
    squares = np.square(a).sum(1)[:, None] + np.square(b).sum(1)[None] - 2 * (a @ b.T)
    return np.sqrt(np.maximum(squares, 0))


def _kernel(products: np.ndarray, size: int) -> np.ndarray:
    return (products / size + 1) ** 3


def _kernel_sums(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """For each row of `a` the sum of its kernel with every row of `b`: (N,) float64."""
    parts = (a[start : start + CHUNK] @ b.T for start in range(0, len(a), CHUNK))
    return np.concatenate([_kernel(part, a.shape[1]).sum(1, dtype=np.float64) for part in parts])


def _check_count(count: int, needed: int) -> None:
    if count < needed:
        raise ForgerError(f"Measuring needs at least {needed} pictures on each side; there are {count}.")
