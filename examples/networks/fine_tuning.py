"""Weights that came from PyTorch: a network that reads digits is taught to read slanted ones, with a few images of each.

examples/data/build_torch_digits.py trained it in PyTorch and stored its state_dict with safetensors.torch.save_file. To read
that takes the extra `safetensors`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
from _shared import EXAMPLES, digits, figure, save

import nn
from nn import interchange

WEIGHTS = EXAMPLES / "data" / "torch_digits.safetensors"


def network() -> nn.Sequential:
    """The architecture, line for line as it is in PyTorch."""
    return nn.Sequential(
        nn.Conv2d(1, 4, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 8, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(128, 10),
    ).float()  # fmt: skip


def pretrained() -> nn.Sequential:
    net = network()
    interchange.from_torch(net, nn.load(WEIGHTS))
    return net


def slanted(images: Any) -> Any:
    """Each row moved to the left, the more the higher it is."""
    shifts = (np.arange(28)[:, None] - 14) * 2 // 3
    wide = np.pad(images, [(0, 0), (0, 0), (0, 0), (14, 14)])
    return np.take_along_axis(wide, (np.arange(28) + 14 - shifts)[None, None], axis=-1)


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--images", type=int, default=10, help="of each digit")
    options = parser.parse_args(arguments)
    nn.manual_seed(0)
    images, labels, upright, test_labels = digits()
    test = slanted(upright)
    loss = nn.CrossEntropyLoss()

    def accuracy(net: nn.Module, images: Any) -> float:
        return nn.evaluate(net, loss, nn.DataLoader(images, test_labels, batch_size=500), nn.functional.accuracy)[1]

    figures = {
        "upright, as loaded": accuracy(pretrained(), upright),
        "slanted, as loaded": accuracy(pretrained(), test),
    }
    few = np.concatenate([np.flatnonzero(labels == digit)[: options.images] for digit in range(10)])
    last_layer = pretrained()
    last_layer[:-1].freeze()
    candidates = {"from nothing": network(), "the last layer": last_layer, "all layers": pretrained()}
    for name, net in candidates.items():
        optimizer = nn.optim.Adam(net.parameters(), lr=3e-3)
        train = nn.DataLoader(slanted(images[few]), labels[few], batch_size=10, shuffle=True)
        nn.fit(net, loss, optimizer, train, epochs=options.epochs)
        figures[f"slanted, {name}"] = accuracy(net, test)
    for name, share in figures.items():
        print(f"{name}: {share:.1%} of the test images")
    drawing, (axis,) = figure("As PyTorch saw them, and slanted", width=7.5, height=1.8)
    axis.imshow(np.block([[*some[:1000:100, 0]] for some in (upright, test)]), cmap="gray_r")
    axis.set_axis_off()
    print(f"wrote {save(drawing, 'networks_fine_tuning.png')}")
    return figures


if __name__ == "__main__":
    print(main())
