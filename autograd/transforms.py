"""Functions in, derivatives out: each a few lines on `tracing`.

In all of them the arguments to be differentiated may be arrays or nests of dicts, lists, tuples, named tuples and
dataclasses of arrays. Plain arrays go in and come out; inside the function they are `Value`s.
"""

from __future__ import annotations

import functools
import math
import types
from collections.abc import Callable, Sequence
from typing import Any, overload

import numpy as np

from . import tree
from .engine import backward
from .engine.convert import unbox
from .engine.mode import enable_grad
from .engine.typed import Derivative, P
from .engine.value import Value, wrap
from .errors import DtypeError, ShapeError, describe, user_line, warn_independent
from .tracing import Argnum, Function, PullBack, Trace, is_variable


class Derived(functools.partial[Any]):
    """A function made from another: it can be pickled if that one can, and it is a method where it stands in a class."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)


def derived(call: Function, f: Callable[P, Any], *options: Any) -> Derivative[P, Any]:
    """The function ``(*args, **kwargs)`` ↦ ``call(f, *options, *args, **kwargs)``, under the name of `f`."""
    made: Any = functools.update_wrapper(Derived(call, f, *options), f)
    return made


# -- gradients ---------------------------------------------------------------------------------------------------


def value_and_grad(f: Callable[P, Any], argnum: Argnum = 0, *, has_aux: bool = False) -> Derivative[P, tuple[Any, Any]]:
    """The function that returns both ``f(*args)`` and its gradient; see `grad`.

    With `has_aux` the function returns a pair, of which only the first is differentiated: ``((value, aux), gradient)``.
    """
    return derived(_value_and_gradient, f, argnum, has_aux)


def _value_and_gradient(f: Function, argnum: Argnum, has_aux: bool, /, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
    return _both(f, argnum, has_aux, args, kwargs)


def _both(f: Function, argnum: Argnum, has_aux: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
    trace = Trace(f, argnum, args, kwargs)
    out, aux = trace.out if has_aux else (trace.out, None)
    scalar = isinstance(out, Value) and out.raw.__class__ is np.float64
    if not scalar:
        _check_scalar(trace.name, out)
    pull = PullBack([out], trace.inputs)
    if pull.independent and not isinstance(f, Derived):
        warn_independent(trace.name)
    gradients = pull([None if scalar else np.ones_like(unbox(out))[()]])
    value = pull.settled(out)
    if has_aux:
        value = value, PullBack(tree.flatten(aux)[0], trace.inputs).settled(aux)
    return value, trace.rebuild(gradients)


@overload
def grad(
    f: Value, argnum: Value, cotangent: Any = None, *, create_graph: bool = ..., allow_unused: bool = ...
) -> Any: ...
@overload
def grad(
    f: Value, argnum: Sequence[Value], cotangent: Any = None, *, create_graph: bool = ..., allow_unused: bool = ...
) -> list[Any]: ...
@overload  # of NumPy's own, which have several signatures
def grad(f: np.ufunc, argnum: Argnum = 0, *, has_aux: bool = ...) -> Function: ...
@overload
def grad(f: Callable[P, Any], argnum: Argnum = 0, *, has_aux: bool = ...) -> Derivative[P, Any]: ...
def grad(f: Any, argnum: Any = 0, *cotangent: Any, **options: Any) -> Any:
    """The function that returns the gradient of the scalar function `f`.

    It takes the arguments of `f` and returns ∂f/∂(argument number `argnum`), in the shape of that argument: an array,
    or any nest of dicts, lists, tuples, named tuples and dataclasses of arrays. For a sequence of argument numbers it
    returns a tuple. Plain arrays in, plain arrays out; inside `f` they are `Value`s. It nests: ``grad(grad(f))``.

    Of a real function of a complex z = x + iy the gradient is ∂f/∂x − i ∂f/∂y.

    Given a `Value` in place of a function, ``grad(out, inputs, cotangent=None, create_graph=False, allow_unused=False)``
    is the derivative of that computed Value with respect to the Values `inputs`: see `autograd.engine.backward.grad`.

    Raises:
        ShapeError: `f` returned more than one number, or there is no argument `argnum`.
        DtypeError: `f` returned a complex number.

    Examples:
        >>> grad(lambda x: x**3)(2.0)
        np.float64(12.0)
    """
    if isinstance(f, Value):
        return backward.grad(f, argnum, *cotangent, **options)
    has_aux = options.pop("has_aux", False)
    if cotangent or options:
        unknown = ", ".join([*map(repr, cotangent), *options])
        raise TypeError(f"grad of a function takes argnum and has_aux, and got {unknown} (at {user_line()})")
    return derived(_gradient, f, argnum, has_aux)


def _gradient(f: Function, argnum: Argnum, has_aux: bool, /, *args: Any, **kwargs: Any) -> Any:
    return _both(f, argnum, has_aux, args, kwargs)[1]


def grad_and_aux(f: Callable[P, Any], argnum: Argnum = 0) -> Derivative[P, tuple[Any, Any]]:
    """For an `f` that returns (scalar, anything): the gradient of the first, and the second as it is."""
    return derived(_gradient_and_aux, f, argnum)


def _gradient_and_aux(f: Function, argnum: Argnum, /, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
    (_, aux), gradient = _both(f, argnum, True, args, kwargs)
    return gradient, aux


def elementwise_grad(f: Callable[P, Any], argnum: Argnum = 0) -> Derivative[P, Any]:
    """The derivative of a function that acts on each element by itself, element by element."""
    return derived(_elementwise, f, argnum)


def _elementwise(f: Function, argnum: Argnum, /, *args: Any, **kwargs: Any) -> Any:
    trace = Trace(f, argnum, args, kwargs)
    if not hasattr(trace.out, "dtype") and not isinstance(trace.out, (int, float, complex)):
        raise ShapeError(
            f"elementwise_grad of {trace.name} at {user_line()}: it must return an array, and returned {describe(trace.out)}"
        )
    pull = PullBack([trace.out], trace.inputs)
    if pull.independent and not isinstance(f, Derived):
        warn_independent(trace.name)
    return trace.rebuild(pull.complete(trace.out, np.ones_like(unbox(trace.out))[()]))


def holomorphic_grad(f: Callable[P, Any], argnum: Argnum = 0) -> Derivative[P, Any]:
    """f′(z) of a holomorphic function of a complex number (or, element by element, of an array)."""
    return derived(_holomorphic, f, argnum)


def _holomorphic(f: Function, argnum: Argnum, /, *args: Any, **kwargs: Any) -> Any:
    if not np.iscomplexobj(args[argnum if isinstance(argnum, int) else argnum[0]]):
        name = getattr(f, "__name__", type(f).__name__)
        raise DtypeError(f"holomorphic_grad of {name} at {user_line()}: its argument is real; use grad")
    return _elementwise(f, argnum, *args, **kwargs)


# -- products with the Jacobian ----------------------------------------------------------------------------------


def vjp(f: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> tuple[Any, Callable[[Any], Any]]:
    """``f(*args)``, and the function that pulls a cotangent of the result back to all arguments: u ↦ uᵀJ.

    Returns a gradient for one argument, a tuple of gradients for several; keyword arguments are constants.
    """
    trace = Trace(f, 0 if len(args) == 1 else range(len(args)), args, kwargs)
    outs, _ = tree.flatten(trace.out)

    def pull(cotangent: Any) -> Any:
        return trace.rebuild(PullBack(outs, trace.inputs)(_matching(outs, cotangent)))

    return PullBack(outs, trace.inputs).settled(trace.out), pull


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """``f(*primals)`` and J·tangents: how the result changes as the arguments move along `tangents`.

    Reverse mode twice: the pulled-back cotangent uᵀJ is linear in u, and its derivative along the tangents is J·t.
    """
    out, push = linearize(f, *primals)
    return out, push(*tangents)


def linearize(f: Function, *primals: Any) -> tuple[Any, Function]:
    """``f(*primals)`` and the linear function t ↦ J·t, for many tangents at the price of one evaluation of `f`."""
    trace = Trace(f, range(len(primals)), primals, {})
    outs, rebuild = tree.flatten(trace.out)
    transposed = _transposed(outs, trace.inputs)

    def push(*tangents: Any) -> Any:
        directions, _ = tree.flatten(tangents)
        return rebuild(transposed([d for d in directions if is_variable(d)]))

    return PullBack(outs, trace.inputs).settled(trace.out), push


def _transposed(outs: list[Any], inputs: list[Value]) -> Callable[[list[Any]], list[Any]]:
    """The function t ↦ J·t, from the way back u ↦ uᵀJ: that is linear in u, and its derivative is the transpose."""
    u, pulled = _way_back(outs, inputs)

    def push(tangents: list[Any]) -> list[Any]:
        return PullBack(pulled, u, begun=inputs)(_matching(pulled, tangents))

    return push


def _way_back(outs: list[Any], inputs: list[Value]) -> tuple[list[Value], list[Any]]:
    """Fresh cotangents u, and the uᵀJ that is computed from them."""
    with enable_grad():
        u = [wrap(np.zeros_like(unbox(out))[()], requires_grad=True) for out in outs]
        return u, PullBack(outs, inputs)(u)


def _matching(outs: Sequence[Any], cotangent: Any) -> list[Any]:
    """The leaves of a cotangent, one for each result, in its shape."""
    leaves, _ = tree.flatten(cotangent)
    if len(leaves) != len(outs) or any(np.shape(o) != np.shape(g) for o, g in zip(outs, leaves, strict=True)):
        given, wanted = [np.shape(g) for g in leaves], [np.shape(o) for o in outs]
        raise ShapeError(f"the cotangent at {user_line()} has shapes {given}, and the result has {wanted}")
    return leaves


def hvp(f: Function, argnum: int = 0) -> Function:
    """The function ``(*args, v)`` ↦ H·v, H the Hessian of the scalar function `f`: the gradient pulled back along v."""
    return derived(_hessian_product, f, argnum)


def _hessian_product(f: Function, argnum: int, /, *args: Any, **kwargs: Any) -> Any:
    *rest, v = args
    trace = Trace(grad(f, argnum), argnum, tuple(rest), kwargs)
    gradients, _ = tree.flatten(trace.out)
    return trace.rebuild(PullBack(gradients, trace.inputs)(_matching(gradients, v)))


def ggnvp(f: Function, loss: Function = lambda y: np.sum(y**2) / 2) -> Function:
    """The function ``(x, v)`` ↦ JᵀHJ·v, J the Jacobian of `f` at x and H the Hessian of `loss` at f(x).

    The generalised Gauss-Newton product (Schraudolph, "Fast curvature matrix-vector products", 2002).
    """

    def product(x: Any, v: Any) -> Any:
        y, push = linearize(f, x)
        _, pull = vjp(f, x)
        return pull(hvp(loss)(y, push(v)))

    return product


# -- whole matrices ----------------------------------------------------------------------------------------------


def jacobian(f: Callable[P, Any], argnum: Argnum = 0) -> Derivative[P, Any]:
    """The function that returns ∂f/∂x in the shape ``f(x).shape + x.shape``.

    Of nests it is a nest of nests: in each place of the result's nest one in the form of the argument. A backward sweep
    carries the cotangents of many elements of the result at once, along a new first axis; where the argument has fewer
    elements than the result, those of the linearised function. For a real argument and a complex result it is complex.
    """
    return derived(_jacobian, f, argnum)


def _jacobian(f: Function, argnum: Argnum, /, *args: Any, **kwargs: Any) -> Any:
    trace = Trace(f, argnum, args, kwargs)
    outs, build = tree.flatten(trace.out)
    _check_number("jacobian", trace.name, trace.out)
    if not isinstance(f, Derived) and PullBack(outs, trace.inputs).independent:
        warn_independent(trace.name)  # a derivative may well be constant
    return build([trace.rebuild(_blocks(out, trace.inputs)) for out in outs])


def _blocks(out: Any, inputs: list[Value]) -> list[Any]:
    """The Jacobian of one array with respect to each of `inputs`."""
    shape, size = np.shape(out), math.prod(np.shape(out))
    is_complex = np.iscomplexobj(out) or any(np.iscomplexobj(x) for x in inputs)
    if len(inputs) == 1 and 0 < 2 * inputs[0].size < size and not is_complex:
        u, pulled = _way_back([out], inputs)
        (columns,) = PullBack(pulled, u, begun=inputs).rows(pulled[0])
        return [np.reshape(np.moveaxis(columns, 0, -1), shape + inputs[0].shape)]
    return [
        np.reshape(rows, shape + x.shape) for x, rows in zip(inputs, PullBack([out], inputs).rows(out), strict=True)
    ]


def hessian(f: Callable[P, Any], argnum: int = 0) -> Derivative[P, Any]:
    """The function that returns the second derivatives, in the shape ``f(x).shape + x.shape + x.shape``."""
    return jacobian(jacobian(f, argnum), argnum)


# -- what is recorded --------------------------------------------------------------------------------------------


def stop_gradient(x: Any) -> Any:
    """`x` as a constant: the same data, no derivative. Nests of arrays are taken apart and put together."""
    leaves, rebuild = tree.flatten(x)
    return rebuild([leaf.detach() if isinstance(leaf, Value) else leaf for leaf in leaves])


def straight_through(f: Function) -> Function:
    """`f` forwards, the identity backwards: for a step function, whose own derivative is 0 (Bengio et al., 2013)."""

    @functools.wraps(f)
    def through(x: Any) -> Any:
        return x + stop_gradient(f(stop_gradient(x)) - stop_gradient(x))

    return through


def _check_scalar(name: str, out: Any) -> None:
    """A gradient is of one real number."""
    _check_number("grad", name, out)
    if isinstance(out, (list, tuple, dict)) or math.prod(np.shape(out)) != 1:
        raise ShapeError(
            f"grad of {name} at {user_line()}: it must return a scalar, and returned {describe(out)}; reduce it "
            "with .sum() or .mean(), or ask for its jacobian"
        )
    if np.iscomplexobj(out):
        raise DtypeError(
            f"grad of {name} at {user_line()}: it must return a real number, and returned {describe(out)}; "
            "take its real part or its abs()"
        )


def _check_number(transform: str, name: str, out: Any) -> None:
    """What has no number in it has no derivative, not even 0."""
    leaves = [
        leaf for leaf in tree.flatten(out)[0] if hasattr(leaf, "dtype") or isinstance(leaf, (int, float, complex))
    ]
    if not leaves:
        raise DtypeError(
            f"{transform} of {name} at {user_line()}: it must return a number or an array, and returned {describe(out)}"
            + ("; is a return missing?" if out is None else "")
        )
