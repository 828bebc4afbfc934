"""Functions with derivative rules of the user's own: `primitive` and `defvjp`, `custom_vjp`, `checkpoint`, implicit functions.

What such a function computes inside is not recorded: it is one node. Its arguments and its result may be nests.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import tree
from .engine.convert import as_data, stack_nested
from .engine.mode import is_recording, no_grad
from .engine.value import Value, wrap
from .engine.witness import original, seen
from .errors import GraphError, ShapeError, UnsupportedError, describe, user_line
from .opaque import plain, record_call
from .tracing import Function, PullBack, Trace, awaited, differentiable

Maker = Callable[..., Callable[[Any], Any]]


# -- rules of the user's own -------------------------------------------------------------------------------------


class primitive:  # noqa: N801 - it is used as a decorator
    """A function that is recorded as one operation; what it computes inside is not looked at.

    `defvjp` gives it derivative rules. Without one for an argument that needs it, the backward pass raises
    `UnsupportedError` (a NotImplementedError). A keyword that holds a `Value` counts as the argument of that name.
    """

    def __init__(self, f: Function) -> None:
        functools.update_wrapper(self, f)
        self.fun = f
        self.makers: dict[int, Maker | None] = {}

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """In a class it is a method."""
        return self if instance is None else types.MethodType(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = _positional(self.fun, args, kwargs)
        makers, name = self.makers, _name(self)
        keywords = _Arguments(name, kwargs)

        def rule(wanted: Sequence[int], g: Any, out: Any, given: tuple[Any, ...]) -> dict[int, Any]:
            """For each argument number wanted its gradient, as its rule returned it; a rule for several is asked once."""
            gradients: dict[int, Any] = {}
            together: dict[Any, list[int]] = {}
            named = keywords()
            for i in wanted:
                if i not in makers:
                    raise UnsupportedError(
                        f"VJP of {name} with respect to argument number {i} is not defined (backward pass at "
                        f"{user_line()}): give it a rule with defvjp({name}, …, argnums=({i},))"
                    )
                maker = makers[i]
                if (several := getattr(maker, "several", None)) is not None:
                    together.setdefault(several, []).append(i)
                else:
                    gradients[i] = None if maker is None else _pulled(name, maker, g, out, given, named)
            for several, numbers in together.items():
                found = list(several(tuple(numbers), out, given, named)(_to_write_in(g)))
                if len(found) != len(numbers):
                    raise ShapeError(
                        f"the rule of {name} returned {len(found)} gradients for the argument numbers {numbers} (backward "
                        f"pass at {user_line()}): one for each is needed"
                    )
                gradients.update(zip(numbers, found, strict=True))
            return gradients

        return _call(self.fun, name, args, kwargs, rule)


def defvjp(f: primitive, *makers: Maker | None, argnums: Sequence[int] | None = None) -> None:
    """Give the primitive `f` a rule per argument: ``lambda ans, *args: lambda g: …``; None says "no gradient".

    The rules run on `Value`s when a derivative of the derivative is wanted: in plain NumPy they serve any order. For a
    function of NumPy's or SciPy's see `autograd.extend.defvjp`.

    Raises:
        UnsupportedError: `f` is no primitive.
    """
    if not isinstance(f, primitive):
        raise UnsupportedError(
            f"defvjp of {describe(f)} at {user_line()}: it is no primitive. Write @primitive above its definition; for a "
            "function of NumPy's or SciPy's, and for the whole process, there is autograd.extend.defvjp"
        )
    f.makers.update(zip(range(len(makers)) if argnums is None else argnums, makers, strict=True))


def _pulled(name: str, maker: Maker, g: Any, out: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """The gradient that the rule ``maker(out, *given)`` makes of `g`."""
    written = f"lambda ans, {', '.join(f'x{i}' for i in range(len(given)))}: lambda g: …"
    pull = _called(name, maker, written, out, *given, **named)
    if not callable(pull):
        raise UnsupportedError(
            f"a rule of {name} (backward pass at {user_line()}) returned {describe(pull)} in place of a function of the "
            f"cotangent: it is written  {written}"
        )
    return _called(name, pull, "lambda g: …", _to_write_in(g))


def _called(name: str, rule: Function, written: str, *args: Any, **kwargs: Any) -> Any:
    """The rule of the user's, called; one that does not take these arguments is told how it is written."""
    try:
        return rule(*args, **kwargs)
    except TypeError as error:
        try:
            inspect.signature(rule).bind(*args, **kwargs)
        except TypeError as unfit:
            raise UnsupportedError(
                f"a rule of {name} does not take what it is called with (backward pass at {user_line()}): {unfit}. It is "
                f"written  {written}"
            ) from error
        except ValueError:  # it has no signature to be looked at
            pass
        raise


