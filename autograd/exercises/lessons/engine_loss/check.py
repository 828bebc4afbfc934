"""The check of `engine_loss`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd.exercises.engines import Step, number_of
from autograd.exercises.exercise import Answer, Finding
from autograd.exercises.networks import (
    FIRST,
    OTHERS,
    START,
    Sizes,
    network,
    numbered,
    real_answer,
    real_loss,
    slopes,
    start,
)
from autograd.exercises.programs import Numbers
from autograd.exercises.usual import Case, Slip

SQUARE, MEAN = "(target - predict(layers, sample)) ** 2", "return sum(squares) / len(squares)"
STEP = Step(
    __file__,
    Slip("mean", MEAN, "return sum(squares)",
         "This is the sum over the samples: the mean is that divided by their number."),
    Slip("power", SQUARE, "(target - predict(layers, sample))", "The square is missing: errors of both signs cancel."),
    Slip("power", f"squares = [{SQUARE} for sample, target in zip(samples, targets)]\n    {MEAN}",
         "squares = [target - predict(layers, sample) for sample, target in zip(samples, targets)]\n    "
         "return (sum(squares) / len(squares)) ** 2",
         "This is the square of the mean, in which errors of both signs cancel: it is the mean of the squares."),
    Slip("power", SQUARE, "((target - predict(layers, sample)) ** 2) ** 0.5",
         "These are the sizes of the errors: they are to be squared."),
    Slip("mean", MEAN, "loss = squares[0]\n    for square in squares[1:]:\n        loss = (loss + square) / 2\n    return loss",
         "This is a mean of the mean so far and the next one, in which the last sample counts half: add up, and divide once."),
    Slip("root", MEAN, "return (sum(squares) / len(squares)) ** 0.5",
         "The root of the mean is taken: it ends with the mean."),
    Slip("factor", MEAN, "return sum(squares) / len(squares) / 2", "A factor ½ was put before the mean."),
    Slip("sign", SQUARE, "(target + predict(layers, sample)) ** 2",
         "target and answer are added: it is the difference that is squared."),
    Slip("incomplete", MEAN, "return squares[-1]", "This is the last sample alone."),
    Slip("incomplete", MEAN, "return squares[0]", "This is the first sample alone."),
    Slip("incomplete", MEAN, "return squares[-1] / len(squares)", "The last sample alone is left: is it = for +=?"),
    Slip("detached", SQUARE, "Value((target - predict(layers, sample).data) ** 2)",
         "The number is right, and no gradient arrives: the answers are to stay Values, not their data."),
    Slip("layers", "for layer in layers:", "for layer in layers[:1]:", "Only the first layer is used."),
    Slip("layers", "inputs = layer(inputs)\n    return inputs[0]", "outputs = layer(inputs)\n    return outputs[0]",
         "Each layer gets the sample itself: it gets what the layer before has made of it."),
    Slip("layers", "for layer in layers:", "for layer in layers[::-1]:",
         "The layers are gone through from the last to the first."),
)  # fmt: skip
SAMPLES = [[-2.0, -1.0], [2.5, 6.0], [1.7, 0.4], [-1.5, -6.0]]
TARGETS = [1.0, 0.0, 0.0, 1.0]


def check(answer: Answer) -> Iterator[Finding]:
    cases = [
        Case(
            "the answers to the samples",
            lambda names: {
                f"the answer to {sample}": number_of(names.predict(network(names), list(sample))) for sample in SAMPLES
            },
            {f"the answer to {sample}": real_answer(START, sample) for sample in SAMPLES},
        )
    ]
    for sizes, size in (*((FIRST, size) for size in (1, 2, 4)), *((sizes, 3) for sizes in OTHERS)):
        samples = [(2 * sample)[: sizes[0]] for sample in SAMPLES[-size:]]
        targets = TARGETS[-size:]
        title = f"the loss of {size} sample{'s' * (size != 1)}, and its gradients"
        where = f"   {samples}, {targets}" + f"; layers of {', '.join(map(str, sizes[1:]))} neurons" * (sizes != FIRST)
        cases.append(Case(title, _asked(samples, targets, sizes), _right(samples, targets, sizes), where))
    yield from STEP.findings(answer, cases)


def _asked(samples: Sequence[Any], targets: list[float], sizes: Sizes) -> Callable[[Answer], Numbers]:
    def ask(answer: Answer) -> Numbers:
        layers = network(answer, sizes)
        loss = answer.mean_square(layers, [list(sample) for sample in samples], list(targets))
        if hasattr(loss, "backward"):
            loss.backward()
        return {"the loss": number_of(loss), **numbered(layers, "grad", sizes)}

    return ask


def _right(samples: Sequence[Any], targets: list[float], sizes: Sizes) -> Numbers:
    at = start(sizes)
    return {"the loss": real_loss(at, samples, targets, sizes), **slopes(at, samples, targets, sizes)}
