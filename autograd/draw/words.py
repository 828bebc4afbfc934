"""What a node says of itself: its title, its numbers, its shape. Plain text; escaping is up to whoever draws it."""

from __future__ import annotations

from typing import Any

import numpy as np

from .collect import Graph, Node

# How an operation is written by hand, where that differs from its name.
SYMBOLS = {
    "add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "negative": "−x", "positive": "+x", "power": "xʸ",
    "square": "x²", "sqrt": "√", "cbrt": "∛", "reciprocal": "1/x", "absolute": "|x|", "matmul": "@", "sum": "Σ",
    "prod": "Π", "sigmoid": "σ", "exp": "eˣ", "expm1": "eˣ − 1", "relu": "ReLU", "gelu": "GELU", "silu": "SiLU",
    "matrix_transpose": "xᵀ", "transpose": "xᵀ", "getitem": "x[…]", "maximum": "max", "minimum": "min",
}  # fmt: skip

_LONGEST = 48
NOT_YET = "not yet backpropagated"


def clean(text: str) -> str:
    """`text` on one line, without control characters, shortened if it is very long."""
    visible = "".join(c if c.isprintable() else " " for c in text)
    return visible if len(visible) <= _LONGEST else visible[: _LONGEST - 1] + "…"


def title(node: Node) -> tuple[str, str]:
    """What to print large, and what to print small beside it."""
    how = " ".join(part for part in (described(node.op), static(node)) if part)
    if node.name:
        return clean(node.name), how if node.kind == "operation" else ""
    if node.kind == "operation":
        symbol = SYMBOLS.get(node.op, node.op)
        return symbol, how if symbol.lower() != node.op else static(node)
    return ("constant" if node.kind == "input" else node.kind), ""


def described(op: str) -> str:
    """An operation's name, in words."""
    return op.replace("_", " ")


def static(node: Node) -> str:
    """The keyword arguments of a node's operation."""
    if "index" in node.static and node.op in ("getitem", "scatter", "assign"):
        return f"[{', '.join(_index(part) for part in node.static['index'])}]"
    return clean(", ".join(f"{name}={value}" for name, value in node.static.items()))


def _index(part: Any) -> str:
    """A part of an index, as it was written."""
    if isinstance(part, tuple):
        start, stop, step = ("" if p is None else str(p) for p in part)
        return f"{start}:{stop}" + (f":{step}" if step else "")
    return "…" if part is Ellipsis else "array" if part == "array" else str(part)


def rows(node: Node, graph: Graph, number: str) -> list[tuple[str, str]]:
    """The lines below the title: a word and what it stands for."""
    result = []
    if node.data is not None:
        if np.shape(node.data):
            result.append(("shape", shape(node.data)))
        elif odd := odd_dtype(node.data):
            result.append(("dtype", odd))
        result += _numbers("value", node.data, number)
    if node.differentiable and (node.data is not None or node.kind != "module"):
        if node.grad is not None:
            result += _numbers("grad", node.grad, number)
        else:
            result.append(("grad", "not yet" if not graph.backpropagated else "none"))
    if node.note:
        result.append(("", node.note))
    return result


def odd_dtype(data: Any) -> str:
    """The kind of a number that is not the usual one."""
    dtype = getattr(data, "dtype", np.float64)
    return "" if dtype in (np.float64, np.int64) else str(dtype)


def _numbers(word: str, data: Any, number: str) -> list[tuple[str, str]]:
    """`summary` on one line or two: the mean has its own, so that boxes stay narrow."""
    whole, comma, mean = summary(data, number).partition(", mean ")
    return [(word, whole), ("mean", mean)] if comma else [(word, whole)]


def shape(data: Any) -> str:
    """``3 × 4``, and the dtype unless it is the usual one."""
    dims = " × ".join(str(n) for n in np.shape(data))
    dtype = str(getattr(data, "dtype", ""))
    return dims if dtype == "float64" else f"{dims} {dtype}"


def summary(data: Any, number: str) -> str:
    """A scalar as a number, a short vector as numbers, anything larger by its range and mean."""
    array = np.asarray(data)
    if not array.ndim:
        return _number(array[()], number)
    if not array.size:
        return "empty"
    if array.size <= 3 and array.ndim == 1:
        return f"[{', '.join(_number(x, number) for x in array)}]"
    facts = statistics(array)
    parts = []
    if facts["finite"]:
        size = "|x| " if array.dtype.kind == "c" else ""
        low, high, mean = (_number(facts[name], number) for name in ("min", "max", "mean"))
        same = "all " if facts["min"] == facts["max"] else "all ≈ "
        parts.append(f"{same}{size}{low}" if low == high else f"{size}{low} … {high}, mean {mean}")
    odd = [f"{facts[name]:,} {word}" for name, word in (("nan", "NaN"), ("inf", "inf")) if facts[name]]
    return ", ".join(odd + parts)


def statistics(array: np.ndarray) -> dict[str, Any]:
    """Least, largest and mean of the finite numbers (of their sizes, if complex), and how many are not or are zero."""
    if array.dtype.kind not in "fc":
        array = array.astype(float)
    finite = array[np.isfinite(array)]
    sizes = abs(finite) if array.dtype.kind == "c" else finite
    facts: dict[str, Any] = {
        "finite": finite.size,
        "nan": int(np.isnan(array).sum()),
        "inf": int(np.isinf(array).sum()),
        "zero": int((array == 0).sum()),
    }
    if finite.size:
        with np.errstate(all="ignore"):
            mean = sizes.mean(dtype=np.result_type(sizes, float))
        rounding = np.finfo(sizes.dtype).eps * abs(sizes).max()  # what is left of a mean that is zero
        facts |= {"min": sizes.min(), "max": sizes.max(), "mean": 0.0 if abs(mean) <= rounding else mean}
    return facts


def _number(x: Any, number: str) -> str:
    """`x` in the format `number`; whole numbers and truth values as they are."""
    kind = np.asarray(x).dtype.kind
    if kind in "biuOSU":
        return clean(str(x))
    return format(x if kind == "c" else float(x) + 0.0, number)  # + 0.0: a zero has no sign worth showing