def custom_vjp(forward: Function, rule: Function) -> Function:
    """`forward` with the rule ``rule(g, out, *inputs)``, which returns the gradient of its input (a tuple for several).

    Raises:
        ShapeError: in the backward pass, where the rule returns too few gradients, or too many.
    """
    name = _name(forward)

    @functools.wraps(forward)
    def recorded(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = _positional(forward, args, kwargs)
        keywords = _Arguments(name, kwargs)

        def all_at_once(wanted: Sequence[int], g: Any, out: Any, given: tuple[Any, ...]) -> dict[int, Any]:
            written = f"lambda g, out, {', '.join(f'x{i}' for i in range(len(given)))}: …"
            gradients = _called(name, rule, written, _to_write_in(g), out, *given, **keywords())
            if len(given) == 1 and not (isinstance(gradients, tuple) and len(gradients) == 1):
                gradients = (gradients,)
            if not isinstance(gradients, (tuple, list)) or len(gradients) != len(given):
                n = len(gradients) if isinstance(gradients, (tuple, list)) else 1
                raise ShapeError(
                    f"the rule of {name} returned {n} gradients for {len(given)} arguments (backward pass at "
                    f"{user_line()}): one for each is needed, None where there is no derivative"
                )
            return dict(enumerate(gradients))

        return _call(forward, name, args, kwargs, all_at_once)

    return recorded


def _call(f: Function, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], rule: Function) -> Any:
    """``f(*args, **kwargs)`` as one node, whose gradients `rule` gives by argument number."""
    leaves, rebuild = tree.flatten(args)
    if not any(isinstance(leaf, Value) for leaf in leaves):
        return _closed(name, f(*args, **kwargs))
    owner = [(i, k) for i, arg in enumerate(args) for k in range(len(tree.flatten(arg)[0]))]  # argument, place in it
    result = _closed(name, f(*_to_write_in(plain(args)), **kwargs))

    def pull(wanted: Sequence[int], g: Any, out: Any, inputs: Sequence[Any]) -> list[Any]:
        given = rebuild(_to_write_in(list(inputs)))
        asked = sorted({owner[place][0] for place in wanted})
        gradients = rule(asked, g, _to_write_in(out), given)
        parts = {i: _per_leaf(name, i, gradients[i], given[i], getattr(out, "shape", ())) for i in asked}
        return [parts[i][k] for i, k in (owner[place] for place in wanted)]

    return record_call(name, result, leaves, pull)


def _per_leaf(name: str, i: int, gradient: Any, argument: Any, result: tuple[int, ...]) -> list[Any]:
    """The gradient of argument `i` that a rule returned, checked: one for each leaf of the argument."""
    leaves, _ = tree.flatten(argument)
    if gradient is None:
        return [np.zeros_like(getattr(x, "raw", x)) for x in leaves]
    alone = len(leaves) == 1 and leaves[0] is argument
    parts = [_from_list(gradient, argument)] if alone else tree.flatten(gradient)[0]
    if len(parts) != len(leaves) or isinstance(parts[0], (list, tuple)):
        raise ShapeError(
            f"the rule of {name} for argument {i} returned a {type(gradient).__name__} of another form than the argument, "
            f"{describe(argument)} (backward pass at {user_line()}): the gradient has the form of the argument"
        )
    return [_fitting(name, i, part, leaf, result) for part, leaf in zip(parts, leaves, strict=True)]


def _from_list(x: Any, argument: Any) -> Any:
    """A list or tuple of numbers in place of an array, as that array; ``(g,)`` in place of g, too."""
    if not isinstance(x, (list, tuple)):
        return x
    if len(x) == 1 and np.shape(argument) != (1,):
        return x[0]
    array = stack_nested(x)
    return array if np.shape(array) == np.shape(argument) else x


def _fitting(name: str, i: int, g: Any, x: Any, result: tuple[int, ...]) -> Any:
    """A gradient as an array that can belong to `x`: in its shape, or in that of the `result` it was broadcast to."""
    if g is None or not hasattr(x, "dtype"):
        return np.zeros_like(getattr(x, "raw", x))
    g = g if hasattr(g, "dtype") else np.asarray(g)[()]
    shape, wanted = np.shape(g), np.shape(x)
    inner = shape[len(shape) - len(wanted) :]
    broadcast = len(inner) == len(wanted) and all(n in (1, m) for n, m in zip(wanted, inner, strict=True))
    fits = shape == wanted or (broadcast and shape == result)
    if g.dtype.kind not in "fciub" or not fits:
        raise ShapeError(
            f"the rule of {name} for argument {i} returned {describe(g)} (backward pass at {user_line()}), and the argument "
            f"is {describe(x)}: a gradient has the shape of its argument"
        )
    if g.dtype.kind not in "fc":
        return g * np.float64(1)
    return g.copy() if isinstance(g, np.ndarray) else g  # the rule may keep its own, and change it


