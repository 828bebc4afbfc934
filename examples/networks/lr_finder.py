"""A learning-rate finder: the rate rises from step to step, and the loss says which is the best.

L. N. Smith, "Cyclical learning rates for training neural networks", 2017, section 3.3.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from _shared import GOLD, RED, TEAL, digits, figure, save

import nn
from nn.optim.lr_scheduler import ExponentialLR


def network() -> nn.Sequential:
    nn.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)).float()


def find(net: nn.Module, loss: Any, data: Any, *, low: float, high: float, steps: int) -> tuple[Any, Any]:
    """Rates from `low` to `high`, and the smoothed loss at each; it ends when that is four times its least."""
    optimizer = nn.optim.SGD(net.parameters(), lr=low, momentum=0.9)
    schedule = ExponentialLR(optimizer, (high / low) ** (1 / steps))
    batches = itertools.chain.from_iterable(itertools.repeat(data))
    rates: list[float] = []
    losses: list[float] = []
    mean, memory = 0.0, 0.9
    for step, (inputs, targets) in enumerate(itertools.islice(batches, steps), 1):
        error = loss(net(inputs), targets)
        mean = memory * mean + (1 - memory) * error.item()
        rates.append(optimizer.param_groups[0]["lr"])
        losses.append(mean / (1 - memory**step))
        if not losses[-1] < 4 * min(losses):
            break
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        schedule.step()
    return np.array(rates), np.array(losses)


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--epochs", type=int, default=5)
    options = parser.parse_args(arguments)
    images, labels, test_images, test_labels = digits()
    train = nn.DataLoader(images, labels, batch_size=100, shuffle=True)
    test = nn.DataLoader(test_images, test_labels, batch_size=500)
    loss = nn.CrossEntropyLoss()

    rates, losses = find(network(), loss, train, low=1e-4, high=10.0, steps=options.steps)
    best = float(rates[losses.argmin()]) / 10  # well before it grows
    print(f"the loss is least at {10 * best:.3g}, so train with {best:.3g}")
    figures = {"rate": best}
    for name, rate in {"a thirtieth": best / 30, "found": best, "thirty times": best * 30}.items():
        net = network()
        optimizer = nn.optim.SGD(net.parameters(), lr=rate, momentum=0.9)
        nn.fit(net, loss, optimizer, train, epochs=options.epochs)
        figures[name] = nn.evaluate(net, loss, test, nn.functional.accuracy)[1]
        print(f"{options.epochs} epochs with {rate:.3g}: {figures[name]:.1%} of the test images")

    drawing, (axis,) = figure("The loss, as the rate rises from step to step")
    axis.plot(rates, losses, color=TEAL)
    axis.axvline(10 * best, color=RED, linewidth=1, label="least")
    axis.axvline(best, color=GOLD, linewidth=1, label="a tenth of that")
    axis.set(xscale="log", xlabel="learning rate", ylabel="cross-entropy, smoothed", ylim=(0, None))
    axis.legend()
    print(f"wrote {save(drawing, 'networks_lr_finder.png')}")
    return figures


if __name__ == "__main__":
    print(main())
