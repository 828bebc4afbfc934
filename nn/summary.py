"""What a network is made of, as a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Value, enable_grad

from .module import Module

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Line:
    """One call of a module, and what is in it: parts of parts included."""

    depth: int
    title: str
    output: str
    parameters: int
    multiply_adds: int
    bytes: int


@dataclass(frozen=True)
class Summary:
    """The calls in the order in which they began, the network itself first; `str` is the table.

    Multiply-adds are those of products (of matrices, convolutions, attention, recurrence), bytes what the operations put out: the
    memory that a backward pass needs.
    """

    lines: tuple[Line, ...]
    trainable: int

    def __str__(self) -> str:
        head = ("module", "output", "parameters", "multiply-adds", "memory")
        rows = [
            (
                f"{'  ' * line.depth}{line.title}",
                line.output,
                f"{line.parameters:,}",
                f"{line.multiply_adds:,}",
                _size(line.bytes),
            )
            for line in self.lines
        ]
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        text = [
            "  ".join(
                c.ljust(w) if i < 2 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in (head, tuple("-" * width for width in widths), *rows)
        ]
        return "\n".join([*text, f"{self.trainable:,} of {self.lines[0].parameters:,} parameters are trained"])

    __repr__ = __str__


def summary(model: Module, *inputs: Any) -> Summary:
    """The modules of `model` with the shapes of their outputs, parameters, multiply-adds and memory, for these inputs.

    Each input is an array, or a shape (batch included) of an array of zeros in the dtype of the parameters; None and truth
    values are given on as they are. The model is called once, as in use (`Module.eval`).

    Examples:
        >>> import nn
        >>> summary(nn.Sequential(nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10)), (32, 784))
        module       output     parameters  multiply-adds    memory
        -----------  ---------  ----------  -------------  --------
        Sequential   (32, 10)       79,510      2,540,800  52.5 KiB
          0: Linear  (32, 100)      78,500      2,508,800  25.0 KiB
          1: ReLU    (32, 100)           0              0  25.0 KiB
          2: Linear  (32, 10)        1,010         32,000   2.5 KiB
        79,510 of 79,510 parameters are trained
    """
    parameters = model.parameters()
    dtype = parameters[0].dtype if parameters else np.float64
    calls: list[_Call] = []
    names = {id(part): name.rpartition(".")[2] for name, part in model.named_modules()}
    handles = [handle for part in model.modules() for handle in _watch(part, names[id(part)], calls)]
    training = {id(part): part.training for part in model.modules()}
    try:
        with enable_grad():
            output = model.eval()(*(_input(given, dtype) for given in inputs))
    finally:
        for handle in handles:
            handle.remove()
        for part in model.modules():
            part.training = training[id(part)]
    nodes = list(_nodes(output))
    return Summary(tuple(call.line(nodes) for call in calls), model.num_parameters(trainable=True))


class _Call:
    """A call of a module: the numbers of the nodes that were made meanwhile lie between `start` and `end`."""

    def __init__(self, module: Module, name: str, depth: int) -> None:
        self.module, self.name, self.depth = module, name, depth
        self.start, self.end = _now(), 0
        self.output: Any = None

    def line(self, nodes: list[Value]) -> Line:
        inside = [node for node in nodes if self.start < node.number < self.end]
        kind = type(self.module).__name__
        return Line(
            self.depth,
            f"{self.name}: {kind}" if self.name else kind,
            ", ".join(str(x.shape) for x in _arrays(self.output)),
            self.module.num_parameters(),
            sum(_multiply_adds(node) for node in inside),
            sum(node.nbytes for node in inside if not any(np.may_share_memory(node.raw, x) for x in node.inputs)),
        )


def _watch(module: Module, name: str, calls: list[_Call]) -> list[Any]:
    def begin(module: Module, *_: Any) -> None:
        calls.append(_Call(module, name, sum(call.end == 0 for call in calls)))

    def end(*given: Any) -> None:
        call = next(call for call in reversed(calls) if call.end == 0)
        call.output, call.end = given[-1], _now()

    return [module.register_forward_pre_hook(begin), module.register_forward_hook(end)]


def _now() -> int:
    return Value(0.0).number


def _input(given: Any, dtype: Any) -> Any:
    if given is None or isinstance(given, bool):
        return given  # an option
    array = np.zeros(given, dtype) if isinstance(given, tuple) else np.asarray(given)
    return Value(array) if array.dtype.kind in "fc" else array


def _arrays(output: Any) -> Iterator[Any]:
    if isinstance(output, (tuple, list)):
        for part in output:
            yield from _arrays(part)
    elif output is not None:
        yield output


def _nodes(output: Any) -> Iterator[Value]:
    """The computed Values that the output depends on, itself included."""
    seen: set[int] = set()
    stack = [x for x in _arrays(output) if isinstance(x, Value)]
    while stack:
        node = stack.pop()
        if node.op is not None and id(node) not in seen:
            seen.add(id(node))
            yield node
            stack += [parent for parent in node.parents if parent is not None]


def _multiply_adds(node: Value) -> int:
    """Of one operation; 0 of those that are no products."""
    assert node.op is not None
    count = _PRODUCTS.get(node.op.name)
    return 0 if count is None else count(node.shape, *(np.shape(x) for x in node.inputs))


def _of_attention(out: Shape, q: Shape, k: Shape, v: Shape, *_: Shape) -> int:
    """q kᵀ, and the weights times v."""
    return math.prod(out[:-1]) * k[-2] * (q[-1] + v[-1])


def _of_recurrence(out: Shape, x: Shape, *others: Shape) -> int:
    """Of each step the inputs and the state times their weights, which come behind one state or two."""
    w_ih, w_hh = others[2:4] if len(out) > 3 else others[1:3]
    return math.prod(x[:2]) * (math.prod(w_ih) + math.prod(w_hh))


_PRODUCTS: dict[str, Callable[..., int]] = {
    "matmul": lambda out, x, y: math.prod(out) * x[-1],
    "linear": lambda out, x, weight, bias: math.prod(out) * x[-1],
    "convolution": lambda out, x, weight, *rest: math.prod(out) * math.prod(weight[1:]),
    "convolution_transpose": lambda out, x, weight, *rest: math.prod(x) * math.prod(weight[1:]),
    "attention": _of_attention,
    **dict.fromkeys(("rnn", "lstm", "gru"), _of_recurrence),
}


def _size(count: int) -> str:
    size, unit = float(count), "B"
    for larger in ("KiB", "MiB"):
        if size >= 1024:
            size, unit = size / 1024, larger
    return f"{count} B" if unit == "B" else f"{size:.1f} {unit}"
