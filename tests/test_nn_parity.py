"""Every layer and loss beside PyTorch: outputs, first and second derivatives of inputs and weights, in float64 and float32.

The answers in tests/data/parity/ are PyTorch's (tests/tools/parity.py). What the same table says besides, without PyTorch:
derivatives agree with finite differences, `repr` is the call that makes the module, copies compute the same bits.
"""

from __future__ import annotations

import copy
import functools
import json
import pickle
from typing import Any

import numpy as np
import pytest

import nn
from autograd import Value, grad
from autograd.check import gradcheck
from nn import functional as F
from tests.parity_cases import DATA, Case, flat
from tests.parity_table import CASES

PLACES = [(name, i) for name, cases in CASES.items() for i in range(len(cases))]
MODULES = [(name, i) for name, i in PLACES if CASES[name][i].is_module]


class With(nn.Module):
    def __init__(self, call: Any, module: nn.Module) -> None:
        self.call, self.module = call, module

    def forward(self, *inputs: Any) -> Any:
        return self.call(self.module, *inputs)


def padded(module: nn.Module, x: Any, lengths: Any) -> Any:
    return module(x, lengths=lengths)


WORDS = {"nn": nn, "F": F, "A": np.array, "With": With, "padded": padded}
TOLERANCE = {np.float64: 1e-10, np.float32: 1e-5}


def label(place: Any) -> str:
    return f"{CASES[place[0]][place[1]].expression}-{place[1]}" if isinstance(place, tuple) else str(place)


@functools.cache
def answers(name: str) -> list[tuple[str, dict[str, list[Any]]]]:
    """The expressions that PyTorch was asked, and its arrays."""
    with np.load(DATA / f"{name}.npz", allow_pickle=False) as file:
        shapes, numbers = json.loads(str(file["shapes"])), file["numbers"]
    found, start = [], 0
    for expression, kinds in shapes:
        arrays: dict[str, list[Any]] = {}
        for kind, all_shapes in kinds.items():
            for shape in all_shapes:
                size = int(np.prod(shape))
                arrays.setdefault(kind, []).append(numbers[start : start + size].reshape(shape))
                start += size
        found.append((expression, arrays))
    assert start == len(numbers)
    return found


def made(case: Case, dtype: Any) -> Any:
    """What the expression means here, with the weights that PyTorch was given."""
    call = eval(case.expression, WORDS)
    if isinstance(call, nn.Module):
        call.to(dtype)
        for parameter, layout, name in layouts(call):
            shape = tuple(parameter.shape[axis] for axis in layout)
            parameter.data = case.weight(name, shape).transpose(layout).astype(dtype)
    return call


def layouts(module: nn.Module) -> list[tuple[Any, tuple[int, ...], str]]:
    """Each parameter, how its axes stand in PyTorch's, and its name."""
    found = []
    for name, parameter in module.named_parameters():
        path, _, key = name.rpartition(".")
        layout = module.get_submodule(path).torch_layout.get(key, tuple(range(parameter.ndim)))
        found.append((parameter, layout, name))
    return found


def drawn(case: Case, dtype: Any) -> list[Any]:
    """The inputs; those that have a derivative as Values."""
    arrays = [np.asarray(x, dtype if np.asarray(x).dtype.kind == "f" else None) for x in case.draw()]
    return [x if spec.fixed else Value(x) for x, spec in zip(arrays, case.inputs, strict=True)]


