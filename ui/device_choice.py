"""The devices that a visitor can choose from on this machine."""

from gan.device import CHOICES, has_card


def device_names() -> tuple[str, ...]:
    """What `gan.device.choose` can be given; only the CPU where there is no card, or none that PyTorch can use."""
    return CHOICES if has_card() else ("cpu",)
