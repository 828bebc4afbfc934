"""`Module`, layers, initialisers and micrograd's neurons."""

import numpy as np
import pytest

import nn
from autograd import ShapeError, Value
from nn import functional


def net():
    return nn.Sequential(nn.Linear(2, 3, generator=0), nn.Sigmoid(), nn.Linear(3, 1, bias=False, generator=1))


class Custom(nn.Module):
    def __init__(self):
        self.scale = nn.Parameter(2.0)
        self.parts = {"a": nn.Linear(2, 2, generator=0), "rest": [nn.ReLU(), (nn.Linear(2, 1, generator=1),)]}
        self.shared = self.parts["a"]
        self.number = 3

    def forward(self, x, *, twice=False):
        for part in (self.parts["a"], self.parts["rest"][0], self.parts["rest"][1][0]):
            x = part(x)
        return x * self.scale * (2 if twice else 1)


def test_parameters_are_found_by_name_and_each_once():
    names = [name for name, _ in Custom().named_parameters()]
    assert names == ["scale", "parts.a.weight", "parts.a.bias", "parts.rest.1.0.weight", "parts.rest.1.0.bias"]
    assert [name for name, _ in net().named_parameters("net")] == ["net.0.weight", "net.0.bias", "net.2.weight"]
    assert len(net().parameters()) == 3
    assert all(type(p) is nn.Parameter for p in net().parameters())


def test_a_parameter_that_two_attributes_share_counts_once():
    module = net()
    module.again = module[0].weight
    assert len(module.parameters()) == 3


def test_a_module_that_contains_itself_is_walked_once():
    module = net()
    module.itself = module
    assert len(module.modules()) == 4


def test_children_and_modules():
    module = net()
    assert module.children() == [module[0], module[1], module[2]]
    assert module.modules() == [module, *module.children()]
    assert len(module) == 3


def test_train_and_eval_reach_every_part():
    module = Custom()
    assert module.training
    assert module.eval() is module
    assert not any(part.training for part in module.modules())
    assert all(part.training for part in module.train().modules())


def test_zero_grad():
    module = net()
    module(np.ones((4, 2))).sum().backward()
    assert all(p.grad.shape == p.shape for p in module.parameters())
    module.zero_grad()
    assert all(p.grad is None for p in module.parameters())


def test_keywords_reach_forward():
    module, x = Custom(), np.ones((1, 2))
    np.testing.assert_allclose(module(x, twice=True).data, 2 * module(x).data)


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match=r"Module must define forward"):
        nn.Module()(1.0)


REPR = """Sequential(
  (0): Linear(in_features=2, out_features=3, bias=True)
  (1): Sequential(
    (0): Softmax(dim=-1)
    (1): ReLU()
  )
  (2): CrossEntropyLoss(reduction='mean')
)"""


def test_repr_is_pytorchs():
    module = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.Softmax(), nn.ReLU()), nn.CrossEntropyLoss())
    assert repr(module) == REPR
    assert repr(nn.Linear(2, 1, bias=False)) == "Linear(in_features=2, out_features=1, bias=False)"


def test_linear():
    layer, x = nn.Linear(3, 2, generator=0), np.arange(12.0).reshape(4, 3)
    np.testing.assert_allclose(layer(x).data, x @ layer.weight.data + layer.bias.data)
    assert layer(np.ones((5, 4, 3))).shape == (5, 4, 2)
    assert layer(np.ones(3)).shape == (2,)
    assert nn.Dense is nn.Linear


def test_linear_stays_in_float32():
    layer = nn.Linear(3, 2, dtype=np.float32)
    out = nn.ReLU()(layer(np.ones((4, 3), np.float32)))
    out.sum().backward()
    assert out.dtype == layer.weight.grad.dtype == layer.bias.grad.dtype == np.float32


def test_a_wrong_width_names_both_shapes():
    with pytest.raises(ShapeError, match=r"linear.*\(4, 2\).*\(3, 2\)"):
        nn.Linear(3, 2)(np.ones((4, 2)))


