"""A network trained by several processes, which share each batch, here or on several machines.

Here, two: ``python -m autograd.xla.launch --processes 2 examples/many_machines.py``. On two machines the same, on each, with
``--coordinator HOST:PORT --process-id 0`` (or 1). Alone, ``python examples/many_machines.py`` comes to the same losses. Killed,
and started again with the same command, it goes on from its checkpoint (``--checkpoint FILE``), bit-equal.
"""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Sequence

import numpy as np

import nn
from autograd import xla
from nn import training


class Dying(training.Callback):
    """Kill this process in the middle of an epoch, to see what the others do."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_batch_end(self, run: training.Run) -> None:
        if (run.epoch, run.batch) == (self.epoch, 1):
            os.kill(os.getpid(), signal.SIGKILL)


def main(arguments: Sequence[str] | None = None) -> list[float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--checkpoint", help="a file to go on from, saved after every batch")
    parser.add_argument("--die", type=int, help="kill the last process in this epoch, 0 for the first")
    options = parser.parse_args(arguments)
    mesh = xla.mesh()
    nn.manual_seed(0)
    points, classes = nn.datasets.two_moons(200, noise=0.15)
    net = nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.Tanh(), nn.Dropout(0.1), nn.Linear(16, 2))
    callbacks: list[training.Callback] = []
    if options.checkpoint:
        callbacks.append(training.Checkpoint(options.checkpoint, every=1))
    if options.die is not None and mesh.process == mesh.processes - 1:
        callbacks.append(Dying(options.die))
    history = nn.fit(
        net,
        nn.CrossEntropyLoss(),
        nn.optim.AdamW(net.parameters(), lr=0.01),
        nn.DataLoader(points, classes, batch_size=40, shuffle=True),
        epochs=options.epochs,
        metric=nn.functional.accuracy,
        callbacks=callbacks,
        compile=True,
        mesh=mesh,
    )
    if mesh.process == 0:
        losses = " ".join(f"{epoch.loss:.17g}" for epoch in history)
        weights = np.concatenate([p.raw.ravel() for p in net.parameters()])
        print(f"{mesh.processes} processes, {mesh}: losses {losses}; weights {weights.tobytes().hex()[-16:]}")
    return [epoch.loss for epoch in history]


if __name__ == "__main__":
    main()
