"""The check of `engine_layer`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from autograd.exercises.engines import Step
from autograd.exercises.exercise import Answer, Finding
from autograd.exercises.programs import Numbers
from autograd.exercises.usual import Case, Slip
from autograd.functions import sigmoid
from autograd.transforms import grad

SUM = "(sum(w * x for w, x in zip(self.weights, inputs)) + self.bias).sigmoid()"
STEP = Step(
    __file__,
    Slip("bias", SUM, "sum(w * x for w, x in zip(self.weights, inputs)).sigmoid()", "The bias is missing."),
    Slip("activation", SUM, "sum(w * x for w, x in zip(self.weights, inputs)) + self.bias", "The sigmoid is missing."),
    Slip("activation", SUM, "sum(w * x for w, x in zip(self.weights, inputs)).sigmoid() + self.bias",
         "The bias is added after the sigmoid: it belongs inside."),
    Slip("activation", SUM, "sum((w * x).sigmoid() for w, x in zip(self.weights, inputs)) + self.bias",
         "The sigmoid is applied to each product: it is applied once, to the sum with the bias."),
    Slip("bias", SUM, "sum(w * x + self.bias for w, x in zip(self.weights, inputs)).sigmoid()",
         "The bias is added once for each input: it is added once, after the sum."),
    Slip("incomplete", SUM, "(self.weights[0] * inputs[0] + self.bias).sigmoid()", "Only the first input counts."),
    Slip("activation", SUM, "(sum(w * x for w, x in zip(self.weights, inputs)) + self.bias).exp()",
         "This is exp: the neuron ends with the sigmoid."),
    Slip("detached", SUM, "(sum(w.data * x for w, x in zip(self.weights, inputs)) + self.bias).sigmoid()",
         "No gradient reaches the weights: multiply by the Values, not by their data."),
    Slip("detached", SUM, "Value((sum(w * x for w, x in zip(self.weights, inputs)) + self.bias).sigmoid().data)",
         "No gradient arrives: the output is a new Value that does not know what it was made from."),
    Slip("parameters", "[*self.weights, self.bias]", "self.weights", "The bias is a parameter, too."),
    Slip("parameters", "[*self.weights, self.bias]", "[self.bias, *self.weights]", "The bias comes after the weights."),
    Slip("parameters", "[p for neuron in self.neurons for p in neuron.parameters()]",
         "[p for n in self.neurons for p in n.parameters()[:-1]] + [n.parameters()[-1] for n in self.neurons]",
         "A layer's parameters go neuron by neuron, each neuron's bias after its weights: here all biases come last."),
    Slip("parameters", "[*self.weights, self.bias]", "[Value(p.data) for p in [*self.weights, self.bias]]",
         "These are copies: parameters() returns the very Values that the neuron computes with."),
)  # fmt: skip
NESTED = "Layer.parameters() holds a list for each neuron: all their Values belong into one list (extend, not append)."
SAME = "parameters() twice, whether both hold the same Values (1 is yes)"
SHAPES = ((2, 1), (3, 2), (2, 2, 1), (3, 4, 2))  # inputs, and neurons of each layer


def check(answer: Answer) -> Iterator[Finding]:
    cases = []
    for sizes in SHAPES:
        arrays = [(_drawn(n, m), _drawn(n)) for m, n in pairwise(sizes)]
        inputs = [float(x) for x in _drawn(sizes[0])]
        title = f"{sizes[0]} inputs, and layers of {' and '.join(map(str, sizes[1:]))}"
        ask, right, where = _asked(arrays, inputs), _right(arrays, inputs), _where(arrays, inputs)
        cases.append(Case(title, ask, right, where, fault=partial(_nested, title, arrays)))
    flat = [replace(case, fault=Case.fault) for case in cases]
    for found in STEP.findings(answer, cases):
        yield found.beside(lambda: [*STEP.findings(answer, flat)][-1]) if found.message == NESTED else found


def _nested(title: str, arrays: Sequence[Any], answer: Answer) -> Finding | None:
    """Whether the parameters of a layer are lists of a neuron's."""
    if not any(isinstance(p, list | tuple) for p in _layers(answer, arrays)[0].parameters() or ()):
        return None
    return Finding(False, title, NESTED, ("parameters",))


