"""An autoencoder squeezes digits through eight numbers, beside the best linear way to do so.

G. E. Hinton, R. R. Salakhutdinov, "Reducing the dimensionality of data with neural networks", 2006.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
from _shared import digits, figure, save

import nn
from autograd import no_grad
from nn import training
from nn.optim.lr_scheduler import CosineAnnealingLR

CODE = 8


class Autoencoder(nn.Module):
    """784-256-64-8-64-256-784."""

    def __init__(self) -> None:
        self.encoder = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 64), nn.ReLU(), nn.Linear(64, CODE))
        self.decoder = nn.Sequential(
            nn.Linear(CODE, 64), nn.ReLU(), nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid()
        )

    def forward(self, images: Any) -> Any:
        return self.decoder(self.encoder(images))


def principal_components(train: Any, test: Any) -> Any:
    """`test`, projected on the directions in which `train` varies most: no linear way leaves a smaller error there."""
    mean = train.mean(axis=0)
    directions = np.linalg.svd(train - mean, full_matrices=False)[2][:CODE]
    return (test - mean) @ directions.T @ directions + mean


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--rows", type=int, help="train on so many images only")
    options = parser.parse_args(arguments)
    nn.manual_seed(0)
    images, _, test_images, _ = digits()
    train, test = images[: options.rows].reshape(-1, 784), test_images.reshape(-1, 784)

    net = Autoencoder().float()
    optimizer = nn.optim.Adam(net.parameters(), lr=2e-3)
    history = nn.fit(
        net,
        nn.MSELoss(),
        optimizer,
        nn.DataLoader(train, train, batch_size=100, shuffle=True),
        nn.DataLoader(test, test, batch_size=500),
        epochs=options.epochs,
        callbacks=[training.LRSchedule(CosineAnnealingLR(optimizer, options.epochs))],
        on_epoch=lambda epoch: print(epoch) if epoch.number % 10 == 0 else None,
    )
    linear = principal_components(train, test)
    with no_grad():
        restored = net(test).numpy()
    draw(test, restored, linear)
    return {
        "training error": history[-1].loss,
        "error": history[-1].val_loss,
        "linear error": float(((linear - test) ** 2).mean()),
    }


def draw(*rows: Any) -> None:
    """The first digit of each kind: as it was, by the network, and by the best linear map."""
    drawing, (axis,) = figure("Digits, through eight numbers, and the best eight linear ones", width=7.5, height=2.6)
    images = np.block([[*row[:1000:100].reshape(-1, 28, 28)] for row in rows])
    axis.imshow(images, cmap="gray_r", vmin=0, vmax=1)
    axis.set_axis_off()
    print(f"wrote {save(drawing, 'networks_autoencoder.png')}")


if __name__ == "__main__":
    print(main())
