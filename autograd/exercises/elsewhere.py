"""An answer that is right at one place, at others: other numbers, other sizes, the first ones again, in float32.

Here the derivative is compared with the engine's, to the last digits: what is only near it (differences, float32) is noticed, and
no finite differences are needed, so that looking at many places costs little.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from ..engine.value import Value
from ..transforms import jacobian
from ..transforms import vjp as pulled_back
from .differences import differs

REPEATED = 3  # trials besides those at other places: the first place, in another order, and again
RTOL, ATOL = 1e-9, 1e-13  # of the derivative itself, and of the largest one

_LIBRARIES = tuple(str(Path(each).parent) for each in (np.__file__, __file__))

PRECISION = (
    "It is right to {} digits, and {} were asked for: a difference such as f(x + h) − f(x), a series or an "
    "iteration that is cut off or a number in float32 is only near the derivative."
)
TYPE = "The gradient of {} is a {}, and should be {}: np.array(…) makes an array of a list; better, compute with whole arrays."
KEPT = (
    "For these numbers you return what you returned for others before: keep nothing between two calls, and write down no "
    "number that depends on the inputs."
)
AGAIN = "Asked again with the numbers of the first call, after others, you return something else: keep nothing between calls."
LIBRARY = "The derivative was left to the library here: it is to be derived by hand."
DTYPE = (
    "The gradient of {} is {}, and {} is {}: it keeps the dtype of its input. np.zeros(…) and np.array(…) of Python's numbers "
    "are float64: np.zeros_like({}), or dtype=…"
)


class Trial(NamedTuple):
    """What an answer returned for some inputs, and what is wrong in it: the kind ("" for nothing), and in words."""

    given: tuple[Any, ...]
    kind: str = ""
    words: str = ""


def copies(inputs: Sequence[Any]) -> list[Any]:
    return [np.array(x)[()] for x in inputs]


def constant(x: Any) -> Any:
    """An array that an answer may read and not change: it belongs to whoever asks."""
    array = np.array(x)
    array.flags.writeable = False
    return array


def wrong_type(given: Sequence[Any], inputs: Sequence[Any], names: Sequence[str]) -> str:
    """What is said of gradients that are not arrays where their inputs are; a number will do for a number."""
    for mine, x, name in zip(given, inputs, names, strict=False):
        if mine is None or isinstance(mine, str):  # of which there is more to say
            continue
        if type(mine) is not np.ndarray and not (np.ndim(x) == 0 and is_number(mine)):
            return TYPE.format(name, type(mine).__name__, "an array" if np.ndim(x) else "a number")
    return ""


def is_number(x: Any) -> bool:
    """Whether this is a plain number, of Python's or of NumPy's, and nothing that only pretends to be one."""
    return type(x) in (int, float) or (isinstance(x, np.number) and type(x).__module__ == "numpy")


def shapes(inputs: Sequence[Any]) -> list[tuple[int, ...]]:
    return [np.shape(x) for x in inputs]


def trials(
    exact: Callable[..., Any],
    vjp: Callable[..., Any],
    cases: Sequence[Sequence[Any]],
    names: Sequence[str],
    *,
    by_hand: bool,
    single: bool,
) -> Iterator[tuple[Sequence[Any], Trial]]:
    """Each case with what came out: the first of `cases`, the others, the first again, and, if `single`, in float32.

    The first one's numbers are tried in other places too, since the others may be its mirror image, to which an even or an odd
    slope is blind.
    """
    first: Trial | None = None
    turned = [np.roll(x, 1) if np.ndim(x) == 1 and len(cases[0]) == 1 else x for x in cases[0]]
    for case in (cases[0], turned, *cases[1:], cases[0]):
        trial = _trial(exact, vjp, case, names, by_hand)
        if first and trial.kind == "wrong" and shapes(case) == shapes(cases[0]) and _equal(trial.given, first.given):
            trial = Trial(trial.given, "kept", KEPT)
        if first and trial.kind and case is cases[0]:
            trial = Trial(trial.given, "kept", AGAIN)
        first = first or trial
        yield case, trial
    if single:
        yield cases[0], in_float32(exact, vjp, cases[0], names)


def _asked(
    exact: Callable[..., Any], vjp: Callable[..., Any], inputs: Sequence[Any]
) -> tuple[Any, list[Any], tuple[Any, ...]]:
    """A cotangent, the arguments as the answer left them, and the gradients that it returned."""
    out = np.asarray(exact(*copies(inputs)))
    g = np.random.default_rng(0).normal(size=out.shape).astype(out.dtype)
    arguments = copies([g, out, *inputs])
    with np.errstate(all="ignore"):
        got = vjp(*arguments)
    changed = [not np.array_equal(a, b) for a, b in zip(arguments, [g, out, *inputs], strict=True)]
    return g[()], changed, got if isinstance(got, tuple) else (got,)


def _trial(
    exact: Callable[..., Any], vjp: Callable[..., Any], inputs: Sequence[Any], names: Sequence[str], by_hand: bool
) -> Trial:
    """Whether the gradients at `inputs` are the engine's."""
    before = Value(0.0).number
    g, changed, given = _asked(exact, vjp, inputs)
    if by_hand and Value(0.0).number != before + 1:
        return Trial(given, "library", LIBRARY)
    right = pulled_back(exact, *inputs)[1](g)
    rights = right if isinstance(right, tuple) else (right,)
    if by_hand and (words := differs()):
        return Trial(given, "difference", words)
    if any(changed) or len(given) != len(rights):
        return Trial(given, "wrong")
    if words := wrong_type(given, inputs, names):
        return Trial(given, "type", words)
    for mine, true, x, name in zip(given, rights, inputs, names, strict=True):
        if (dtype := getattr(mine, "dtype", np.dtype(float))) != np.dtype(float) and dtype.kind in "fcO":
            return Trial(given, "dtype", DTYPE.format(name, dtype, name, np.asarray(x).dtype, name))
        if (digits := _digits(mine, true)) is not None:
            return Trial(given, "wrong", PRECISION.format(digits, round(-np.log10(RTOL))))
    return Trial(given)


