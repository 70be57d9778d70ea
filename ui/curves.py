"""Make long curves short enough to draw."""

import numpy as np

from gan.errors import ForgerError


def thin(x: np.ndarray, y: np.ndarray, limit: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Shorten a curve to at most `limit` points by averaging neighbours; a short curve stays as it is.

    A bucket of 2, 4, 8, ... neighbours becomes the mean of its x and of its y. Buckets are counted from the
    start, so a curve that grows keeps its older points in place until the bucket size doubles: a live
    chart does not shimmer. The first and last x stay, so the curve is as wide as before; the y at the end
    is the mean of the last bucketful, for a single noisy value there would look like news.

    Args:
        x: shape (n,), finite and in drawing order.
        y: shape (n,). Values that are not finite are left out of the means; a bucket without any
            finite value becomes NaN, which a chart draws as a gap.
        limit: the most points to return, at least 2.

    Returns:
        x and y as float64, each of shape (m,) with m <= limit.

    Raises:
        ForgerError: x and y are not two rows of the same length, or limit is under 2.
    """
    x = np.asarray(x, dtype=np.float64)
    y = np.asarray(y, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise ForgerError(f"A curve needs one y for each x, but the shapes are {x.shape} and {y.shape}.")
    if limit < 2:
        raise ForgerError(f"A curve cannot be thinned to {limit} points: the limit is at least 2.")
    y = np.where(np.isfinite(y), y, np.nan)
    if len(x) <= limit:
        return x, y
    size = 2
    while -(-len(x) // size) > limit:  # ceiling division
        size *= 2
    x_thin, y_thin = _bucket_means(x, size), _bucket_means(y, size)
    x_thin[0], x_thin[-1] = x[0], x[-1]
    return x_thin, y_thin


def _bucket_means(values: np.ndarray, size: int) -> np.ndarray:
    """Means over the finite values of each bucket; a last, partial bucket is filled up backwards."""
    buckets = values[: len(values) // size * size].reshape(-1, size)
    if len(values) % size:
        buckets = np.vstack([buckets, values[-size:]])
    counts = np.isfinite(buckets).sum(axis=1)
    return np.where(counts > 0, np.nansum(buckets, axis=1) / np.maximum(counts, 1), np.nan)
