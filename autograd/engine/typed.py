"""What only type checkers need: ``typed.pyi`` beside it says what they take a `Value`, its numbers and derivatives for."""

import functools
from typing import ParamSpec

import numpy as np

P = ParamSpec("P")
Scalar = object  # the base of `Value`
Numbers = np.ndarray
Derivative = functools.partial