def test_seeds_decide_the_parameters_and_nothing_global_does():
    np.random.seed(0)
    a, b = nn.Linear(5, 5, generator=7), nn.Linear(5, 5, generator=np.random.default_rng(7))
    np.testing.assert_array_equal(a.weight.data, b.weight.data)
    np.random.seed(0)
    assert not np.array_equal(nn.Linear(5, 5).weight.data, nn.Linear(5, 5).weight.data)
    assert np.abs(a.weight.data).max() <= 1 / np.sqrt(5)


@pytest.mark.parametrize(
    ("module", "function"),
    [
        (nn.Sigmoid(), lambda x: 1 / (1 + np.exp(-x))),
        (nn.Tanh(), np.tanh),
        (nn.ReLU(), lambda x: np.maximum(x, 0)),
        (nn.Softmax(), lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True)),
        (nn.Softmax(dim=0), lambda x: np.exp(x) / np.exp(x).sum(0)),
        (functional.log_softmax, lambda x: x - np.log(np.exp(x).sum(-1, keepdims=True))),
    ],
)
def test_activations(module, function):
    x = np.random.default_rng(0).standard_normal((4, 3))
    np.testing.assert_allclose(module(Value(x)).data, function(x), rtol=1e-12)
    np.testing.assert_allclose(module(x), function(x), rtol=1e-12)


# -- initialisers ------------------------------------------------------------------------------------------------

WEIGHT = (300, 200)
STANDARD_DEVIATION = {
    nn.init.uniform_: np.sqrt(1 / 12),
    nn.init.normal_: 1.0,
    nn.init.xavier_uniform_: np.sqrt(2 / 500),
    nn.init.xavier_normal_: np.sqrt(2 / 500),
    nn.init.kaiming_uniform_: np.sqrt(2 / 300),
    nn.init.kaiming_normal_: np.sqrt(2 / 300),
}


@pytest.mark.parametrize("initialise", STANDARD_DEVIATION)
def test_initialisers_have_their_standard_deviation(initialise):
    parameter = nn.Parameter(np.empty(WEIGHT, np.float32))
    assert initialise(parameter, generator=0) is parameter
    assert parameter.dtype == np.float32
    np.testing.assert_allclose(parameter.data.std(), STANDARD_DEVIATION[initialise], rtol=0.02)
    first = parameter.numpy()
    np.testing.assert_array_equal(initialise(parameter, generator=0).data, first)


def test_constants():
    parameter = nn.Parameter(np.empty((2, 3)))
    assert (nn.init.constant_(parameter, 0.5).data == 0.5).all()
    assert (nn.init.zeros_(parameter).data == 0).all()
    assert nn.init.normal_(nn.Parameter(0.0), generator=0).shape == ()


def test_fans_need_a_matrix():
    with pytest.raises(ShapeError, match=r"shape \(3,\)"):
        nn.init.xavier_uniform_(nn.Parameter(np.empty(3)))


# -- micrograd's habits ------------------------------------------------------------------------------------------


def test_mlp_over_scalars():
    model = nn.MLP(2, [16, 16, 1], generator=0)
    assert len(model.parameters()) == 337
    out = model([1.0, -2.0])
    assert out.shape == ()
    out.backward()
    assert sum(p.grad is not None for p in model.parameters()) > 100
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())


def test_mlp_is_what_matrices_say():
    model, x = nn.MLP(3, [4, 2], activation=Value.tanh, generator=1), np.array([0.5, -1.0, 2.0])
    (w1, b1), (w2, b2) = (
        (np.array([[p.data for p in n.w] for n in layer.neurons]), np.array([n.b.data + 0.0 for n in layer.neurons]))
        for layer in model.layers
    )
    out = model(x)
    np.testing.assert_allclose([o.data for o in out], w2 @ np.tanh(w1 @ x + b1) + b2, rtol=1e-13)


def test_neurons_show_what_they_are():
    assert repr(nn.Neuron(2)) == "Neuron(2, relu)"
    assert repr(nn.Neuron(3, nonlin=False)) == "Neuron(3, linear)"
    assert "Neuron(2, relu)" in repr(nn.MLP(2, [2, 1]))
    with pytest.raises(ValueError, match="zip"):
        nn.Neuron(2)([1.0])
