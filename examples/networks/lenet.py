"""LeNet-5 reads handwritten digits: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning …", 1998.

With ReLU and max pooling in place of the tanh and the trained averages of 1998, and a learning rate that rises and falls once.
Killed, it goes on where it was when it is started again with the same --checkpoint.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from _shared import digits, save

import nn
from nn import training
from nn.optim.lr_scheduler import OneCycleLR


def lenet() -> nn.Sequential:
    """Two convolutions and three linear layers: 61,706 numbers."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    ).float()


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", help="where MNIST's files are; else 5,000 images that come with the project")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--rows", type=int, help="train on so many images only")
    parser.add_argument("--checkpoint", help="a .npz file to save to, and to go on from")
    options = parser.parse_args(arguments)
    nn.manual_seed(0)
    images, labels, test_images, test_labels = digits(options.data_dir)
    train = nn.DataLoader(images[: options.rows], labels[: options.rows], batch_size=64, shuffle=True)
    test = nn.DataLoader(test_images, test_labels, batch_size=500)

    net = lenet()
    print(nn.summary(net, (64, 1, 28, 28)))
    optimizer = nn.optim.AdamW(net.parameters(), weight_decay=0.01)
    schedule = OneCycleLR(optimizer, 4e-3, epochs=options.epochs, steps_per_epoch=len(train))
    callbacks: list[training.Callback] = [training.LRSchedule(schedule, every="step")]
    if options.checkpoint:
        callbacks.append(training.Checkpoint(options.checkpoint, every=100, seconds=10))
    history = nn.fit(
        net,
        nn.CrossEntropyLoss(),
        optimizer,
        train,
        test,
        epochs=options.epochs,
        metric=nn.functional.accuracy,
        callbacks=callbacks,
        on_epoch=print,
    )
    print(f"wrote {save(history.plot(), 'networks_lenet.png')}")
    return history[-1].figures()


if __name__ == "__main__":
    print(main())
