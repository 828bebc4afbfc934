"""What has PyTorch's name does what it does there: the small things on modules, parameters, loaders and functions."""

from __future__ import annotations

import copy
import inspect

import numpy as np
import pytest

import nn
from autograd import Value, no_grad
from autograd.check import gradcheck
from nn import functional as F
from tests.parity_table import CASES

MODULES = {case.expression: case for cases in CASES.values() for case in cases if case.is_module}
# Arguments that are no attributes in PyTorch either, or say how a layer begins.
NO_ATTRIBUTE = {"dtype", "generator", "init", "args", "kwargs", "d_model", "nhead", "dim_feedforward", "layer_norm_eps"} | {
    "MultiheadAttention.bias", "TransformerEncoderLayer.bias", "TransformerEncoderLayer.batch_first",
}  # fmt: skip


def net():
    return nn.Sequential(nn.Linear(2, 3, generator=0), nn.BatchNorm1d(3))


def test_arguments_are_attributes():
    """``layer.in_features``, ``conv.stride`` … by the names that the constructor has."""
    for expression in MODULES:
        module = eval(expression, {"nn": nn, "F": F, "A": np.array})
        for name in inspect.signature(type(module)).parameters:
            skipped = {name, f"{type(module).__name__}.{name}"} & NO_ATTRIBUTE
            assert skipped or hasattr(module, name), f"{expression}.{name}"


def test_of_this_module_alone():
    part = net()
    part.scale = nn.Parameter(1.0)
    part.register_buffer("seen", 0)
    assert part.parameters(recurse=False) == [part.scale]
    assert [name for name, _ in part.named_parameters("a", False)] == ["a.scale"]
    assert [name for name, _ in part.named_buffers("a", recurse=False)] == ["a.seen"]
    assert len(part.buffers()) == 4
    assert part.buffers(recurse=False) == [part.seen]


def test_names_that_are_computed():
    module = nn.Module()
    for i in range(2):
        module.add_module(f"layer{i}", nn.Linear(1, 1))
        module.register_parameter(f"scale{i}", nn.Parameter(1.0))
    module.register_module("absent", None)
    module.register_parameter("shift", None)
    assert module.absent is module.shift is None
    assert [name for name, _ in module.named_children()] == ["layer0", "layer1"]
    assert [name for name, _ in module.named_parameters(recurse=False)] == ["scale0", "scale1"]
    stack = nn.Sequential(nn.ReLU())
    stack.add_module("out", nn.Tanh())
    assert list(stack.state_dict()) == []
    assert [name for name, _ in stack.named_children()] == ["0", "out"]
    assert stack.out is stack[1]


def test_zeros_for_gradients():
    part = net()
    part(np.ones((2, 2))).sum().backward()
    part.zero_grad(set_to_none=False)
    assert all((p.grad == 0).all() and p.grad.shape == p.shape for p in part.parameters())
    part.zero_grad()
    assert all(p.grad is None for p in part.parameters())
    part.zero_grad(set_to_none=False)
    assert all(p.grad is None for p in part.parameters())


def test_one_device():
    part = net()
    before = part.state_dict()
    assert part.to("cpu") is part.cpu() is part
    assert all(np.array_equal(array, before[name]) for name, array in part.state_dict().items())


def test_a_frozen_parameter():
    p = nn.Parameter([1.0, 2.0])
    (p * p).sum().backward()
    assert p.requires_grad_(False) is p
    assert p.grad is None
    assert not (p * p).requires_grad
    assert (p.requires_grad_() * p).requires_grad


STEPS = {
    "p += a": lambda p, a: p + a,
    "p -= a": lambda p, a: p - a,
    "p *= a": lambda p, a: p * a,
    "p /= a": lambda p, a: p / a,
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_in_place(step):
    """Under `no_grad` it is the parameter itself that moves, in its dtype; elsewhere that is an error, and it stays."""
    layer, a = nn.Linear(2, 1, dtype=np.float32), np.array([3.0])
    p, before = layer.bias, copy.copy(layer.bias.data)
    with pytest.raises(RuntimeError, match="in place"):
        exec(step, {"p": p, "a": a})
    assert np.array_equal(p.data, before)
    with no_grad():
        exec(step, {"p": p, "a": a})
    assert layer.bias is p
    assert p.dtype == np.float32
    np.testing.assert_allclose(p.data, STEPS[step](before, a), rtol=1e-6)


IN_PLACE = [name for name in F.__all__ if "inplace" in inspect.signature(getattr(F, name)).parameters]


@pytest.mark.parametrize("name", IN_PLACE)
def test_inplace_changes_nothing(name):
    x = np.linspace(-2, 7, 12).reshape((2, 3, 2, 1) if name == "dropout2d" else (2, 3, 2))
    given, more = x.copy(), {"generator": 0} if name.startswith("dropout") else {}
    found = getattr(F, name)(given, inplace=True, **more)
    np.testing.assert_array_equal(found, getattr(F, name)(x, **more))
    np.testing.assert_array_equal(given, x)


def test_inplace_is_where_pytorch_has_it():
    activations = "relu relu6 leaky_relu elu selu celu silu mish hardswish hardsigmoid hardtanh"
    assert {*activations.split(), "dropout", "dropout1d", "dropout2d"} == set(IN_PLACE)


def test_one_hot():
    assert F.one_hot([[0, 2]]).tolist() == [[[1, 0, 0], [0, 0, 1]]]
    assert F.one_hot(np.array([1]), num_classes=4).tolist() == [[0, 1, 0, 0]]
    assert F.one_hot(np.array([1])).dtype == np.int64


@pytest.mark.parametrize(("p", "dim"), [(2.0, 1), (1.0, 0), (3.0, -1), (np.inf, 1)])
def test_normalize(p, dim):
    x = np.random.default_rng(0).normal(size=(3, 4))
    found = F.normalize(Value(x), p, dim)
    np.testing.assert_allclose(np.linalg.norm(found.data, p, axis=dim), 1)
    np.testing.assert_allclose(found.data * np.linalg.norm(x, p, axis=dim, keepdims=True), x)
    assert gradcheck(lambda x: F.normalize(x, p, dim), (x,))
    assert F.normalize(x.astype(np.float32), p, dim).dtype == np.float32


def test_normalize_of_nothing():
    x = Value(np.array([[0.0, 0.0], [3.0, 4.0]]))
    F.normalize(x)[1, 0].backward()
    np.testing.assert_allclose(x.grad, [[0, 0], [0.128, -0.096]])
    assert not F.normalize(np.zeros((1, 2))).any()


def test_a_list_of_examples():
    pairs = [(np.full(2, i), i) for i in range(3)]
    (x, y), (last, _) = nn.DataLoader(pairs, batch_size=2, pin_memory=True)
    assert x.tolist() == [[0, 0], [1, 1]]
    assert y.tolist() == [0, 1]
    assert last.tolist() == [[2, 2]]
    assert [batch.tolist() for batch in nn.DataLoader([5, 6, 7], batch_size=2)] == [[5, 6], [7]]
    assert list(nn.DataLoader(["a", "bc"], collate_fn="".join)) == ["abc"]
    assert [x.tolist() for x, y in nn.DataLoader([1.0, 2.0], [3, 4], batch_size=1)] == [[1.0], [2.0]]


def test_a_loss_of_lists():
    assert F.cross_entropy([[1.0, 2.0]], [1]) == pytest.approx(np.log1p(np.exp(-1)))
    assert F.nll_loss([[-1.0, -2.0]], [1]) == 2
