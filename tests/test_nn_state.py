"""What a `Module` keeps and how it is changed: buffers, states, hooks, frozen and tied parameters, copies, summaries."""

import copy
import pickle

import numpy as np
import pytest

import nn
from autograd import DtypeError, Value, no_grad
from autograd.functions import tanh


class Block(nn.Module):
    """One of everything: a part, a shared parameter, a buffer, a transient one, one that is None."""

    def __init__(self, dtype=np.float64):
        self.part = nn.Linear(2, 3, dtype=dtype, generator=0)
        self.again = self.part
        self.scale = nn.Parameter(np.ones(3, dtype))
        self.tied = [self.scale]
        self.register_buffer("mean", np.zeros(3, dtype))
        self.register_buffer("seen", 0)
        self.register_buffer("cache", np.ones(2), persistent=False)
        self.register_buffer("absent", None)

    def forward(self, x):
        return tanh(self.part(x)) * self.scale + self.mean


STATE = ["scale", "tied.0", "mean", "seen", "part.weight", "part.bias", "again.weight", "again.bias"]


def double(module, args, output):
    return output * 2


def numbers(x):
    return getattr(x, "data", x) if isinstance(x, Value) else x


X = np.random.default_rng(0).standard_normal((4, 2))


def test_buffers():
    block = Block()
    assert [name for name, _ in block.named_buffers()] == ["mean", "seen", "cache"]
    assert len(block.buffers()) == 3
    assert block._buffer_names == ("mean", "seen", "cache", "absent")
    assert block.get_buffer("seen") is block.seen
    assert dict(nn.Sequential(block).named_buffers("net")).keys() == {"net.0.mean", "net.0.seen", "net.0.cache"}
    given = np.zeros(2)
    block.register_buffer("mean", given, persistent=False)
    given += 1
    assert not block.mean.any()
    assert "mean" not in block.state_dict()
    block.register_buffer("mean", given)
    assert "mean" in block.state_dict()


def test_a_state_has_every_name_and_copies():
    block = Block()
    state = block.state_dict()
    assert list(state) == STATE
    assert all(type(array) is np.ndarray for array in state.values())
    state["scale"] += 1
    assert (block.scale.data == 1).all()


def test_a_state_is_loaded_in_the_dtype_of_the_module():
    one, other = Block(), Block(np.float32)
    one.scale.data, one.mean, one.seen = [1.0, 2.0, 3.0], np.full(3, 0.5), np.array(7)
    parameter = other.scale
    assert other.load_state_dict(one.state_dict()) == ([], [])
    assert other.scale is parameter
    assert (other.scale.dtype, other.mean.dtype, other.seen.dtype) == (np.float32, np.float32, int)
    np.testing.assert_array_equal(other.scale.data, [1, 2, 3])
    np.testing.assert_array_equal(other(X.astype(np.float32)).data, one.float()(X.astype(np.float32)).data)


def test_numbers_in_scalars_are_loaded():
    model = nn.MLP(2, [1], generator=0)
    other = nn.MLP(2, [1], generator=1)
    other.load_state_dict(model.state_dict())
    assert other([1.0, 2.0]).item() == model([1.0, 2.0]).item()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda s: s.pop("part.bias"), "missing: part.bias"),
        (lambda s: s.update(more=np.zeros(1)), "unexpected: more"),
        (lambda s: s.update(scale=np.zeros(4)), r"misshapen: scale has shape \(3,\), and the state's has \(4,\)"),
        (lambda s: s.update(mean=np.array(["a"] * 3)), "mean has dtype float64, and the state's <U1"),
        (lambda s: s.update(scale=np.zeros(3) * 1j), "scale has dtype float64, and the state's complex128"),
    ],
)
def test_what_does_not_fit_is_listed_and_nothing_changes(change, match):
    block = Block()
    state = {name: array + 1 for name, array in block.state_dict().items()}
    change(state)
    before = block.state_dict()
    with pytest.raises(nn.StateDictError, match=match):
        block.load_state_dict(state)
    for name, array in block.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_without_strict_what_is_missing_or_unexpected_is_returned():
    block, state = Block(), Block().state_dict()
    state["more"] = state.pop("mean")
    state["scale"] = state["tied.0"] = Value([5.0, 6.0, 7.0])
    missing, unexpected = block.load_state_dict(state, strict=False)
    assert (missing, unexpected, block.scale.data[2]) == (["mean"], ["more"], 7)
    with pytest.raises(nn.StateDictError, match="misshapen"):
        block.load_state_dict({"scale": np.zeros(2)}, strict=False)


