"""What the modules of `autograd.scipy` consist of: the lookup of a name in the table, and after that in SciPy."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable
from types import FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from .. import tree
from ..engine.convert import holds_value, stack_nested
from ..engine.value import Value
from .overrides import rules_of_user

_TABLES = ("special", "stats", "linalg", "signal")  # the modules whose names are looked up in the table
_FUNCTIONS = (FunctionType, MethodType)

Getter = Callable[[str], Any]
Lister = Callable[[], list[str]]


def names(module: str, owner: str = "") -> tuple[Getter, Lister]:
    """``__getattr__`` and ``__dir__`` for ``scipy.<module>``, or for the object `owner` in it. Imports when first asked."""

    def find() -> Any:
        found = importlib.import_module(f"scipy.{module}")
        return getattr(found, owner) if owner else found

    @functools.cache
    def get(name: str) -> Any:
        rows = importlib.import_module(f"autograd.rules.scipy.{module}").NAMES if module in _TABLES else {}
        plain = getattr(find(), name)
        recorded = rows.get(f"{owner}.{name}" if owner else name)
        return either(plain, recorded or plain) if recorded or isinstance(plain, _FUNCTIONS) else plain

    return get, lambda: dir(find())


def either(plain: Callable[..., Any], recorded: Callable[..., Any]) -> Callable[..., Any]:
    """SciPy's function for plain arguments; where a `Value` is among them the user's, or else the package's.

    A list of Values is stacked.
    """

    @functools.wraps(plain)
    def function(*args: Any, **kwargs: Any) -> Any:
        if not any(isinstance(x, Value) for x in args):  # that is the case most often, and is decided in no time
            leaves, _ = tree.flatten((args, kwargs))
            if not any(isinstance(leaf, Value) for leaf in leaves):
                return plain(*args, **kwargs)
        args = tuple(stack_nested(x) if isinstance(x, list) and holds_value(x) else x for x in args)
        return (rules_of_user(plain) or recorded)(*args, **kwargs)

    vars(function).update(plain=plain, recorded=None if recorded is plain else recorded)
    return function


# -- distributions -----------------------------------------------------------------------------------------------

_OF_X = frozenset("pdf logpdf pmf logpmf cdf logcdf sf logsf ppf isf".split())


class Frozen:
    """A distribution with its parameters given: ``norm(m, s).logpdf(x)`` is ``norm.logpdf(x, m, s)``."""

    def __init__(self, distribution: ModuleType, *parameters: Any, **named: Any) -> None:
        self.dist, self.args, self.kwds = distribution, parameters, named

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        of_any = getattr(self.dist, name)
        if name in _OF_X:
            return lambda x: of_any(x, *self.args, **self.kwds)
        return lambda *more, **keywords: of_any(*more, *self.args, **self.kwds, **keywords)


class Distribution(ModuleType):
    """A module of ``scipy.stats`` that is called as the distribution is, with parameters to freeze."""

    def __call__(self, *parameters: Any, **named: Any) -> Frozen:
        return Frozen(self, *parameters, **named)


def distribution(module: str) -> tuple[Getter, Lister]:
    """``__getattr__`` and ``__dir__`` for the module of a distribution, which is made a `Distribution`."""
    sys.modules[module].__class__ = Distribution
    return names("stats", module.rpartition(".")[2])


# -- functions that HIPS autograd has and SciPy does not -----------------------------------------------------------


def convolve(
    in1: Any, in2: Any, axes: Any = None, dot_axes: Any = ((), ()), mode: str = "full", method: str = "auto"
) -> Any:
    """`scipy.signal.convolve`, which takes the mode in third place; with `axes` HIPS autograd's, over some axes only."""
    from scipy import signal

    from ..rules.scipy import signal as rows

    if isinstance(axes, str):
        axes, mode = None, axes
    if axes is None and not any(map(len, dot_axes)):
        return either(signal.convolve, rows.convolve)(in1, in2, mode=mode, method=method)
    return rows.convolve(in1, in2, axes, dot_axes, mode)


def generalized_outer_product(x: Any) -> Any:
    """x xᵀ: of a vector, or of matrices in the last two axes."""
    return np.outer(x, x) if np.ndim(x) == 1 else np.matmul(x, np.swapaxes(x, -1, -2))


def covgrad(x: Any, mean: Any, cov: Any, allow_singular: bool = False) -> Any:
    """The derivative of the normal distribution's log-density by its covariance: (Σ⁻¹ r rᵀ Σ⁻¹ − Σ⁻¹) / 2, r = x − mean."""
    if allow_singular:
        raise NotImplementedError("the density of a normal distribution has no derivative at a singular covariance")
    inverse = np.linalg.inv(cov)
    solved = np.matmul(inverse, np.expand_dims(x - mean, -1))
    return (generalized_outer_product(solved) - inverse) / 2


def normal_solve(allow_singular: bool) -> Callable[[Any, Any], Any]:
    """`numpy.linalg.solve`, or the product with the pseudo-inverse where the matrix may be singular."""
    return (lambda A, x: np.dot(np.linalg.pinv(A), x)) if allow_singular else np.linalg.solve