def engine_jacobian(exact: Callable[..., Any], inputs: Sequence[Any]) -> Any:
    """What the engine says the derivatives are: a row for each element of the output."""
    blocks = jacobian(exact, tuple(range(len(inputs))))(*copies(inputs))
    return np.concatenate([np.reshape(b, (-1, np.size(x))) for b, x in zip(blocks, inputs, strict=True)], axis=1)


def _digits(mine: Any, true: Any) -> int | None:
    """To how many digits a gradient is right where that is not enough; None where it is."""
    try:
        a, b = np.asarray(mine, dtype=float), np.asarray(true, dtype=float)
    except (TypeError, ValueError):
        return 0
    if a.shape != b.shape or not np.isfinite(a).all():
        return 0
    wrong = abs(a - b) > RTOL * abs(b) + ATOL * abs(b).max(initial=0)
    if not wrong.any():
        return None
    with np.errstate(all="ignore"):
        relative = (abs(a - b) / abs(b))[wrong].max()
    return max(0, int(-np.log10(relative))) if np.isfinite(relative) else 0


def in_float32(
    exact: Callable[..., Any], vjp: Callable[..., Any], inputs: Sequence[Any], names: Sequence[str]
) -> Trial:
    """Whether the gradients of float32 are float32; plain numbers and lists have no dtype of their own."""
    _, _, given = _asked(exact, vjp, [np.asarray(x, dtype=np.float32)[()] for x in inputs])
    for mine, name in zip(given, names, strict=False):
        dtype = getattr(mine, "dtype", np.float32)
        if dtype != np.float32:
            return Trial(given, "dtype", DTYPE.format(name, dtype, name, np.dtype(np.float32), name))
    return Trial(given)


def not_finite(exact: Callable[..., Any], vjp: Callable[..., Any], inputs: Sequence[Any]) -> str:
    """Which operation of an answer gives the first number that is not finite, and in which line; nothing if none does."""
    out = np.asarray(exact(*copies(inputs)))

    def raised(under: Literal["raise", "ignore"]) -> str:
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise", under=under):
                vjp(np.ones_like(out)[()], out[()], *copies(inputs))
        except FloatingPointError as error:
            trace = traceback.extract_tb(error.__traceback__)
            lines = [each for each in trace if not each.filename.startswith(_LIBRARIES)]
            return f"{error} in line {lines[-1].lineno}, `{lines[-1].line}`." if lines else ""
        except Exception:  # the student's
            return ""
        return ""

    words, before = raised("ignore"), raised("raise")
    if "divide" in words and before.startswith("underflow encountered in exp") and "max" not in before:
        return f"{words} Before that, {before} Where all exp(…) are 0, so is a sum of them: subtract the largest."
    return words


def by_numbers_or_size(
    exact: Callable[..., Any], vjp: Callable[..., Any], inputs: Sequence[Any], case: Sequence[Any], names: Sequence[str]
) -> str:
    """Why an answer that is right at `inputs` is wrong at a `case`: asked with the numbers of the one in the other's shapes."""
    if shapes(inputs) == shapes(case):
        return "numbers"
    try:
        trial = _trial(exact, vjp, [np.resize(x, np.shape(y)) for x, y in zip(inputs, case, strict=True)], names, False)
    except Exception:  # the student's
        return "size"
    return "size" if trial.kind else "numbers"


def _equal(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return len(one) == len(other) and all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