def _layers(answer: Answer, arrays: Sequence[Any]) -> list[Any]:
    return [
        answer.Layer([answer.Neuron(w.tolist(), float(b)) for w, b in zip(weights, biases, strict=True)])
        for weights, biases in arrays
    ]


def _drawn(*shape: int) -> Any:
    return np.round(np.random.default_rng(sum(shape)).normal(size=shape), 2)


def _where(arrays: Sequence[Any], inputs: list[float]) -> str:
    return f"   first layer: weights {arrays[0][0].tolist()}, biases {arrays[0][1].tolist()}; inputs {inputs}"


def _asked(arrays: Sequence[Any], inputs: list[float]) -> Callable[[Answer], Numbers]:
    """Outputs, and gradients of their weighted sum, by the student's classes."""

    def ask(answer: Answer) -> Numbers:
        layers = _layers(answer, arrays)
        outputs: Any = list(inputs)
        for layer in layers:
            outputs = layer(outputs)
        parameters = _parameters(layers)
        numbers = _counted(len(outputs), len(parameters))
        numbers |= {f"output {i + 1}": getattr(out, "data", None) for i, out in enumerate(outputs)}
        again = _parameters(layers)
        numbers[SAME] = float(all(p is q for p, q in zip(parameters, again, strict=False)))
        sum((i + 1.5) * out for i, out in enumerate(outputs)).backward()
        for label, p in zip(_labels(arrays), parameters, strict=False):
            numbers |= {f"{label}.data": getattr(p, "data", None), f"{label}.grad": getattr(p, "grad", None)}
        return numbers

    return ask


def _right(arrays: Sequence[Any], inputs: list[float]) -> Numbers:
    """The same by NumPy and the real engine."""

    def through(leaves: list[Any]) -> Any:
        outputs: Any = np.array(inputs)
        for i in range(0, len(leaves), 2):
            outputs = sigmoid(leaves[i] @ outputs + leaves[i + 1])
        return outputs

    leaves = [part for pair in arrays for part in pair]
    outputs = through(leaves)
    grads = grad(lambda leaves: ((np.arange(len(outputs)) + 1.5) * through(leaves)).sum())(leaves)
    data, slopes = _flat(leaves), _flat(grads)
    numbers = _counted(len(outputs), len(data))
    numbers |= {f"output {i + 1}": float(out) for i, out in enumerate(outputs)}
    numbers[SAME] = 1.0
    for label, x, slope in zip(_labels(arrays), data, slopes, strict=True):
        numbers |= {f"{label}.data": x, f"{label}.grad": slope}
    return numbers


def _counted(outputs: int, parameters: int) -> dict[str, Any]:
    return {"the number of outputs": outputs, "the number of parameters": parameters}


def _flat(leaves: Sequence[Any]) -> list[float]:
    """Neuron by neuron: its weights, then its bias."""
    return [
        float(x)
        for weights, biases in zip(leaves[::2], leaves[1::2], strict=True)
        for w, b in zip(np.asarray(weights), np.asarray(biases), strict=True)
        for x in (*w, b)
    ]


def _parameters(layers: Sequence[Any]) -> list[Any]:
    """Those of all layers, also where they are in a list for each neuron."""
    found = [p for layer in layers for p in layer.parameters()]
    return [p for each in found for p in (each if isinstance(each, list | tuple) else [each])]


def _labels(arrays: Sequence[Any]) -> list[str]:
    return [
        f"layer {k + 1}, neuron {i + 1}, {what}"
        for k, (weights, _) in enumerate(arrays)
        for i, w in enumerate(weights)
        for what in (*(f"weight {j + 1}" for j in range(len(w))), "bias")
    ]
