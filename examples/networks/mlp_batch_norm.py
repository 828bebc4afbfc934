"""The same MLP on few digits, plain, and with batch norm and dropout.

S. Ioffe, C. Szegedy, "Batch normalization …", 2015; N. Srivastava et al., "Dropout …", 2014.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from _shared import INK, RED, TEAL, digits, figure, save

import nn

NAMES = {"plain": "plain", "with": "with batch norm and dropout"}


def mlp(regularised: bool) -> nn.Sequential:
    """784-256-256-10."""
    layers: list[nn.Module] = [nn.Flatten()]
    for inputs in (784, 256):
        layers.append(nn.Linear(inputs, 256))
        if regularised:
            layers.append(nn.BatchNorm1d(256))
        layers.append(nn.ReLU())
        if regularised:
            layers.append(nn.Dropout(0.5))
    return nn.Sequential(*layers, nn.Linear(256, 10)).float()


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--rows", type=int, help="train on so many images only")
    options = parser.parse_args(arguments)
    images, labels, test_images, test_labels = digits()
    train = images[: options.rows], labels[: options.rows]
    histories = {}
    for name, words in NAMES.items():
        nn.manual_seed(0)
        net = mlp(regularised=name == "with")
        histories[name] = nn.fit(
            net,
            nn.CrossEntropyLoss(),
            nn.optim.Adam(net.parameters(), lr=1e-3),
            nn.DataLoader(*train, batch_size=100, shuffle=True),
            nn.DataLoader(test_images, test_labels, batch_size=500),
            epochs=options.epochs,
            metric=nn.functional.accuracy,
        )
        print(f"{words}: {histories[name][-1]}")

    drawing, (axis,) = figure("Cross-entropy on digits never seen")
    for (name, history), colour in zip(histories.items(), (RED, TEAL), strict=True):
        axis.plot([e.number for e in history], [e.val_loss for e in history], label=NAMES[name], color=colour)
    axis.set(xlabel="epoch", ylim=(0, None))
    axis.legend(labelcolor=INK)
    print(f"wrote {save(drawing, 'networks_mlp_batch_norm.png')}")
    kinds = "val_loss", "val_accuracy"
    return {f"{name}: {kind}": history[-1].figures()[kind] for name, history in histories.items() for kind in kinds}


if __name__ == "__main__":
    print(main())
