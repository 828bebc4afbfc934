"""A training that is killed, again and again, at random moments: ``python -m tests.tools.killed [--kills 50] [--seed S]``.

Killed with SIGKILL and started again until it is through, it must have come to the bits that one run without a kill comes
to: weights, optimiser, schedule, early stopping, and the figures of every epoch.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import nn
from nn.optim.lr_scheduler import OneCycleLR
from nn.training import Checkpoint, EarlyStopping, GradientClipping, LRSchedule

EPOCHS, ROWS, BATCH = 6, 160, 8


class Noise(nn.Module):
    """Multiplies by random numbers while it trains."""

    def __init__(self, generator: np.random.Generator) -> None:
        self.generator = generator

    def forward(self, x: Any) -> Any:
        return x * self.generator.uniform(0.5, 1.5, x.shape) if self.training else x


def train(folder: Path, suffix: str) -> None:
    """The whole training, from where the last checkpoint was taken; its outcome is written at the end."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, 3))
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    nn.random.manual_seed(1)  # the loader draws from the shared generator, the noise from another
    net = nn.Sequential(
        nn.Linear(3, 8, generator=2), nn.Tanh(), Noise(np.random.default_rng(3)), nn.Linear(8, 2, generator=4)
    )
    optimizer = nn.optim.Adam(net.parameters(), lr=0.01, amsgrad=True)
    callbacks = [
        Checkpoint(folder / f"run{suffix}", every=1),
        LRSchedule(OneCycleLR(optimizer, 0.1, EPOCHS * ROWS // BATCH + 1), every="step"),
        EarlyStopping(patience=2),
        GradientClipping(1.0),
    ]
    history = nn.fit(
        net,
        nn.CrossEntropyLoss(),
        optimizer,
        nn.DataLoader(x, y, batch_size=BATCH, shuffle=True),
        nn.DataLoader(x[:50], y[:50], batch_size=25),
        epochs=EPOCHS,
        callbacks=callbacks,
        metric=nn.functional.accuracy,
    )
    figures = [[e.loss, e.accuracy, e.val_loss, e.val_accuracy, e.lr] for e in history]
    groups = [{k: v for k, v in g.items() if k != "params"} for g in optimizer.state_dict()["param_groups"]]
    nn.save(
        folder / "end.npz",
        {
            "model": net.state_dict(),
            "optimizer": optimizer.state_dict()["state"],
            "groups": groups,
            "history": np.array(figures),
        },
    )


def child(folder: Path, suffix: str) -> int:
    """Train in a process of its own."""
    pid = os.fork()
    if pid == 0:
        try:
            train(folder, suffix)
        finally:
            os._exit(0 if (folder / "end.npz").exists() else 1)
    return pid


def check(kills: int, seed: int, suffix: str) -> int:
    """How many times it was killed; an AssertionError if the outcome differs."""
    rng = np.random.default_rng(seed)
    with TemporaryDirectory() as first, TemporaryDirectory() as second:
        start = time.perf_counter()
        os.waitpid(child(Path(first), suffix), 0)
        whole = time.perf_counter() - start
        expected = (Path(first) / "end.npz").read_bytes()
        done = 0
        while done < kills:
            folder = Path(second)
            for path in folder.iterdir():
                path.unlink()
            while not (folder / "end.npz").exists():
                pid = child(folder, suffix)
                if done < kills:
                    time.sleep(rng.uniform(0, whole * 0.6))
                    os.kill(pid, signal.SIGKILL)
                    done += 1
                _, status = os.waitpid(pid, 0)
                assert os.WIFSIGNALED(status) or (folder / "end.npz").exists(), "the training failed"
            assert (folder / "end.npz").read_bytes() == expected, f"differs after {done} kills"
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--suffix", default=".npz")
    options = parser.parse_args()
    print(f"{check(options.kills, options.seed, options.suffix)} kills, and the same bits")


if __name__ == "__main__":
    main()
