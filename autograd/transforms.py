"""Functions in, derivatives out: each a few lines on the kernel in `backward`.

In all of them the arguments to be differentiated may be arrays or nests of dicts, lists, tuples, named tuples and
dataclasses of arrays. Plain arrays go in and come out; inside the function they are `Value`s.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import backward, tree
from .convert import as_data, unbox
from .errors import DtypeError, ShapeError, describe, user_line
from .graph import reachable
from .mode import enable_grad, is_recording
from .rules import arithmetic
from .value import Value, record, wrap

Argnum = int | Sequence[int]
Function = Callable[..., Any]


# -- the two halves of every transformation ----------------------------------------------------------------------


def variable(x: Any) -> Value:
    """A fresh `Value` with the data of `x`. If `x` is a `Value` itself, the fresh one is computed from it, so that a
    derivative with respect to the one is not mistaken for a derivative with respect to the other."""
    if isinstance(x, Value):
        copy = record(arithmetic.positive, x)
        return copy if copy.requires_grad else wrap(x.data, requires_grad=True)
    return wrap(as_data(x), requires_grad=True)


def trace(
    f: Function, argnum: Argnum, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, list[Value], tree.Rebuild]:
    """Call `f` with fresh `Value`s in place of the arrays in the arguments `argnum`.

    Returns the result, those Values in order, and the function that arranges one array for each of them like the
    arguments they came from.
    """
    single = isinstance(argnum, int)
    places: Sequence[int] = [argnum] if isinstance(argnum, int) else argnum
    for place in places:
        if not -len(args) <= place < len(args):
            raise ShapeError(
                f"argnum={argnum} of {_name(f)} at {user_line()}: the call has {len(args)} positional arguments"
            )
    leaves, rebuild = tree.flatten(args[places[0]] if single else tuple(args[place] for place in places))
    if not is_recording():
        with enable_grad():
            return trace(f, argnum, args, kwargs)
    inputs = [variable(leaf) for leaf in leaves]
    new = rebuild(inputs)
    given = list(args)
    for place, argument in zip(places, (new,) if single else new, strict=True):
        given[place] = argument
    return f(*given, **kwargs), inputs, rebuild


def pull_back(out: Any, inputs: list[Value], seed: Any = None, begun: Sequence[Value] = ()) -> tuple[Any, list[Any]]:
    """`out` and its gradients with respect to `inputs` (zeros where it does not depend on one).

    All are plain arrays, unless `out` also depends on a `Value` from outside that may be differentiated later: then
    they are `Value`s that remember it. That is what makes ``grad(grad(f))`` right. "Outside" is what is older than
    `inputs`, or than the Values `begun` with which the computation began, if it began before.
    """
    if not isinstance(out, Value) or not out.requires_grad:
        return unbox(out), [np.zeros_like(x.data)[()] for x in inputs]
    targets = {x.number for x in inputs}
    nodes, older = reachable(out, oldest=min(x.number for x in (*inputs, *begun)))
    again = is_recording() and (bool(older) or isinstance(seed, Value))
    start = backward.seed_for(out, seed)
    found = backward.gradients_of(out, start, nodes, targets, again)
    results = [found[x.number] if x.number in found else np.zeros_like(x.data)[()] for x in inputs]
    return (out, results) if again else (out.data, backward.own(results, start))


def _weigh(out: Any, seed: Any) -> Any:
    """Σ seed · out over all arrays in a nest: the scalar whose gradient is the pulled-back `seed`."""
    outs, _ = tree.flatten(out)
    seeds, _ = tree.flatten(seed)
    if len(outs) != len(seeds) or any(np.shape(o) != np.shape(s) for o, s in zip(outs, seeds, strict=False)):
        shapes = [np.shape(o) for o in outs], [np.shape(s) for s in seeds]
        raise ShapeError(f"the cotangent at {user_line()} has shapes {shapes[1]}, and the result has {shapes[0]}")
    return sum((np.sum(o * s) for o, s in zip(outs, seeds, strict=True)), start=np.float64(0))


# -- gradients ---------------------------------------------------------------------------------------------------


def value_and_grad(f: Function, argnum: Argnum = 0, *, has_aux: bool = False) -> Function:
    """The function that returns both ``f(*args)`` and its gradient; see `grad`.

    With `has_aux` the function returns a pair, of which only the first is differentiated: ``((value, aux), gradient)``.
    """

    @functools.wraps(f)
    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        out, inputs, rebuild = trace(f, argnum, args, kwargs)
        out, aux = out if has_aux else (out, None)
        _check_scalar(f, out)
        value, gradients = pull_back(out, inputs)
        return ((value, unbox(aux)) if has_aux else value), rebuild(gradients)

    return value_and_gradient


def grad(f: Any, argnum: Any = 0, **options: Any) -> Any:
    """The function that returns the gradient of the scalar function `f`.

    It takes the arguments of `f` and returns ∂f/∂(argument number `argnum`), in the shape of that argument: an array,
    or any nest of dicts, lists, tuples, named tuples and dataclasses of arrays. For a sequence of argument numbers it
    returns a tuple. Plain arrays in, plain arrays out; inside `f` they are `Value`s. It nests: ``grad(grad(f))``.

    Of a real function of a complex z = x + iy the gradient is ∂f/∂x − i ∂f/∂y.

    Given a `Value` in place of a function, ``grad(out, inputs, seed=None, create_graph=False, allow_unused=False)`` is
    the derivative of that computed Value with respect to the Values `inputs`: see `autograd.backward.grad`.

    Raises:
        ShapeError: `f` returned something that is not a scalar, or there is no argument `argnum`.
        DtypeError: `f` returned a complex number.

    Examples:
        >>> grad(lambda x: x**3)(2.0)
        np.float64(12.0)
    """
    if isinstance(f, Value):
        return backward.grad(f, argnum, **options)
    both = value_and_grad(f, argnum, **options)

    @functools.wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return gradient


def grad_and_aux(f: Function, argnum: Argnum = 0) -> Function:
    """For an `f` that returns (scalar, anything): the gradient of the first, and the second as it is."""
    both = value_and_grad(f, argnum, has_aux=True)

    @functools.wraps(f)
    def gradient_and_aux(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        (_, aux), gradient = both(*args, **kwargs)
        return gradient, aux

    return gradient_and_aux


def elementwise_grad(f: Function, argnum: Argnum = 0) -> Function:
    """The derivative of a function that acts on each element by itself, element by element."""

    @functools.wraps(f)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        out, inputs, rebuild = trace(f, argnum, args, kwargs)
        return rebuild(pull_back(np.sum(out) if np.ndim(out) else out, inputs)[1])

    return derivative


def holomorphic_grad(f: Function, argnum: Argnum = 0) -> Function:
    """f′(z) of a holomorphic function of a complex number (or, element by element, of an array)."""
    derivative = elementwise_grad(f, argnum)

    @functools.wraps(f)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if not np.iscomplexobj(args[argnum if isinstance(argnum, int) else argnum[0]]):
            raise DtypeError(f"holomorphic_grad of {_name(f)} at {user_line()}: its argument is real; use grad")
        return derivative(*args, **kwargs)

    return checked


# -- products with the Jacobian ----------------------------------------------------------------------------------


def vjp(f: Function, *args: Any) -> tuple[Any, Callable[[Any], Any]]:
    """``f(*args)``, and the function that pulls a cotangent of the result back to all arguments: u ↦ uᵀJ.

    Returns a gradient for one argument, a tuple of gradients for several.
    """
    out, inputs, rebuild = trace(f, 0 if len(args) == 1 else range(len(args)), args, {})

    def pull(cotangent: Any) -> Any:
        return rebuild(pull_back(_weigh(out, cotangent), inputs)[1])

    return _settled(out, inputs), pull


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """``f(*primals)`` and J·tangents: how the result changes as the arguments move along `tangents`.

    Reverse mode twice: the pulled-back cotangent uᵀJ is linear in u, and its derivative along the tangents is J·t.
    """
    out, push = linearize(f, *primals)
    return out, push(*tangents)


def linearize(f: Function, *primals: Any) -> tuple[Any, Function]:
    """``f(*primals)`` and the linear function t ↦ J·t, for many tangents at the price of one evaluation of `f`."""
    out, inputs, _ = trace(f, range(len(primals)), primals, {})
    outs, rebuild = tree.flatten(out)
    with enable_grad():
        cotangents = [wrap(np.zeros_like(unbox(o))[()], requires_grad=True) for o in outs]
        total = _weigh(outs, cotangents)
        pulled = backward.grad(total, inputs, create_graph=True, allow_unused=True)

    def push(*tangents: Any) -> Any:
        directions, _ = tree.flatten(tuple(tangents))
        with enable_grad():
            along = _weigh(pulled, [d if isinstance(d, Value) else np.asarray(d)[()] for d in directions])
        return rebuild(pull_back(along, cotangents, begun=inputs)[1])

    return _settled(out, inputs), push


def _settled(out: Any, inputs: list[Value]) -> Any:
    """The result of a traced function as its caller should see it: plain, unless an outer derivative is at work."""
    leaves, rebuild = tree.flatten(out)
    outer = any(x.op is not None for x in inputs) and is_recording()
    return out if outer else rebuild([unbox(leaf) for leaf in leaves])


def hvp(f: Function, argnum: int = 0) -> Function:
    """The function ``(*args, v)`` ↦ H·v, H the Hessian of the scalar function `f`: the gradient of ∇f · v."""

    @functools.wraps(f)
    def product(*args: Any, **kwargs: Any) -> Any:
        *rest, v = args
        return grad(lambda *xs: _weigh(grad(f, argnum)(*xs, **kwargs), v), argnum)(*rest)

    return product


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


def jacobian(f: Function, argnum: Argnum = 0) -> Function:
    """The function that returns ∂f/∂x in the shape ``f(x).shape + x.shape``.

    One backward sweep for each element of the result; where the argument has fewer elements, one for each of those,
    through the linearised function.
    """

    @functools.wraps(f)
    def matrix(*args: Any, **kwargs: Any) -> Any:
        out, inputs, rebuild = trace(f, argnum, args, kwargs)
        shape, size = np.shape(out), int(np.prod(np.shape(out)))
        columns = sum(x.size for x in inputs)
        if isinstance(out, Value) and out.requires_grad and 2 * columns < size and len(inputs) == 1:
            return rebuild([_by_columns(out, inputs[0])])
        flat = np.reshape(out, (-1,)) if shape else out
        elements = [flat[i] for i in range(size)] if shape else [flat]
        with enable_grad():
            rows = [pull_back(element, inputs)[1] for element in elements]
        stacked = [_stack([row[i] for row in rows], shape + x.shape) for i, x in enumerate(inputs)]
        return rebuild(stacked)

    return matrix


def _stack(rows: list[Any], shape: tuple[int, ...]) -> Any:
    if not rows:
        return np.zeros(shape)
    return np.reshape(np.stack([row if isinstance(row, Value) else np.asarray(row) for row in rows]), shape)


def _by_columns(out: Value, x: Value) -> Any:
    """The Jacobian of a long result with respect to a short argument, a column at a time."""
    with enable_grad():
        cotangent = wrap(np.zeros_like(out.data), requires_grad=True)
        pulled = backward.grad(np.sum(out * cotangent), x, create_graph=True)
        if not isinstance(pulled, Value):
            return np.zeros(out.shape + x.shape)
        flat = np.reshape(pulled, (-1,)) if pulled.shape else pulled
        parts = [flat[i] for i in range(x.size)] if pulled.shape else [flat]
        columns = [pull_back(part, [cotangent], begun=[x])[1][0] for part in parts]
    return np.reshape(np.stack(columns, axis=-1), out.shape + x.shape)


def hessian(f: Function, argnum: int = 0) -> Function:
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


def _name(f: Function) -> str:
    return getattr(f, "__name__", None) or type(f).__name__


def _check_scalar(f: Function, out: Any) -> None:
    """A gradient is of one real number."""
    if getattr(out, "shape", ()) != () or isinstance(out, (list, tuple, dict)):
        raise ShapeError(
            f"grad of {_name(f)} at {user_line()}: it must return a scalar, and returned {describe(out)}; reduce it "
            "with .sum() or .mean(), or ask for its jacobian"
        )
    if isinstance(out, complex) or (hasattr(out, "dtype") and out.dtype.kind == "c"):
        raise DtypeError(
            f"grad of {_name(f)} at {user_line()}: it must return a real number, and returned {describe(out)}; "
            "take its real part or its abs()"
        )
