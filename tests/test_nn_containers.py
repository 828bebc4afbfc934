"""Containers of modules and parameters: names, order, changes, and what is refused."""

from collections import OrderedDict

import numpy as np
import pytest

import nn


def names(module):
    return [name for name, _ in module.named_parameters()]


def three():
    return nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))


def test_sequential_is_a_list():
    net = three()
    first, middle, last = net
    assert (net[0], net[-1], len(net)) == (first, last, 3)
    assert middle in net
    assert nn.Tanh() not in net
    x = np.ones((4, 2))
    np.testing.assert_array_equal(net[:2](x).data, np.tanh(first(x).data))
    assert isinstance(net[1:], nn.Sequential)
    assert names(net[2:]) == ["2.weight", "2.bias"]
    assert names(net[1:].append(nn.PReLU())) == ["2.weight", "2.bias", "3.weight"]
    assert net.append(nn.ReLU()) is net
    assert net.insert(1, nn.ReLU()) is net
    assert [type(part).__name__ for part in net] == ["Linear", "ReLU", "Tanh", "Linear", "ReLU"]
    assert names(net) == ["0.weight", "0.bias", "3.weight", "3.bias"]
    net[1] = nn.Linear(3, 3)
    del net[2]
    assert names(net) == ["0.weight", "0.bias", "1.weight", "1.bias", "2.weight", "2.bias"]
    assert len(net.extend(three())) == 7


def test_sequential_with_names():
    net = nn.Sequential(OrderedDict(up=nn.Linear(2, 3), act=nn.Tanh(), down=nn.Linear(3, 1)))
    assert names(net) == ["up.weight", "up.bias", "down.weight", "down.bias"]
    assert net.act is net[1]
    assert names(net[1:]) == ["down.weight", "down.bias"]
    del net[1]
    assert names(net) == ["up.weight", "up.bias", "down.weight", "down.bias"]
    assert names(net.insert(0, nn.PReLU())) == ["2.weight", "up.weight", "up.bias", "down.weight", "down.bias"]
    with pytest.raises(AttributeError, match="Sequential has no attribute 'act'"):
        net.act


def test_sequential_keeps_what_is_assigned_beside_its_parts():
    net = three()
    net.extra = nn.Linear(1, 1)
    assert names(net)[-2:] == ["extra.weight", "extra.bias"]
    assert net(np.ones((2, 2))).shape == (2, 1)


def test_module_list_and_parameter_list():
    parts = nn.ModuleList([nn.Linear(1, 1), nn.ReLU()])
    parts += [nn.Linear(1, 2)]
    assert names(parts) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert names(parts[2:]) == ["0.weight", "0.bias"]
    vectors = nn.ParameterList([np.ones(2), nn.Parameter(3.0)])
    assert names(vectors.append(np.zeros(1))) == ["0", "1", "2"]
    assert all(type(p) is nn.Parameter for p in vectors)
    assert repr(vectors) == "ParameterList((0): float64 (2,), (1): float64 (), (2): float64 (1,))"


def test_module_dict_and_parameter_dict():
    parts = nn.ModuleDict({"a": nn.Linear(1, 1), "b": nn.ReLU()})
    parts["c"] = nn.Linear(1, 1, bias=False)
    assert names(parts) == ["a.weight", "a.bias", "c.weight"]
    assert list(parts) == list(parts.keys()) == ["a", "b", "c"]
    assert [name for name, part in parts.items() if isinstance(part, nn.ReLU)] == ["b"]
    assert parts.pop("b") not in parts.values()
    assert "b" not in parts
    del parts["c"]
    assert (len(parts), isinstance(parts["a"], nn.Linear)) == (1, True)
    numbers = nn.ParameterDict([("w", np.ones(2))])
    assert names(numbers) == ["w"]
    assert repr(numbers) == "ParameterDict((w): float64 (2,))"


@pytest.mark.parametrize(
    "call",
    [
        lambda: nn.Sequential(nn.ReLU),
        lambda: nn.Sequential([nn.ReLU()]),
        lambda: nn.ModuleList([np.tanh]),
        lambda: nn.ModuleDict({"a": 1}),
    ],
)
def test_what_is_no_module_is_refused(call):
    with pytest.raises(TypeError, match="is made of modules, and got"):
        call()


def test_a_number_beyond_the_end():
    with pytest.raises(IndexError, match="Sequential has 3 entries, and no number 3"):
        three()[3]


def test_identity():
    x = object()
    assert nn.Identity(3, anything=4)(x) is x


def test_repr_is_a_tree():
    net = nn.ModuleDict({"a": nn.Sequential(nn.Linear(2, 1)), "b": nn.MultiheadAttention(2, 1)})
    assert repr(net).splitlines() == [
        "ModuleDict(",
        "  (a): Sequential(",
        "    (0): Linear(in_features=2, out_features=1, bias=True)",
        "  )",
        "  (b): MultiheadAttention(",
        "    embed_dim=2, num_heads=1",
        "    (out_proj): Linear(in_features=2, out_features=2, bias=True)",
        "  )",
        ")",
    ]
