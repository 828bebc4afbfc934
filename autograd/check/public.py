"""The public functions: each makes a `Problem` of what it is given and has it checked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from .. import tree
from ..engine.convert import unbox
from ..engine.mode import enable_grad
from ..engine.value import Value
from .checker import Mode, Options, check, new_seed
from .hygiene import Answers
from .problem import (
    Arguments,
    chosen,
    module_parameters,
    of_jvp,
    of_values,
    of_vjp,
    pull_values,
    pushed,
    take_apart,
)
from .report import Report
from .suspects import Uses
from .written import Exchangeable, edits_of


def gradcheck(
    f: Callable[..., Any],
    inputs: Any,
    *,
    seed: int | None = None,
    rtol: float | None = None,
    mode: Mode = "auto",
    progress: bool | None = None,
    names: Sequence[str] = (),
) -> Report:
    """Check the gradients that this package computes for `f` against finite differences.

    Args:
        f: a function of numbers, arrays and containers of them, or a module (anything with ``named_parameters()`` or
            ``parameters()``), whose parameters are then checked too.
        inputs: a tuple of arguments for `f`, or a single argument. Floating-point leaves are checked, at these values;
            integers, strings and `Value`s with ``requires_grad=False`` are constants.
        seed: repeats a check; without one it is drawn, and printed in the report.
        rtol: how far the two may differ beside the error bar, by default 1e-5 of each element, 1e-9 of a projection.
        mode: "jacobian" looks at every element; "projections" at random directions, which takes about fifty
            evaluations each whatever the size, and at single elements where a projection fails. "auto" takes the whole
            Jacobian where it costs at most 12,000 evaluations.
        progress: a progress bar; by default on a terminal, for checks of more than two seconds.
        names: used in the report in place of "input 0", "input 1", …

    Returns:
        A `Report`: true if and only if the verdict is "pass". The verdict is "inconclusive" where finite differences
        cannot decide.
    """
    name = f"gradcheck of {_name(f)}"
    with _restored(f):
        arguments = take_apart(inputs, names)
        return check(of_values(f, arguments, name), Uses(_caller(f, arguments)), Options(seed, rtol, mode, progress))


def gradgradcheck(
    f: Callable[..., Any],
    inputs: Any,
    *,
    seed: int | None = None,
    rtol: float | None = None,
    mode: Mode = "auto",
    progress: bool | None = None,
    names: Sequence[str] = (),
) -> Report:
    """As `gradcheck`, one order higher: the gradient of `f` is itself differentiated and compared.

    What is checked is g ↦ gradient, as a function of the inputs and of the incoming gradient g, for a random g.
    """
    seed = new_seed(seed)
    arguments = take_apart(inputs, names)
    count = len(arguments.active)
    name = f"gradgradcheck of {_name(f)}"
    with _restored(f):
        first = of_values(f, arguments, name)
        parameters = [parameter for _, parameter in module_parameters(f)]
        cotangents = first.cotangents(np.random.default_rng(seed).normal(size=first.size_out))

        def gradient(*leaves: Any) -> list[Any]:
            values = [leaf if leaf.requires_grad else Value(leaf.data) for leaf in leaves[:count]]
            out = f(*arguments.filled(list(values)))
            outputs = [leaf for leaf in tree.flatten(out)[0] if np.asarray(unbox(leaf)).dtype.kind in "fc"]
            return pull_values(outputs, values + parameters, list(leaves[count:]), create_graph=True)

        point = tuple(part.array(first.point) for part in first.inputs[:count])
        second = take_apart((*point, *cotangents), [*arguments.names, *(f"g{i}" for i in range(len(cotangents)))])
        lifted = _Lifted(gradient, f)
        return check(of_values(lifted, second, name), Uses(), Options(seed, rtol, mode, progress))


class _Lifted:
    """The gradient of a module, still with the module's parameters."""

    def __init__(self, call: Callable[..., Any], module: Any) -> None:
        self._call, self._module = call, module

    def __call__(self, *args: Any) -> Any:
        with enable_grad():
            return self._call(*args)

    def named_parameters(self) -> list[tuple[str, Any]]:
        return module_parameters(self._module)


def check_vjp(
    f: Callable[..., Any],
    vjp: Callable[..., Any],
    inputs: Any,
    *,
    seed: int | None = None,
    rtol: float | None = None,
    mode: Mode = "auto",
    progress: bool | None = None,
    names: Sequence[str] = (),
) -> Report:
    """Check a hand-written ``vjp(g, out, *inputs)`` of a function of plain arrays.

    It is given the incoming gradient g (in the shape of the output), the output, and the inputs, and returns the
    gradient of each input: one, or a tuple for several. Of a real f of a complex z = x + iy that is ∂f/∂x − i ∂f/∂y.
    Where it is wrong, and its source is at hand, the report's `edits` say which small change of the source makes it right.
    Everything else is as in `gradcheck`.
    """
    return vjp_report(f, vjp, inputs, names, Options(seed, rtol, mode, progress))


