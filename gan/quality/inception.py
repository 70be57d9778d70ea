"""The FID of the papers, on Inception's features, where its library is installed and its weights can be fetched."""

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from gan.errors import ForgerError

PACKAGE = "torch-fidelity"


class _Tensors(Dataset):
    """Pictures (N, R, R, 3) uint8 as the library wants them: one (3, R, R) at a time."""

    def __init__(self, pictures: np.ndarray):
        self.pictures = pictures

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> Tensor:
        if index >= len(self):
            raise IndexError(index)
        return torch.tensor(self.pictures[index]).permute(2, 0, 1)


def inception_fid(real: np.ndarray, fake: np.ndarray, device: torch.device) -> float:
    """The Frechet Inception distance (Heusel et al. 2017) of two sets of pictures (N, R, R, 3) uint8.

    By torch-fidelity, which resizes and computes as the first TensorFlow program did, so the number is the papers'
    (they compare 50,000 generated pictures; fewer give a greater number). A few pictures a second on a core, so
    minutes for a thousand. torch-fidelity fetches Inception's weights (91 MB) from GitHub the first time.

    Raises ForgerError where the library is missing, the weights cannot be fetched, or a side has fewer than 2.
    """
    if min(len(real), len(fake)) < 2:
        raise ForgerError("The Inception FID needs at least 2 pictures on each side.")
    try:
        import torch_fidelity
    except ImportError as error:
        raise ForgerError(f"The Inception FID needs a library: install it with `pip install {PACKAGE}`.") from error
    try:
        figures = torch_fidelity.calculate_metrics(
            input1=_Tensors(fake),
            input2=_Tensors(real),
            fid=True,
            cuda=device.type == "cuda",
            cache=False,
            save_cpu_ram=True,  # reads in this process, not in four more
            verbose=False,
        )
    except OSError as error:  # as urllib's errors are
        raise ForgerError(
            "Inception's weights could not be fetched: torch-fidelity loads them from github.com once (91 MB)."
        ) from error
    return float(figures[torch_fidelity.KEY_METRIC_FID])
