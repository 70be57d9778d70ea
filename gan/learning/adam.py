"""Adam (Kingma and Ba 2015), without copying the gradients of convolutions first."""

from typing import Any

import torch
from torch import Tensor

from gan.networks.convolution import in_memory


class Adam(torch.optim.Adam):
    """PyTorch's fused Adam, for weights in channels-last memory as well.

    On a CPU its kernel wants numbers in the order of memory and copies every gradient that is not, which takes as long
    as the step itself. So it is shown the same memory as tensors (O, h, w, I). State and results are PyTorch's own.
    """

    def _init_group(self, group: dict[str, Any], *lists: list[Tensor]) -> bool:
        # Gathers what a step is about. Were this no longer called, steps would only be slower.
        is_complex = super()._init_group(group, *lists)
        for tensors in lists:
            tensors[:] = [in_memory(tensor) if tensor.dim() == 4 else tensor for tensor in tensors]
        return is_complex