def vjp_report(
    f: Callable[..., Any], vjp: Callable[..., Any], inputs: Any, names: Sequence[str], options: Options
) -> Report:
    """What `check_vjp` returns."""
    arguments, derivative = take_apart(inputs, names), Exchangeable(vjp)
    _fits(vjp, len(arguments.counts))
    problem = of_vjp(f, derivative, arguments, f"check_vjp of {_name(f)}")

    def again(g: Any, out: Any, arrays: list[Any]) -> list[Any]:
        return chosen(vjp(g, out, *arguments.filled(arrays)), arguments)

    report = check(problem, Uses(_caller(f, arguments), again), options)
    if report.verdict == "fail":
        quietly = replace(options, progress=False)
        report.find_edits = lambda: edits_of(problem, derivative, lambda: check(problem, Uses(), quietly).verdict)
    return report


def _fits(vjp: Callable[..., Any], inputs: int) -> None:
    """Raise a `TypeError` if `vjp` cannot be called with g, out and so many inputs."""
    try:
        signature = inspect.signature(vjp)
    except (TypeError, ValueError):  # it does not tell
        return
    try:
        signature.bind(*range(2 + inputs))
    except TypeError as error:
        what = f"the cotangent g, the output and the {f'{inputs} inputs' if inputs > 1 else 'input'}"
        raise TypeError(
            f"{_name(vjp)}{signature} is called as vjp(g, out, *inputs), here with {2 + inputs} arguments, {what}: {error}. "
            "Several inputs are given as one tuple, check_vjp(f, vjp, (a, b))"
        ) from None


def check_jvp(
    f: Callable[..., Any],
    jvp: Callable[..., Any],
    inputs: Any,
    *,
    seed: int | None = None,
    rtol: float | None = None,
    mode: Mode = "auto",
    progress: bool | None = None,
    names: Sequence[str] = (),
) -> Report:
    """Check a hand-written ``jvp(inputs, tangents)``: both are tuples, and the result is the tangent of the output."""
    seed = new_seed(seed)
    arguments = take_apart(inputs, names)
    problem = of_jvp(f, jvp, arguments, f"check_jvp of {_name(f)}")

    def curved(answers: Answers, rng: np.random.Generator) -> None:
        a, b = rng.normal(size=(2, problem.size_in))
        push = [pushed(problem, jvp, arguments, problem.point, v) for v in (a, b, 2 * a - 3 * b)]
        size = sum(np.abs(p).max(initial=0) for p in push)
        if (np.abs(2 * push[0] - 3 * push[1] - push[2]) > 1e-6 * size).any():
            answers.note(
                "nonlinear",
                "The derivative is not linear in the tangents: every term holds exactly one of them, once.",
            )

    return check(problem, Uses(_caller(f, arguments)), Options(seed, rtol, mode, progress), curved)


def _caller(f: Callable[..., Any], arguments: Arguments) -> Callable[[list[Any]], Any]:
    return lambda leaves: f(*arguments.filled(leaves[: len(arguments.active)]))


@contextmanager
def _restored(f: Any) -> Iterator[None]:
    """Put back the parameters of a module, which are moved about for the finite differences."""
    kept = [(parameter, parameter.data) for _, parameter in module_parameters(f)]
    try:
        yield
    finally:
        for parameter, data in kept:
            parameter.data = data


def _seed(seed: int | None) -> int:
    return int(np.random.default_rng().integers(2**31)) if seed is None else seed


def _name(f: Any) -> str:
    name = getattr(f, "__name__", None) or getattr(f, "name", None)
    return name if isinstance(name, str) else type(f).__name__


def _assert(report: Report) -> Report:
    if not report:
        raise AssertionError(str(report))
    return report


def assert_gradcheck(f: Callable[..., Any], inputs: Any, **options: Any) -> Report:
    """`gradcheck`, raising an `AssertionError` with the report unless it passes."""
    return _assert(gradcheck(f, inputs, **options))


def assert_gradgradcheck(f: Callable[..., Any], inputs: Any, **options: Any) -> Report:
    """`gradgradcheck`, raising an `AssertionError` with the report unless it passes."""
    return _assert(gradgradcheck(f, inputs, **options))


def assert_vjp(f: Callable[..., Any], vjp: Callable[..., Any], inputs: Any, **options: Any) -> Report:
    """`check_vjp`, raising an `AssertionError` with the report unless it passes."""
    return _assert(check_vjp(f, vjp, inputs, **options))


def assert_jvp(f: Callable[..., Any], jvp: Callable[..., Any], inputs: Any, **options: Any) -> Report:
    """`check_jvp`, raising an `AssertionError` with the report unless it passes."""
    return _assert(check_jvp(f, jvp, inputs, **options))
