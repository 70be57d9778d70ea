"""How fast a training is: smooth enough that the time left can be read, and true again soon after a change."""

import math

# What was seen so long ago counts by a third (1/e): a measurement of quality moves the speed by a few percent, and a
# machine that stays slower is believed within some minutes.
MEMORY_SECONDS = 180.0
# The first few heartbeats say too little each.
FIRST_SECONDS = 5.0
# What one heartbeat may weigh beside all that is remembered, however long it took to come: so that none moves the time
# left by a fifth, not even one that stood still.
MOST = 1 / 6


class Speed:
    """Images a second, all included: grids, measurements, checkpoints. Told of each heartbeat by `beat`.

    Both images and seconds fade with the age of what they count, and their ratio is the speed.
    """

    def __init__(self, images: int, now: float):
        """A training that has seen `images` at `now` (seconds, by a clock that never goes back)."""
        self.last = images, now
        self.images = self.seconds = 0.0

    def beat(self, images: int, now: float) -> float | None:
        """Takes note of where the training is. Returns images a second; None while it is too early to say."""
        more, passed = images - self.last[0], now - self.last[1]
        if self.seconds == 0 and passed < FIRST_SECONDS:
            return None
        self.last = images, now
        share = min(1.0, MOST * self.seconds / passed) if self.seconds and passed > 0 else 1.0
        kept = math.exp(-share * passed / MEMORY_SECONDS)
        self.images = kept * self.images + share * more
        self.seconds = kept * self.seconds + share * passed
        return self.images / self.seconds
