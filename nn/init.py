"""Initial values for parameters, drawn from a `numpy.random.Generator`, or from that of `nn.manual_seed`.

As in PyTorch each function fills a parameter in place and returns it. The *fan-in* of a weight is the number of inputs that
one output is computed from, the *fan-out* that of the outputs one input goes into: of a matrix of shape (inputs, outputs),
as `Linear` keeps it, these two numbers; of a convolution's weight, (outputs, inputs, …), both times the size of its window.
For a matrix kept the other way round (`weight_hh_l0` of an `LSTM`) they change places: ``mode="fan_out"`` there is "fan_in".
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import ShapeError, Value

from .random import Seed, default_generator

__all__ = [
    "Seed", "calculate_gain", "constant_", "dirac_", "eye_", "fans", "kaiming_normal_", "kaiming_uniform_", "normal_", "ones_",
    "orthogonal_", "trunc_normal_", "uniform_", "xavier_normal_", "xavier_uniform_", "zeros_",
]  # fmt: skip


def _fill(parameter: Value, data: Any) -> Value:
    _value(parameter)
    parameter.data = np.asarray(data, dtype=parameter.dtype)
    return parameter


def constant_(parameter: Value, val: float) -> Value:
    """The same number everywhere."""
    return _fill(parameter, np.full(np.shape(parameter), val))


def zeros_(parameter: Value) -> Value:
    """Zero everywhere."""
    return constant_(parameter, 0.0)


def ones_(parameter: Value) -> Value:
    """One everywhere."""
    return constant_(parameter, 1.0)


def eye_(parameter: Value) -> Value:
    """The identity, of a matrix: as many inputs as possible reach the output unchanged."""
    _axes("eye_", parameter, 2, 2)
    return _fill(parameter, np.eye(parameter.shape[0], parameter.shape[1]))


def dirac_(parameter: Value, groups: int = 1) -> Value:
    """The identity, of a convolution's weight (outputs, inputs, …): of each group as many inputs as possible pass unchanged.

    Raises:
        ShapeError: the outputs cannot be divided into `groups`.
    """
    _axes("dirac_", parameter, 3, 5)
    outputs, inputs, *window = parameter.shape
    if outputs % groups:
        raise ShapeError(f"dirac_: {outputs} outputs cannot be divided into {groups} groups")
    weight = np.zeros(parameter.shape)
    size = outputs // groups
    middle: Any = tuple(n // 2 for n in window)
    for i in range(min(size, inputs)):
        weight[i::size, i][(slice(None), *middle)] = 1
    return _fill(parameter, weight)


def uniform_(parameter: Value, a: float = 0.0, b: float = 1.0, *, generator: Seed = None) -> Value:
    """Uniform on [a, b)."""
    return _fill(parameter, default_generator(generator).uniform(a, b, np.shape(parameter)))


def normal_(parameter: Value, mean: float = 0.0, std: float = 1.0, *, generator: Seed = None) -> Value:
    """Normal with the given mean and standard deviation."""
    return _fill(parameter, default_generator(generator).normal(mean, std, np.shape(parameter)))


def trunc_normal_(
    parameter: Value, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, *, generator: Seed = None
) -> Value:
    """Normal, and drawn again where it is outside of [a, b].

    Raises:
        ValueError: [a, b] is empty, or so far out that nothing is drawn in it.
    """
    if not a < b or mean + 8 * std < a or mean - 8 * std > b:
        raise ValueError(
            f"trunc_normal_: [{a}, {b}] is empty, or holds nothing of a normal of mean {mean} and std {std}"
        )
    rng = default_generator(generator)
    data = np.asarray(rng.normal(mean, std, np.shape(parameter)))
    while (outside := (data < a) | (data > b)).any():
        data[outside] = rng.normal(mean, std, np.count_nonzero(outside))
    return _fill(parameter, data)


def xavier_uniform_(parameter: Value, gain: float = 1.0, *, generator: Seed = None) -> Value:
    """Uniform on ±gain·√(6 / (fan-in + fan-out)): for tanh and sigmoid.

    X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010, eq. 16.
    """
    bound = gain * math.sqrt(6 / sum(fans(parameter)))
    return uniform_(parameter, -bound, bound, generator=generator)


def xavier_normal_(parameter: Value, gain: float = 1.0, *, generator: Seed = None) -> Value:
    """Normal with standard deviation gain·√(2 / (fan-in + fan-out)); see `xavier_uniform_`."""
    return normal_(parameter, 0.0, gain * math.sqrt(2 / sum(fans(parameter))), generator=generator)


def kaiming_uniform_(
    parameter: Value, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *, generator: Seed = None
) -> Value:
    """Uniform on ±gain·√(3 / fan): for ReLU and its kin; `a` is the slope of a leaky one below zero.

    K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers", 2015, eq. 10.
    """
    bound = math.sqrt(3) * _kaiming_std(parameter, a, mode, nonlinearity)
    return uniform_(parameter, -bound, bound, generator=generator)


def kaiming_normal_(
    parameter: Value, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *, generator: Seed = None
) -> Value:
    """Normal with standard deviation gain / √fan; see `kaiming_uniform_`."""
    return normal_(parameter, 0.0, _kaiming_std(parameter, a, mode, nonlinearity), generator=generator)


def _kaiming_std(parameter: Value, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode={mode!r}: it is 'fan_in' or 'fan_out'")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans(parameter)[mode == "fan_out"])


def orthogonal_(parameter: Value, gain: float = 1.0, *, generator: Seed = None) -> Value:
    """gain times a matrix whose rows or columns, whichever are fewer, are orthonormal; the axes after the first count as one.

    A. M. Saxe, J. L. McClelland and S. Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear
    neural networks", 2014. Uniform among them: F. Mezzadri, "How to generate random matrices from the classical compact
    groups", 2007.
    """
    _axes("orthogonal_", parameter, 2)
    rows, columns = parameter.shape[0], math.prod(parameter.shape[1:])
    normal = default_generator(generator).normal(size=(max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(normal)
    q = q * np.sign(np.diag(r))
    return _fill(parameter, gain * (q.T if rows < columns else q).reshape(parameter.shape))


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """How much the standard deviation must grow at each layer in front of this function; `param`: the slope of leaky_relu.

    Raises:
        ValueError: it has no gain for this `nonlinearity`.
    """
    slope = 0.01 if param is None else param
    gains = {"relu": math.sqrt(2), "leaky_relu": math.sqrt(2 / (1 + slope**2)), "tanh": 5 / 3, "selu": 3 / 4}
    gains |= dict.fromkeys(("linear", "sigmoid", "conv1d", "conv2d", "conv_transpose1d", "conv_transpose2d"), 1.0)
    if nonlinearity not in gains:
        raise ValueError(f"nonlinearity={nonlinearity!r}: it is one of {', '.join(sorted(gains))}")
    return gains[nonlinearity]


def fans(parameter: Value) -> tuple[int, int]:
    """The fan-in and the fan-out of a weight."""
    _axes("fan-in and fan-out", parameter, 2)
    first, second, *window = parameter.shape
    size = math.prod(window)
    return (second * size, first * size) if window else (first, second)


def _value(parameter: Any) -> None:
    if not isinstance(parameter, Value):
        raise TypeError(f"what is filled is a parameter, such as layer.weight, and not a {type(parameter).__name__}")


def _axes(name: str, parameter: Value, least: int, most: int = 64) -> None:
    _value(parameter)
    if not least <= parameter.ndim <= most:
        number = f"{least}" if least == most else f"{least} or more" if most == 64 else f"{least} to {most}"
        raise ShapeError(
            f"{name}: a weight of {number} axes is needed, such as (inputs, outputs), and this parameter has shape "
            f"{parameter.shape}: use zeros_, constant_, uniform_ or normal_ for it"
        )
