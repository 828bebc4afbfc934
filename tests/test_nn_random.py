"""Where random numbers come from, and what is drawn: seeds, initial values, dropout, embeddings."""

import contextvars
import math

import numpy as np
import pytest
from scipy import stats

import nn
from autograd import DtypeError, IndexingError, ShapeError, Value
from nn import functional as F
from nn import init


def fresh(*shape):
    return nn.Parameter(np.empty(shape))


def test_one_seed_for_everything():
    def run():
        net = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.LSTM(4, 2, num_layers=2, dropout=0.5), nn.Identity())
        return net[:3](np.ones((5, 2, 3)))[0].data, nn.Embedding(3, 2).weight.data

    def seeded(seed):
        nn.manual_seed(seed)
        return run()

    a, b, c = (contextvars.copy_context().run(seeded, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))
    assert not np.array_equal(a[0], c[0])


def test_the_shared_generator():
    def inside():
        first = nn.random.default_generator()
        assert nn.random.default_generator(None) is first
        generator = nn.manual_seed(np.random.default_rng(3))
        assert nn.random.default_generator() is generator
        assert nn.random.default_generator(generator) is generator
        assert nn.random.default_generator(5) is not generator

    contextvars.copy_context().run(inside)


def test_a_module_keeps_its_generator():
    layer = nn.Dropout(0.5, generator=3)
    first = layer(np.ones(100))
    assert not np.array_equal(first, layer(np.ones(100)))
    np.testing.assert_array_equal(nn.Dropout(0.5, generator=3)(np.ones(100)), first)
    assert nn.Dropout(0.5).generator is None


# -- initial values ----------------------------------------------------------------------------------------------------


def test_fans():
    assert init.fans(fresh(3, 5)) == (3, 5)  # Linear: (inputs, outputs)
    assert init.fans(fresh(7, 5, 2, 3)) == (30, 42)  # a convolution: (outputs, inputs, …)


@pytest.mark.parametrize(
    ("name", "param", "gain"),
    [
        ("linear", None, 1), ("relu", None, 2**0.5), ("leaky_relu", None, math.sqrt(2 / 1.0001)), ("tanh", None, 5 / 3),
        ("leaky_relu", 0.2, math.sqrt(2 / 1.04)), ("selu", None, 0.75), ("sigmoid", None, 1), ("conv2d", None, 1),
    ],
)  # fmt: skip
def test_gains(name, param, gain):
    assert init.calculate_gain(name, param) == pytest.approx(gain)


def test_kaiming():
    a, b = fresh(200, 300), fresh(200, 300)
    init.kaiming_uniform_(a, a=math.sqrt(5), generator=0)
    assert np.abs(a.data).max() == pytest.approx(1 / math.sqrt(200), rel=1e-3)
    init.kaiming_normal_(b, mode="fan_out", nonlinearity="tanh", generator=0)
    assert b.data.std() == pytest.approx(5 / 3 / math.sqrt(300), rel=0.02)
    with pytest.raises(ValueError, match="mode='fan_avg'"):
        init.kaiming_normal_(a, mode="fan_avg")
    with pytest.raises(ValueError, match="nonlinearity='cosine'"):
        init.kaiming_normal_(a, nonlinearity="cosine")


@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (5, 3), (3, 2, 2)])
def test_orthogonal(shape):
    w = init.orthogonal_(fresh(*shape), gain=2.0, generator=0).data.reshape(shape[0], -1)
    w = w if len(w) <= w.shape[1] else w.T
    np.testing.assert_allclose(w @ w.T, 4 * np.eye(len(w)), atol=1e-12)


def test_truncated_normal():
    w = init.trunc_normal_(fresh(20000), 0.5, 2.0, -1.0, 2.0, generator=0).data
    assert stats.kstest(w, stats.truncnorm(-0.75, 0.75, 0.5, 2.0).cdf).pvalue > 0.01
    with pytest.raises(ValueError, match="empty"):
        init.trunc_normal_(fresh(3), a=2.0, b=1.0)
    with pytest.raises(ValueError, match="holds nothing"):
        init.trunc_normal_(fresh(3), mean=100.0)


def test_identities():
    np.testing.assert_array_equal(init.eye_(fresh(2, 3)).data, np.eye(2, 3))
    assert (init.ones_(fresh(2)).data == 1).all()
    weight = init.dirac_(fresh(4, 2, 3), groups=2).data
    x = np.random.default_rng(0).standard_normal((2, 5))
    for group in weight.reshape(2, 2, 2, 3):
        y = [sum(np.convolve(x[i], taps[::-1], "same") for i, taps in enumerate(row)) for row in group]
        np.testing.assert_allclose(y, x)
    with pytest.raises(ShapeError, match="4 outputs cannot be divided into 3 groups"):
        init.dirac_(fresh(4, 2, 3), groups=3)


@pytest.mark.parametrize("function", [init.eye_, init.dirac_, init.orthogonal_, init.fans])
def test_initial_values_of_too_few_axes(function):
    with pytest.raises(ShapeError, match=r"this parameter has shape \(3,\)"):
        function(fresh(3))


