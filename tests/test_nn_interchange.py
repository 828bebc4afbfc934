"""Weights and arrays that come from elsewhere, and go there."""

import sys

import numpy as np
import pytest

import nn
from autograd import Value
from nn import interchange
from nn.state import StateDictError
from tests.tools import parity_weights
from tests.tools.parity_weights import DATA


def network():
    inner = nn.Sequential(nn.Linear(5, 4, dtype=np.float32), nn.ReLU())
    return nn.Sequential(
        nn.Linear(3, 5, dtype=np.float32), nn.Tanh(), inner, nn.Linear(4, 2, bias=False, dtype=np.float32)
    )


def loaded(name):
    """The architecture in float32, with the weights that PyTorch saved."""
    build, _ = parity_weights.ARCHITECTURES[name]
    net = build(nn).float()
    assert interchange.from_torch(net, nn.load(DATA / f"{name}.safetensors")) == ([], [])
    return net


@pytest.mark.parametrize("name", parity_weights.ARCHITECTURES)
def test_weights_that_pytorch_saved_give_its_outputs(name):
    pytest.importorskip("safetensors")
    outputs = np.load(DATA / "outputs.npz")
    found = loaded(name).eval()(outputs[f"{name}_x"])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.data, outputs[f"{name}_y"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", parity_weights.ARCHITECTURES)
def test_what_we_save_is_what_pytorch_saves(name, tmp_path):
    """Name for name, dtype for dtype, bit for bit the file that PyTorch wrote of the same weights; it loads it
    (tests/tools/parity_weights.py).
    """
    numpy = pytest.importorskip("safetensors.numpy")
    nn.save(tmp_path / "net.safetensors", interchange.to_torch(loaded(name)))
    ours, theirs = numpy.load_file(tmp_path / "net.safetensors"), numpy.load_file(DATA / f"{name}.safetensors")
    assert ours.keys() == theirs.keys()
    for key, array in theirs.items():
        assert (ours[key].dtype, ours[key].shape) == (array.dtype, array.shape)
        assert ours[key].tobytes() == array.tobytes()


def test_weights_of_another_network_change_nothing():
    net = network()
    before = net.state_dict()
    state = interchange.to_torch(net)
    state["0.weight"] = Value(np.zeros((3, 3, 3)))
    with pytest.raises(StateDictError, match=r"misshapen: 0.weight has shape \(3, 5\)"):
        interchange.from_torch(net, state)
    del state["0.weight"]
    with pytest.raises(StateDictError, match=r"missing: 0.weight"):
        interchange.from_torch(net, state)
    assert interchange.from_torch(net, state, strict=False).missing_keys == ["0.weight"]
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_dlpack_shares_memory():
    p = nn.Parameter([1.0, 2.0])
    array = np.from_dlpack(p.data)
    assert np.shares_memory(array, p.data)


EINOPS = {
    "rearrange": lambda e, x: e.rearrange(x, "a (b c) -> c a b", c=2),
    "mean": lambda e, x: e.reduce(x, "a (b c) -> a c", "mean", c=2),
    "max": lambda e, x: e.reduce(x, "a b -> b", "max"),
    "sum": lambda e, x: e.reduce(x, "a b -> ", "sum"),
    "repeat": lambda e, x: e.repeat(x, "a b -> a k b", k=3),
    "einsum": lambda e, x: e.einsum(x, x, "a b, c b -> a c"),
    "list": lambda e, x: e.rearrange([x, 2 * x], "k a b -> a k b"),
    "pack": lambda e, x: e.pack([x, x[:, 0]], "a *")[0],
    "unpack": lambda e, x: e.unpack(x, [(2,), (2,)], "a *")[1],
}


@pytest.mark.parametrize("call", EINOPS.values(), ids=list(EINOPS))
def test_einops(call):
    """On Values as on arrays, and with the derivative that finite differences have."""
    pytest.importorskip("einops")
    import einops

    import nn.einops
    from autograd.hips.checks import check_grads

    assert nn.einops.rearrange is einops.rearrange
    x = np.random.default_rng(0).normal(size=(3, 4))
    found = call(einops, nn.Parameter(x))
    assert isinstance(found, Value)
    np.testing.assert_array_equal(found.data, call(einops, x))
    check_grads(lambda v: call(einops, v), modes=["rev"], order=2)(x)


def test_without_einops(monkeypatch):
    monkeypatch.delitem(sys.modules, "nn.einops", raising=False)
    monkeypatch.setitem(sys.modules, "einops", None)
    with pytest.raises(ImportError, match=r"chainrule\[einops\]"):
        import nn.einops  # noqa: F401