def test_an_interrupted_load_changes_nothing(monkeypatch):
    block = Block()
    before = block.state_dict()
    state = {name: array + 1 for name, array in before.items()}
    put = nn.state._put

    def interrupted(owner, key, new):
        put(owner, key, new)
        if owner is block.part.weight:
            monkeypatch.setattr(nn.state, "_put", put)
            raise KeyboardInterrupt

    monkeypatch.setattr(nn.state, "_put", interrupted)
    with pytest.raises(KeyboardInterrupt):
        block.load_state_dict(state)
    for name, array in block.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_hooks_see_and_change_what_goes_in_and_out():
    block, seen = Block(), []
    right = block(X).data
    before = block.register_forward_pre_hook(lambda module, args: seen.append((module, len(args))))
    after = block.register_forward_hook(double)
    np.testing.assert_array_equal(block(X).data, 2 * right)
    with block.register_forward_pre_hook(lambda module, args: np.zeros((4, 2))):
        assert not np.allclose(block(X).data, 2 * right)
    with block.register_forward_pre_hook(lambda module, args: (args[0],)):
        np.testing.assert_array_equal(block(X).data, 2 * right)
    assert seen == [(block, 1)] * 3
    after.remove()
    before.remove()
    before.remove()
    np.testing.assert_array_equal(block(X).data, right)
    assert len(seen) == 3


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda module: pickle.loads(pickle.dumps(module))])
def test_copies_are_their_own_and_tied_as_the_original(copied):
    block = Block()
    block.register_forward_hook(double)
    other = copied(block)
    np.testing.assert_array_equal(other(X).data, block(X).data)
    assert other.tied[0] is other.scale is not block.scale
    assert other.again is other.part is not block.part
    other.scale.data, other.mean[:] = [9.0, 9, 9], 1
    assert (block.scale.data == 1).all()
    assert not block.mean.any()
    assert len(other.parameters()) == 3


def test_tied_parameters_are_counted_and_moved_once():
    block = Block()
    assert block.num_parameters() == 6 + 3 + 3
    assert [name for name, _ in block.named_parameters()] == ["scale", "part.weight", "part.bias"]
    assert [name for name, _ in block.named_parameters(remove_duplicate=False)] == [
        "scale", "tied.0", "part.weight", "part.bias", "again.weight", "again.bias",
    ]  # fmt: skip
    optimizer = nn.SGD(block.parameters(), lr=1.0)
    block(X).sum().backward()
    right = block.scale.data - block.scale.grad
    optimizer.step()
    np.testing.assert_array_equal(block.scale.data, right)


def test_frozen_parameters_have_no_gradient_and_stay():
    block = Block()
    block(X).sum().backward()
    assert block.part.freeze() is block.part
    assert block.part.weight.grad is None
    assert block.num_parameters(trainable=True) == 3
    before = block.part.weight.numpy()
    optimizer = nn.SGD(block.parameters(), lr=1.0)
    block(X).sum().backward()
    optimizer.step()
    np.testing.assert_array_equal(block.part.weight.data, before)
    assert block.part.weight.grad is None
    assert block.unfreeze().num_parameters(trainable=True) == 12


def test_to_changes_parameters_gradients_and_buffers():
    block = Block()
    block(X).sum().backward()
    parameters = block.parameters()
    assert block.float() is block
    assert block.parameters() == parameters
    assert {p.dtype for p in parameters} == {p.grad.dtype for p in parameters} == {np.dtype("float32")}
    assert (block.mean.dtype, block.seen.dtype) == (np.float32, int)
    assert block(X.astype(np.float32)).dtype == np.float32
    block.zero_grad()
    assert {p.dtype for p in block.to("float64").parameters()} == {np.dtype("float64")}
    assert block.double().scale.grad is None
    with pytest.raises(DtypeError, match=r"Block.to\(int64\)"):
        block.to(int)


def test_to_of_scalars():
    model = nn.MLP(2, [2, 1], generator=0).float()
    assert {p.dtype for p in model.parameters()} == {np.dtype("float32")}
    assert model([np.float32(1), np.float32(2)]).dtype == np.float32


def test_an_attribute_called_settings_does_not_disturb_repr():
    layer = nn.LeakyReLU(0.2)
    layer.settings = {"anything": 1}
    assert repr(layer) == "LeakyReLU(negative_slope=0.2)"


