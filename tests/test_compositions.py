"""Random compositions of the transformations, three hundred of them; `python -m tests.tools.compositions` for more."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from autograd import Value, custom, tracing, transforms, tree
from autograd.engine import backward
from autograd.tracing import PullBack, Variable
from tests.tools.compositions import __main__ as command
from tests.tools.compositions.compose import KINDS, OUTER, check, compose, different, expected, installed
from tests.tools.compositions.kinds import Transform

SEEDS, BLOCK = range(300), 50
pytestmark = pytest.mark.unmeasured


@pytest.mark.parametrize("first", SEEDS[::BLOCK])
def test_random_compositions(first):
    found = {seed: reason for seed in range(first, first + BLOCK) if (reason := check(seed))}
    for ask in installed():
        found |= {seed: reason for seed in range(first, first + BLOCK // 5) if (reason := ask(seed)[0])}
    assert not found, "\n".join(
        f"python -m tests.tools.compositions --count 1 --seed {s}: {f}" for s, f in found.items()
    )


def test_every_kind_is_drawn():
    drawn = [compose(seed) for seed in SEEDS]
    kinds = {e.kind for expr, _, _ in drawn for e in expr.walk() if isinstance(e, Transform)}
    assert kinds == KINDS.keys()
    assert {outer for _, outer, _ in drawn} == OUTER.keys()
    assert {env["x"].dtype.name for _, _, env in drawn} == {"float32", "float64", "complex128"}
    assert {env["x"].shape for _, _, env in drawn} == {(), (0,), (1,), (3,), (2, 2)}
    deepest = max(sum(isinstance(e, Transform) for e in expr.walk()) for expr, _, _ in drawn)
    assert deepest >= 4


def test_the_exact_derivatives_are_those_of_finite_differences():
    """The judge is judged: its derivative against differences of its own values."""
    judged = 0
    for seed in SEEDS:
        expr, _, env = compose(seed)
        if env["x"].dtype != np.float64 or not env["x"].size:
            continue
        at = lambda h, expr=expr, env=env: expected(expr, "", {**env, "x": env["x"] + h})
        if any(type(e).__name__ == "Stop" for e in expr.plain().walk()):
            continue
        estimate = (8 * (at(2e-3) - at(-2e-3)) - (at(4e-3) - at(-4e-3))) / 24e-3
        right = expected(expr, "x", env)
        np.testing.assert_allclose(estimate, right, atol=1e-6 * (1 + np.max(np.abs(right))))
        judged += 1
    assert judged > 80


# -- faults of the past, and others of their kind: each must be noticed ---------------------------------------------


def same_value(x):
    """A derivative with respect to a copy is mistaken for one with respect to the original."""
    return x if isinstance(x, Value) and x.requires_grad else tracing._fresh(Value(x).raw, whole=False)


def unrecorded(self, *args, _init=PullBack.__init__, **options):
    _init(self, *args, **{**options, "recorded": False})


def always_recorded(self, *args, _init=PullBack.__init__, **options):
    _init(self, *args, **{**options, "recorded": True})


def without(name):
    """A `PullBack` that forgets one of its arguments."""

    def init(self, *args, _init=PullBack.__init__, **options):
        _init(self, *args, **{key: x for key, x in options.items() if key != name})
        if name == "border":
            self._inputs = [*self._inputs, *options.get("border", ())]

    return init


def no_border(outs, nodes, targets, create_graph, border=(), _found=backward.gradients_of):
    return _found(outs, nodes, targets, create_graph)


def closure_not_reached(self, f, values, _init=custom._Again.__init__):
    _init(self, f, values)
    self.outside, self.inputs = [], list(values)


def real_part_alone(self, out, cotangent):
    return self([cotangent])


def undone(x, _flatten=tree.flatten):
    """Dicts are leaves."""
    return ([x], lambda leaves: leaves[0]) if isinstance(x, dict) else _flatten(x)


def first_result_alone(self, cotangents, _call=PullBack.__call__):
    cotangents = list(cotangents)
    return _call(self, [g if i == 0 or g is None else 0 * g for i, g in enumerate(cotangents)])


def aux_detached(f, argnum, has_aux, /, *args, _whole=transforms._value_and_gradient, **kwargs):
    value, gradient = _whole(f, argnum, has_aux, *args, **kwargs)
    return ((value[0], transforms.unbox(value[1])) if has_aux else value), gradient


def only_the_first(name, i, gradient, argument, _whole=custom._per_leaf):
    """Of a rule's nest of gradients the first alone counts."""
    first, *rest = _whole(name, i, gradient, argument)
    return [first, *(0 * g for g in rest)]


FAULTS = {
    "variables are not fresh": (tracing, "variable", same_value),
    "never recorded": (PullBack, "__init__", unrecorded),
    "always recorded": (PullBack, "__init__", always_recorded),
    "begun forgotten": (PullBack, "__init__", without("begun")),
    "the border is passed": (backward, "gradients_of", no_border),
    "the border is forgotten": (PullBack, "__init__", without("border")),
    "a checkpoint does not reach what it closes over": (custom._Again, "__init__", closure_not_reached),
    "a checkpoint is not awaited": (custom, "awaited", contextlib.nullcontext),
    "nothing is recorded under no_grad": (tracing, "enable_grad", contextlib.nullcontext),
    "the imaginary part of a slope is lost": (PullBack, "complete", real_part_alone),
    "nothing outside a trace is alive": (tracing, "_live", lambda older: False),
    "everything outside a trace is alive": (tracing, "_live", bool),
    "a trace never ends": (Variable, "live", property(lambda self: True, lambda self, live: None)),
    "of several results the first counts": (PullBack, "__call__", first_result_alone),
    "dicts are not opened": (tree, "flatten", undone),
    "aux is detached": (transforms, "_value_and_gradient", aux_detached),
    "a rule's first gradient counts": (custom, "_per_leaf", only_the_first),
    "what is computed again cannot be compared": (custom, "_check_same", lambda *_: 1 / 0),
    "a constant is recorded": (transforms, "stop_gradient", lambda x: x),
    "every result counts as closed over": (custom, "differentiable", lambda x: True),
}


@pytest.mark.parametrize(("owner", "name", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_noticed(owner, name, fault, monkeypatch):
    monkeypatch.setattr(owner, name, fault)
    assert any(check(seed) for seed in SEEDS)


def test_a_wrong_derivative_a_wrong_dtype_and_a_value_are_noticed():
    seed = next(s for s in SEEDS if compose(s)[1] == "grad" and compose(s)[2]["x"].shape == (3,))
    expr, outer, env = compose(seed)
    right = expected(expr, "x", env).astype(env["x"].dtype)
    assert different(right, expr, outer, env) is None
    for found in (right + 1e-2, right.astype(np.float16), Value(right), right[:2]):
        assert different(found, expr, outer, env)


def test_the_command(capsys, monkeypatch):
    assert command.main(["--seed", "0", "--count", "5", "--without-jax"]) == 0
    assert "5 compositions, 0 wrong" in capsys.readouterr().out
    monkeypatch.setattr(tracing, "_live", lambda older: False)
    monkeypatch.setattr(PullBack, "__init__", unrecorded)
    assert command.main(["--seed", "0", "--count", "40", "--without-jax"]) == 1
    assert " of Transform(" in capsys.readouterr().out
