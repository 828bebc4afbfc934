"""What a student can do about an error that Python or NumPy raised in their code: a second sentence, in plain words."""

from __future__ import annotations

import errno
import math
import re

import numpy as np

BROADCAST = "np.broadcast_to repeats numbers, and its derivative adds them up: g.sum(axis=…)."
# The class of the error, words in its message, and the advice.
ADVICE: tuple[tuple[type[BaseException], str, str], ...] = (
    (TypeError, "bitwise_xor", "A power is written **, not ^: x**2."),
    (TypeError, "for ^", "A power is written **, not ^: x**2."),
    (
        TypeError,
        "converted to Python scalars",
        "float(…) and the functions of `math` take a single number: for arrays use NumPy's, np.cos for math.cos.",
    ),
    (
        TypeError,
        "'NoneType' object is not callable",
        "Something that is to be called is None: is a function called where it is only to be handed on (f() in place of f)?",
    ),
    (TypeError, "'NoneType'", "Something is None here: does a function lack its `return`, or does it work in place?"),
    (TypeError, "method' object", "A method is called with parentheses: x.sum(), self.everything_before()."),
    (
        TypeError,
        "object is not callable",
        "Something that is not a function is called: is an operator missing before (?",
    ),
    (TypeError, "'int' object is not iterable", "`for` needs something to go through: range(n) for a number n."),
    (
        TypeError,
        "object is not iterable",
        "A single thing stands where several are gone through: a tuple of one is written (x,).",
    ),
    (
        ValueError,
        "truth value of an array",
        "`if` and `and` take a single yes or no: for arrays use np.where(condition, a, b), or multiply by a mask.",
    ),
    (ValueError, "requested shape", BROADCAST),
    (ValueError, "axis remapping", BROADCAST),
    (ValueError, "remapped", "In np.einsum a letter stands for one length in all arrays: here it has two."),
    (
        ValueError,
        "operands could not be broadcast",
        "Shapes are matched from the right, and a length of 1 is stretched: x[:, None] adds such an axis on the right, and "
        "keepdims=True keeps one in a sum.",
    ),
    (
        ValueError,
        "core dimension",
        "In a @ b the last axis of a must be as long as the first of b: is one of them to be transposed (.T), or do they "
        "stand in the wrong order?",
    ),
    (ValueError, "enough dimensions", "In a @ b both are arrays, and one of them is a number or a function here."),
    (ValueError, "cannot reshape", "A reshape keeps all numbers: where there are fewer, something has to be summed."),
    (
        ValueError,
        "shape mismatch",
        "The array on the right does not fit into the place on the left: print both shapes.",
    ),
    (
        IndexError,
        "out of bounds",
        "An index is too large: which length does the loop run over, and which does the array have?",
    ),
    (
        ValueError,
        "setting an array element",
        "An array is to be stored where there is room for one number: give the array on the left another axis.",
    ),
    (
        ValueError,
        "read-only",
        "This array belongs to whoever called you: leave it as it is, and change a copy (x.copy()).",
    ),
    (
        AttributeError,
        "object has no attribute 'data'",
        "Something else stands where a Value is meant: a number, of whatever type, has to be made one (lifted) first.",
    ),
    (AttributeError, "'float' object", "A number stands where something else is meant: are two names interchanged?"),
    (
        ZeroDivisionError,
        "",
        "A number may be 0: what is got back by a division (a as out / b) is lost there, and has to be kept instead.",
    ),
    (EOFError, "", "input() cannot be used here: nobody is there to type."),
    (UnboundLocalError, "", "It is used before anything was assigned to it: give it a value before the loop."),
)


_STRETCHED = re.compile(r"remapp.*(\([\d, ]*\)) +and requested shape (\([\d, ]*\))")


def _size(shape: str) -> int:
    """How many numbers an array of a shape such as "(3, 4)" has."""
    return math.prod(int(n) for n in re.findall(r"\d+", shape))


def advice(error: BaseException) -> str:
    """What to do about `error`; empty if nothing is known."""
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return "Your code prints (or writes) without end: leave the print out of the loop."
    if isinstance(error, NameError) and error.name and hasattr(np, error.name):
        return f"Did you mean np.{error.name}?"
    words = str(error)
    if isinstance(error, ValueError) and (shapes := _STRETCHED.search(words)) and _size(shapes[2]) > _size(shapes[1]):
        return f"{shapes[1]} does not stretch to {shapes[2]}: give it the axis that it lacks, as in g[:, None], first."
    return next((text for kind, part, text in ADVICE if isinstance(error, kind) and part in words), "")