def _to_write_in(g: Any) -> Any:
    """A nest for a function of the user's: arrays of its own, contiguous and writable, as compiled code wants them."""
    leaves, rebuild = tree.flatten(g)
    return rebuild([np.array(leaf, order="C") if isinstance(leaf, np.ndarray) else leaf for leaf in leaves])


def _closed(name: str, result: Any) -> Any:
    """The result of a function that is not looked at, which must not depend on a `Value` from its surroundings."""
    leaves, _ = tree.flatten(result)
    for leaf in leaves:
        if differentiable(leaf) and is_recording():
            raise GraphError(
                f"{name} at {user_line()} computed with a Value that is not among its arguments ({describe(leaf)}): its "
                "rule cannot know of it, and the derivative would be 0 without a word. Pass it as an argument, or "
                "stop_gradient(value) if it is a constant"
            )
    return plain(result)


def _positional(f: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A call with every keyword that holds a `Value` as an argument by position, since rules go by position."""
    if not any(isinstance(leaf, Value) for leaf in tree.flatten(kwargs)[0]):
        return args, kwargs
    try:
        bound = inspect.signature(f).bind(*args, **kwargs)
    except (TypeError, ValueError) as error:
        raise UnsupportedError(
            f"{_name(f)} at {user_line()}: pass Values by position, not by keyword ({error})"
        ) from error
    held = [name for name in kwargs if any(isinstance(leaf, Value) for leaf in tree.flatten(kwargs[name])[0])]
    if any(name in bound.kwargs or name not in bound.arguments for name in held):
        raise UnsupportedError(
            f"{_name(f)} at {user_line()} takes {', '.join(held)} by keyword alone, and a derivative rule goes by the "
            "position of an argument: make it a positional parameter"
        )
    return bound.args, bound.kwargs


def _name(f: Any) -> str:
    return getattr(f, "__name__", None) or type(f).__name__


class _Arguments:
    """Arguments of a function that the backward pass calls again: the `Value`s in them can be replaced, and the arrays are
    what they were."""

    __slots__ = ("_build", "_leaves", "_name", "_places", "values")

    def __init__(self, name: str, arguments: Any) -> None:
        leaves, self._build = tree.flatten(arguments)
        self._name, self._places = name, [i for i, leaf in enumerate(leaves) if isinstance(leaf, Value)]
        self.values: list[Value] = [leaves[i] for i in self._places]
        self._leaves = [seen(leaf) if leaf.__class__ is np.ndarray else leaf for leaf in leaves]

    def __call__(self, new: Sequence[Any] = ()) -> Any:
        """The arguments, with `new` in place of the Values."""
        filled = [original(leaf, self._name) if leaf.__class__ is tuple else leaf for leaf in self._leaves]
        for i, x in zip(self._places, new, strict=True):
            filled[i] = x
        return self._build(filled)


# -- computed again, or not at all -------------------------------------------------------------------------------


class _Again:
    """A function of some Values, to be traced again in the backward pass.

    One trace, of which nothing is kept, shows which Values from outside the result depends on too: they are inputs as well.
    """

    __slots__ = ("_f", "_n", "inputs", "out", "outside")

    def __init__(self, f: Callable[[list[Any]], Any], values: list[Value]) -> None:
        self._f, self._n = f, len(values)
        began = wrap(np.float64(0), requires_grad=False)
        trace = Trace(f, 0, ([x.raw for x in values],), {})
        self.outside: list[Any] = PullBack(tree.flatten(trace.out)[0], trace.inputs, begun=[began]).older
        self.inputs = [*values, *self.outside]
        self.out = plain(trace.out)

    def way_back(self, inputs: Sequence[Any]) -> tuple[Trace, PullBack]:
        """The trace at these inputs, and the way back to all of them and to what is closed over."""
        began = wrap(np.float64(0), requires_grad=False)
        with awaited(self.outside):
            trace = Trace(self._f, 0, (list(inputs[: self._n]),), {})
        recorded = True if any(isinstance(x, Value) for x in inputs) else None
        outs = tree.flatten(trace.out)[0]
        return trace, PullBack(outs, trace.inputs, begun=[began], border=self.outside, recorded=recorded)


def checkpoint(f: Function) -> Function:
    """`f`, without keeping what it computes: the backward pass computes it again. Memory for time.

    `f` may use Values from its surroundings, such as the parameters of a module. It must give the same result again.
    """
    name = _name(f)

    @functools.wraps(f)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        if not is_recording():
            return f(*args, **kwargs)
        arguments = _Arguments(name, (args, kwargs))

        def call(values: list[Any]) -> Any:
            args, kwargs = arguments(values)
            return f(*args, **kwargs)

        again = _Again(call, arguments.values)

        def pull(wanted: Sequence[int], g: Any, out: Any, inputs: Sequence[Any]) -> list[Any]:
            trace, back = again.way_back(inputs)
            _check_same(name, plain(trace.out), plain(out))
            gradients = back(tree.flatten(g)[0])
            return [gradients[i] for i in wanted]

        return record_call(name, again.out, again.inputs, pull) if again.inputs else again.out

    return checkpointed


def _check_same(name: str, again: Any, before: Any) -> None:
    """A function that is computed again must give what it gave."""
    for x, y in zip(tree.flatten(again)[0], tree.flatten(before)[0], strict=True):
        if np.asarray(x).dtype.kind in "fc" and not (
            np.shape(x) == np.shape(y) and np.allclose(x, y, rtol=1e-3, atol=1e-6, equal_nan=True)
        ):
            raise GraphError(
                f"{name}, computed again for the backward pass at {user_line()}, gave another result ({describe(x)}) than "
                "before: what it draws at random, or changes, must come in as an argument"
            )


def fixed_point(f: Function, a: Any, x0: Any, distance: Function, tol: float, max_iterations: int = 100_000) -> Any:
    """The x with x = f(a)(x), by iteration from `x0` until ``distance(x, previous) <= tol``.

    Differentiable in `a`, and in Values that `f` closes over. By the implicit function theorem the cotangent u of x
    satisfies u = g + uᵀ∂f/∂x at the solution: a fixed point too, and so differentiable itself, to any order
    (B. Christianson, "Reverse accumulation and attractive fixed points", 1994).

    Raises:
        GraphError: there is no end after `max_iterations`.
    """

    def iterate(step: Function, x: Any) -> Any:
        for _ in range(max_iterations):
            x, previous = plain(step(x)), x
            if not distance(x, previous) > tol:
                return x
        raise GraphError(
            f"fixed_point at {user_line()} found none in {max_iterations} iterations: is the step a contraction at the "
            "solution, and tol within reach?"
        )

    def adjoint(back: Callable[[Any], Any], g: Any) -> Any:
        return fixed_point(lambda _: lambda u: g + back(u), None, plain(g), distance, tol, max_iterations)

    with no_grad():
        x = iterate(f(plain(a)), plain(x0))
    return _solution("fixed_point", x, a, lambda x, a: f(a)(x), adjoint, sign=1)


def implicit(solve: Function, condition: Function) -> Function:
    """``solve(a)``, a root x of ``condition(x, a) = 0`` found in whatever way, made differentiable in `a`.

    ∂x/∂a = −(∂c/∂x)⁻¹ ∂c/∂a, by the implicit function theorem; `solve` itself is not looked at, and `condition` may
    use Values from its surroundings. `a` may be a nest.
    """

    def adjoint(back: Callable[[Any], Any], g: Any) -> Any:
        n = int(np.size(plain(g)))
        if not n:
            return g
        units = np.eye(n).reshape((n, *np.shape(plain(g))))
        slope = np.reshape(np.stack([back(unit[()]) for unit in units]), (n, n))
        return np.reshape(np.linalg.solve(slope.T, np.reshape(g, (n,))), np.shape(plain(g)))

    @functools.wraps(solve)
    def solution(a: Any) -> Any:
        with no_grad():
            x = plain(solve(_to_write_in(plain(a))))
        return _solution(_name(solve), x, a, condition, adjoint, sign=-1)

    return solution


def _solution(name: str, x: Any, a: Any, condition: Function, adjoint: Function, sign: int) -> Any:
    """`x`, determined by ``condition(x, a)``, as one operation on `a` and on what the condition closes over.

    ``adjoint(back, g)`` is the cotangent u of the condition, where ``back(u)`` pulls one back to x; what pulls back to
    `a` from there is, up to the `sign`, the gradient.
    """
    arguments = _Arguments(name, a)

    def conditioned(values: list[Any]) -> Any:
        x, *new = values
        return condition(x, arguments(new))

    if not is_recording():
        return x
    if not (hasattr(x, "dtype") or isinstance(x, (int, float, complex, list))):
        raise UnsupportedError(
            f"{name} at {user_line()}: the solution is a {type(x).__name__}, and must be a number or an array; put a nest "
            "into one vector (autograd.misc.flatten)"
        )
    again = _Again(conditioned, [wrap(as_data(x), requires_grad=False), *arguments.values])
    if len(again.inputs) == 1:
        return x

    def pull(wanted: Sequence[int], g: Any, out: Any, inputs: Sequence[Any]) -> list[Any]:
        _, back = again.way_back([out, *inputs])
        u = adjoint(lambda u: back([u])[0], g)
        gradients = back([u])[1:]
        return [gradients[i] if sign > 0 else -gradients[i] for i in wanted]

    return record_call(name, x, again.inputs[1:], pull)
