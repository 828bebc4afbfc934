"""The check of `engine_train`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from autograd.exercises.engines import Step
from autograd.exercises.exercise import Answer, Finding
from autograd.exercises.networks import FIRST, OTHERS, Sizes, names, network, numbered, real_loss, slopes, start
from autograd.exercises.programs import Numbers
from autograd.exercises.usual import Case, Slip

ALL = "[p for layer in layers for p in layer.parameters()]"
DESCEND = "descend(lambda: mean_square(layers, samples, targets), "
STEP = Step(
    __file__,
    Slip("layers", ALL, "layers[-1].parameters()",
         "Only the last layer moves: the parameters of all layers belong into the list."),
    Slip("layers", ALL, "layers[0].parameters()",
         "Only the first layer moves: the parameters of all layers belong into the list."),
    Slip("layers", "return " + DESCEND + "parameters, rate, epochs)",
         "losses = []\n    for layer in layers:\n        losses += "
         "descend(lambda: mean_square(layers, samples, targets), layer.parameters(), rate, epochs)\n    return losses",
         "Each layer is trained for all epochs before the next one: all parameters of all layers move in each step."),
    Slip("layers", "return " + DESCEND + "parameters, rate, epochs)",
         "for layer in layers:\n        losses = "
         "descend(lambda: mean_square(layers, samples, targets), layer.parameters(), rate, epochs)\n    return losses",
         "Each layer is trained for all epochs before the next one: all parameters of all layers move in each step."),
    Slip("layers", "return " + DESCEND + "parameters, rate, epochs)",
         "losses = []\n    for _ in range(epochs):\n        for i, layer in enumerate(layers):\n            loss = "
         "descend(lambda: mean_square(layers, samples, targets), layer.parameters(), rate, 1)\n"
         "            losses += loss if i == 0 else []\n    return losses",
         "The layers move one after the other: the gradients of all are taken before any of them moves."),
    Slip("parameters", ALL, "[p for layer in layers for n in layer.neurons for p in n.weights]",
         "The biases do not move."),
    Slip("stale", "return " + DESCEND, "out = mean_square(layers, samples, targets)\n    return descend(lambda: out, ",
         "The loss was computed once and for all: it has to be computed anew in each step."),
    Slip("late", "return " + DESCEND + "parameters, rate, epochs)",
         "losses = descend(lambda: mean_square(layers, samples, targets), parameters, rate, epochs)\n"
         "    return [*losses[1:], mean_square(layers, samples, targets).data]",
         "These are the losses after each step: the first is the one before any step."),
    Slip("sign", "parameters, rate, epochs)", "parameters, -rate, epochs)",
         "This goes uphill: the loss is to become smaller."),
    Slip("epochs", "parameters, rate, epochs)", "parameters, rate, 1)",
         "There was only one step: is `return` inside of the loop?"),
    Slip("samples", "lambda: mean_square(layers, samples, targets)",
         "lambda: mean_square(layers, samples[:1], targets[:1])", "Only the first sample is learnt from."),
    Slip("samples", "return " + DESCEND + "parameters, rate, epochs)",
         "losses = []\n    for _ in range(epochs):\n        for s, t "
         "in zip(samples, targets):\n            loss = descend(lambda: mean_square(layers, [s], [t]), parameters, rate, 1)"
         "\n        losses += loss\n    return losses",
         "A step was made for every sample; here one is made for all samples together."),
    Slip("mean", "lambda: mean_square(layers, samples, targets)",
         "lambda: mean_square(layers, samples, targets) * len(samples)",
         "The samples' losses were summed up: the loss is their mean."),
    Slip("rate", "parameters, rate, epochs)", "parameters, 1.0, epochs)",
         "The rate is missing: each step is rate · grad."),
    Slip("accumulated", "return " + DESCEND + "parameters, rate, epochs)",
         "losses = []\n    for _ in range(epochs):\n        out = mean_square(layers, samples, targets)\n        out.backward()\n"
         "        losses.append(out.data)\n        for p in parameters:\n            p.data -= rate * p.grad\n    return losses",
         "From the second step on the gradients still hold those of the steps before: set them to 0 before "
         "backward()."),
)  # fmt: skip
SAMPLES = [[-2.0, -1.0], [25.0, 6.0], [17.0, 4.0], [-15.0, -6.0]]
TARGETS = [1.0, 0.0, 0.0, 1.0]


def check(answer: Answer) -> Iterator[Finding]:
    cases = []
    runs = [(FIRST, 1, 0.5, 1), (FIRST, 4, 0.5, 3), (FIRST, 4, 1.0, 60), *((sizes, 3, 0.3, 2) for sizes in OTHERS)]
    for sizes, count, rate, epochs in runs:
        people = f"{count} sample{'s' * (count != 1)}"
        title = f"{people}, rate {rate:g}, {epochs} epoch{'s' * (epochs != 1)}"
        where = f"   layers of {', '.join(map(str, sizes[1:]))} neurons" if sizes != FIRST else ""
        cases.append(Case(title, _asked(count, rate, epochs, sizes), _real(count, rate, epochs, sizes), where))
    yield from STEP.findings(answer, cases)


def _given(count: int, sizes: Sizes) -> tuple[list[list[float]], list[float]]:
    """So many samples, for a network with so many inputs, and their targets."""
    return [(2 * sample)[: sizes[0]] for sample in SAMPLES[:count]], TARGETS[:count]


def _asked(count: int, rate: float, epochs: int, sizes: Sizes) -> Callable[[Answer], Numbers]:
    def ask(answer: Answer) -> Numbers:
        layers = network(answer, sizes)
        losses = answer.train(layers, *_given(count, sizes), rate, epochs)
        return _labelled(losses if isinstance(losses, list | tuple) else [losses], numbered(layers, "data", sizes))

    return ask


@cache
def _real(count: int, rate: float, epochs: int, sizes: Sizes) -> dict[str, Any]:
    """The losses and the parameters after training with so many samples."""
    samples, targets = _given(count, sizes)
    at, losses = list(start(sizes)), []
    for _ in range(epochs):
        losses.append(real_loss(at, samples, targets, sizes))
        at = [x - rate * slope for x, slope in zip(at, slopes(at, samples, targets, sizes).values(), strict=True)]
    return _labelled(losses, {f"{name}.data": x for name, x in zip(names(sizes), at, strict=True)})


def _labelled(losses: Sequence[Any], parameters: Numbers) -> dict[str, Any]:
    numbers = {f"the loss before step {i}": loss for i, loss in enumerate(losses, 1)}
    return {"the number of losses": len(losses), **numbers, **parameters}
