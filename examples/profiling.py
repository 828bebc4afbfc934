"""Where the time of a training step goes: ``python examples/profiling.py``.

A network is trained for a few steps within `autograd.profile`. The table shows what each operation and each module took; the
files that it writes are the same as bars, and as a line of time for https://ui.perfetto.dev.
"""

from __future__ import annotations

import numpy as np
from gallery import OUT

import nn
from autograd import profile

STEPS, BATCH = 20, 512


def main() -> profile:
    rng = np.random.default_rng(0)
    images, labels = rng.normal(size=(BATCH, 784)), rng.integers(10, size=BATCH)
    net = nn.Sequential(
        nn.Linear(784, 100, generator=rng), nn.ReLU(), nn.Linear(100, 100, generator=rng), nn.ReLU(),
        nn.Linear(100, 10, generator=rng),
    )  # fmt: skip
    loss, optimiser = nn.CrossEntropyLoss(), nn.SGD(net.parameters(), lr=0.1)

    with profile() as found:
        for _ in range(STEPS):
            optimiser.zero_grad()
            loss(net(images), labels).backward(leaves_only=True)
            optimiser.step()

    print(found)
    OUT.mkdir(exist_ok=True)
    found.picture(OUT / "profile.svg")
    found.to_chrome(OUT / "profile.json")
    print(f"\nwrote {OUT / 'profile.svg'} and {OUT / 'profile.json'} (open it at https://ui.perfetto.dev)")
    return found


if __name__ == "__main__":
    main()