def computed(case: Case, dtype: Any, kinds: Any) -> dict[str, list[Any]]:
    call, inputs = made(case, dtype), drawn(case, dtype)
    weights = layouts(call) if isinstance(call, nn.Module) else []
    leaves = [x for x in inputs if isinstance(x, Value)] + [parameter for parameter, *_ in weights]
    outputs = flat(call(*inputs))
    found = {"outputs": outputs}
    if leaves:
        scalar: Any = sum((y * case.probe(i, y.shape).astype(dtype)).sum() for i, y in enumerate(outputs))
        found["first"] = grad(scalar, leaves, create_graph=True, allow_unused=True)
        if "second" in kinds:
            squares: Any = sum((g * g).sum() for g in found["first"] if g is not None)
            constant = not isinstance(squares, Value)
            found["second"] = [None] * len(leaves) if constant else grad(squares, leaves, allow_unused=True)
        inner = len(leaves) - len(weights)
        for kind in found.keys() - {"outputs"}:
            for i, leaf in enumerate(leaves):
                g = np.zeros_like(leaf.data) if found[kind][i] is None else found[kind][i]
                found[kind][i] = g.transpose(weights[i - inner][1]) if i >= inner else g
    return {
        kind: [getattr(a, "data", a) if isinstance(a, Value) else a for a in arrays] for kind, arrays in found.items()
    }


@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["float64", "float32"])
@pytest.mark.parametrize("place", PLACES, ids=label)
def test_parity(place, dtype):
    name, i = place
    case, (expression, theirs) = CASES[name][i], answers(name)[i]
    assert case.expression == expression, f"the table has changed: python -m tests.tools.parity {name}"
    ours = computed(case, dtype, theirs)
    assert ours.keys() == theirs.keys()
    for kind, arrays in theirs.items():
        for mine, right in zip(ours[kind], arrays, strict=True):
            assert (mine.shape, mine.dtype) == (right.shape, dtype), kind
            size = max(1.0, np.abs(right).max(initial=0.0, where=np.isfinite(right)))
            np.testing.assert_allclose(mine, right, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype] * size, err_msg=kind)


def without_second() -> list[tuple[str, int]]:
    found = [(name, i) for name, i in PLACES if answers(name)[i][1].keys() == {"outputs", "first"}]
    cases = [(place, CASES[place[0]][place[1]]) for place in found]
    return [place for place, c in cases if "='none'" not in c.expression and not all(spec.fixed for spec in c.inputs)]


@pytest.mark.parametrize("place", without_second(), ids=label)
def test_second_derivatives_that_pytorch_does_not_have(place):
    case = CASES[place[0]][place[1]]
    call, inputs = made(case, np.float64), case.draw()
    places = [i for i, spec in enumerate(case.inputs) if not spec.fixed]

    def scalar(*values: Any) -> Any:
        given = dict(zip(places, values, strict=True))
        outputs = flat(call(*[given.get(i, x) for i, x in enumerate(inputs)]))
        return sum((y * case.probe(i, y.shape)).sum() for i, y in enumerate(outputs))

    def squares(*values: Any) -> Any:
        return sum((g * g).sum() for g in grad(scalar, tuple(range(len(places))))(*values))

    start = [inputs[i] for i in places]
    ways = [case.stream(f"way {i}").standard_normal(x.shape) for i, x in enumerate(start)]
    assert gradcheck(lambda t: squares(*(x + t * way for x, way in zip(start, ways, strict=True))), (0.0,))


def test_the_answers_are_those_of_the_table():
    assert {path.stem for path in DATA.glob("*.npz")} == CASES.keys()
    assert all(len(answers(name)) == len(cases) for name, cases in CASES.items())


@pytest.mark.parametrize("place", MODULES, ids=label)
def test_a_module_is_shown_as_the_call_that_makes_it(place):
    module = made(CASES[place[0]][place[1]], np.float64)
    if not module.children():
        assert repr(eval(f"nn.{module!r}", WORDS)) == repr(module)


@pytest.mark.parametrize("place", MODULES, ids=label)
def test_copies_compute_the_same(place):
    case = CASES[place[0]][place[1]]
    module, inputs = made(case, np.float64), case.draw()
    fresh = eval(case.expression, WORDS)
    fresh.load_state_dict(module.state_dict())
    right = flat(module(*inputs))
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module)), fresh):
        for a, b in zip(flat(other(*inputs)), right, strict=True):
            np.testing.assert_array_equal(getattr(a, "data", a), getattr(b, "data", b))