# -- dropout -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_dropout_scales_what_it_keeps_and_the_gradient_alike(dtype):
    x = Value(np.ones((200, 100), dtype))
    y = F.dropout(x, 0.3, generator=0)
    y.sum().backward()
    assert y.dtype == dtype
    assert set(np.unique(y.data)) == {dtype(0), dtype(1 / 0.7)}
    assert (y.data == 0).mean() == pytest.approx(0.3, abs=0.01)
    np.testing.assert_array_equal(x.grad, y.data)


def test_dropout_of_whole_channels():
    for layer, shape in ((nn.Dropout1d(0.5, generator=0), (8, 6, 5)), (nn.Dropout2d(0.5, generator=0), (8, 6, 5, 4))):
        y = layer(Value(np.ones(shape))).data.reshape(8, 6, -1)
        assert {tuple(np.unique(channel)) for sample in y for channel in sample} == {(0.0,), (2.0,)}
    assert nn.Dropout1d(0.5, generator=0)(np.ones((6, 5))).shape == (6, 5)
    with pytest.raises(ShapeError, match="dropout1d"):
        nn.Dropout1d()(np.ones(3))
    with pytest.raises(ShapeError, match="dropout2d"):
        nn.Dropout2d()(np.ones((2, 3)))


def test_dropout_that_does_nothing_or_everything():
    x = Value(np.ones(5))
    assert nn.Dropout().eval()(x) is x
    assert F.dropout(x, 0.0) is x
    assert not F.dropout(x, 1.0).data.any()
    for call in (lambda: nn.Dropout(1.5), lambda: F.dropout(x, -0.1)):
        with pytest.raises(ValueError, match="is no probability"):
            call()


def test_dropout_inside_of_attention_and_recurrent_layers_rests_in_use():
    x = np.random.default_rng(0).standard_normal((5, 2, 4))
    for layer in (
        nn.GRU(4, 4, num_layers=2, dropout=0.9, generator=0),
        nn.MultiheadAttention(4, 2, dropout=0.9, generator=0),
    ):
        arguments = (x, x, x) if isinstance(layer, nn.MultiheadAttention) else (x,)
        a, b = (layer(*arguments)[0].data for _ in range(2))
        assert not np.array_equal(a, b)
        layer.eval()
        np.testing.assert_array_equal(layer(*arguments)[0].data, layer(*arguments)[0].data)


def test_the_layers_of_an_encoder_draw_from_one_generator():
    layer = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.5, generator=0)
    net = nn.TransformerEncoder(layer, 2)
    kept = {id(part.generator) for part in net.modules() if hasattr(part, "generator")}
    assert kept == {id(layer.dropout.generator)}
    free = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8), 2)
    assert {part.generator for part in free.modules() if hasattr(part, "generator")} == {None}


# -- embeddings ------------------------------------------------------------------------------------------------------------


def test_rows_that_were_not_looked_up_stay_as_they_are():
    layer = nn.Embedding(1000, 8, padding_idx=3, generator=0)
    before = layer.weight.numpy()
    optimizer = nn.SGD(layer.parameters(), lr=0.1)
    numbers = np.array([[5, 3, 5], [900, 7, 3]])
    (layer(numbers) * np.arange(8)).sum().backward()
    optimizer.step()
    changed = (layer.weight.data != before).any(axis=1)
    assert np.flatnonzero(changed).tolist() == [5, 7, 900]
    assert not layer.weight.data[3].any()


def test_an_embedding_of_given_rows():
    rows = np.arange(6, dtype=np.float32).reshape(3, 2)
    layer = nn.Embedding.from_pretrained(rows, padding_idx=1)
    np.testing.assert_array_equal(layer(np.array([1, 2])).data, rows[[1, 2]])
    assert not layer.weight.requires_grad
    assert nn.Embedding.from_pretrained(nn.Parameter(rows), freeze=False).weight.requires_grad


def test_embedding_in_words():
    assert repr(nn.Embedding(5, 2, padding_idx=-1, max_norm=1.0)) == "Embedding(5, 2, padding_idx=4, max_norm=1.0)"
    with pytest.raises(ValueError, match="padding_idx=5 is none of the 5 rows"):
        nn.Embedding(5, 2, padding_idx=5)
    layer = nn.Embedding(5, 2)
    with pytest.raises(IndexingError, match=r"0 to 4, and the input has -1 to 5"):
        layer(np.array([5, -1]))
    with pytest.raises(DtypeError, match="float64"):
        layer(np.array([1.0]))
    assert layer(np.zeros((0, 3), int)).shape == (0, 3, 2)


def test_max_norm_leaves_short_rows_alone():
    layer = nn.Embedding(4, 2, max_norm=5.0, generator=0)
    before = layer.weight.numpy()
    layer(np.array([0, 1]))
    np.testing.assert_array_equal(layer.weight.data, before)