def test_apply_reaches_every_part_and_the_module_last():
    net, seen = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.ReLU())), []
    assert net.apply(seen.append) is net
    assert seen[-1] is net
    assert set(seen) == set(net.modules())


def test_parts_are_found_by_name():
    block = nn.Sequential(Block())
    assert block.get_submodule("0.again") is block[0].part
    assert block.get_submodule("") is block
    assert block.get_parameter("0.tied.0") is block[0].scale
    for find in (block.get_parameter, block.get_submodule, block.get_buffer):
        with pytest.raises(AttributeError, match="Sequential has no (parameter|module|buffer) '0.none'; it has .*0"):
            find("0.none")
    with pytest.raises(AttributeError, match="it has none"):
        nn.ReLU().get_parameter("weight")


def test_a_plain_value_is_no_parameter():
    module = nn.Module()
    with pytest.raises(TypeError, match=r"Module.weight: a plain Value would not be trained.*nn.Parameter"):
        module.weight = Value(1.0)
    module.constant, module.result = Value(1.0, requires_grad=False), nn.Parameter(1.0) * 2
    assert not module.parameters()


def test_a_parameter_is_called_as_its_attribute_unless_it_has_a_name():
    module = nn.Module()
    module.weight, module.other = nn.Parameter(1.0), nn.Parameter(1.0, name="w")
    assert (module.weight.name, module.other.name) == ("weight", "w")


# -- summary ---------------------------------------------------------------------------------------------------------


def test_summary_counts_what_is_in_each_part():
    net = nn.Sequential(nn.Linear(3, 4), nn.Sequential(nn.Tanh(), nn.Dropout(), nn.Linear(4, 2, bias=False)))
    net[0].freeze()
    found = nn.summary(net, (5, 3))
    assert [(line.depth, line.title, line.output, line.parameters, line.multiply_adds) for line in found.lines] == [
        (0, "Sequential", "(5, 2)", 24, 5 * 3 * 4 + 5 * 4 * 2),
        (1, "0: Linear", "(5, 4)", 16, 60),
        (1, "1: Sequential", "(5, 2)", 8, 40),
        (2, "0: Tanh", "(5, 4)", 0, 0),
        (2, "1: Dropout", "(5, 4)", 0, 0),
        (2, "2: Linear", "(5, 2)", 8, 40),
    ]
    assert found.lines[0].bytes == 8 * (20 + 20 + 10)
    assert net.training
    assert net[1][1].training
    assert not net._hooks
    assert str(found).splitlines()[-1] == "8 of 24 parameters are trained"
    assert repr(found) == str(found)


@pytest.mark.parametrize(
    ("module", "inputs", "multiply_adds"),
    [
        (nn.LSTM(3, 4, batch_first=True, dtype=np.float32), [(2, 5, 3)], 2 * 5 * 16 * (3 + 4)),
        (nn.GRU(3, 4), [(5, 2, 3)], 2 * 5 * 12 * (3 + 4)),
        (nn.Embedding(5, 3), [np.array([0, 1])], 0),
        (nn.Bilinear(2, 3, 4), [(5, 2), (5, 3)], 5 * 2 * 12 + 5 * 4 * 3),
        (nn.Identity(), [np.zeros((300, 1024))], 0),
    ],
)
def test_summary_of_other_layers(module, inputs, multiply_adds):
    with no_grad():
        found = nn.summary(module, *inputs)
    assert found.lines[0].multiply_adds == multiply_adds


def test_summary_of_attention():
    class Attend(nn.Module):
        def forward(self, q, k, v):
            return nn.functional.scaled_dot_product_attention(q, k, v)

    layer, x = nn.MultiheadAttention(4, 2), np.ones((3, 2, 4))
    assert nn.summary(layer, x, x, x, None, False).lines[0].output == "(3, 2, 4)"
    found = nn.summary(Attend(), (2, 3, 4), (2, 5, 4), (2, 5, 6))
    assert found.lines[0].multiply_adds == 2 * 3 * 5 * (4 + 6)
    assert str(nn.summary(nn.ReLU(), (1024, 1024))).splitlines()[2].endswith("8.0 MiB")
    assert str(nn.summary(nn.ReLU(), (3, 4))).splitlines()[2].endswith("96 B")


def test_summary_leaves_the_model_as_it_was_after_an_error():
    net = nn.Sequential(nn.Linear(3, 4))
    with pytest.raises(ValueError, match="linear"):
        nn.summary(net, (5, 2))
    assert net.training
    assert not any(part._hooks for part in net.modules())
