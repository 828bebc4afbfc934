"""Layers as functions: normalisation, gates and attention, by their definitions in plain NumPy."""

import itertools

import numpy as np
import pytest
from scipy.special import ndtr, softmax

import nn
from autograd import ShapeError, Value
from autograd import functions as F
from autograd.check import gradcheck
from nn import functional

RNG = np.random.default_rng(0)
X = RNG.standard_normal((2, 3, 4))
W, B = RNG.standard_normal((2, 4))
Q, K, V = RNG.standard_normal((3, 2, 5, 4))


def standard(x, axes, eps=1e-5):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + eps)


@pytest.mark.parametrize("weight", [None, W])
@pytest.mark.parametrize("bias", [None, B])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layer_norm(weight, bias, dtype):
    x, *parts = (None if a is None else a.astype(dtype) for a in (X, weight, bias))
    y = functional.layer_norm(Value(x), 4, *parts)
    assert y.dtype == dtype
    expected = standard(X, -1) * (1 if weight is None else weight) + (0 if bias is None else bias)
    np.testing.assert_allclose(y.data, expected, rtol=1e-5 if dtype == np.float32 else 1e-13, atol=1e-6)


def test_layer_norm_over_several_axes():
    np.testing.assert_allclose(functional.layer_norm(Value(X), (3, 4)).data, standard(X, (1, 2)))
    with pytest.raises(ShapeError, match=r"layer_norm over \(5,\): the input ends in \(4,\)"):
        functional.layer_norm(Value(X), 5)
    with pytest.raises(ShapeError, match=r"the bias ends in \(3,\)"):
        functional.layer_norm(Value(X), 4, W, B[:3])


@pytest.mark.parametrize(
    "shapes", [((5, 3), (3, 4), (5, 4)), ((3, 4), (4, 1), (6,)), ((2, 5, 3), (2, 3, 4), (4,)), ((3,), (3, 4), (1,))]
)
def test_linear_of_other_shapes_is_what_it_says(shapes):
    """A bias for each row, one that is shared or spreads the result, a weight for each batch."""
    x, w, b = (RNG.standard_normal(shape) for shape in shapes)
    np.testing.assert_allclose(functional.linear(Value(x), w, b).data, x @ w + b)
    assert gradcheck(functional.linear, (x, w, b))


def test_gelu():
    np.testing.assert_allclose(functional.gelu(Value(X)).data, X * ndtr(X), rtol=1e-13)
    tanh = functional.gelu(Value(X), approximate="tanh").data
    np.testing.assert_allclose(tanh, 0.5 * X * (1 + np.tanh(np.sqrt(2 / np.pi) * (X + 0.044715 * X**3))), rtol=1e-13)
    with pytest.raises(ValueError, match="approximate='erf' is neither"):
        functional.gelu(X, approximate="erf")


MASK = RNG.random((5, 5)) < 0.5
MASK[0], MASK[1] = True, False  # a query that may look everywhere, and one that may look at nothing
BIAS = RNG.standard_normal((2, 1, 5))
LOOKS = {
    "everywhere": ({}, 0, True),
    "back": ({"is_causal": True}, 0, np.tri(5, dtype=bool)),
    "where allowed": ({"attn_mask": MASK}, 0, MASK),
    "with a preference": ({"attn_mask": BIAS, "scale": 2.0}, BIAS, True),
}


@pytest.mark.parametrize("name", LOOKS)
def test_attention(name):
    options, bias, allowed = LOOKS[name]
    scores = options.get("scale", 0.5) * Q @ K.mT + bias
    with np.errstate(invalid="ignore"):
        p = np.nan_to_num(softmax(np.where(allowed, scores, -np.inf), axis=-1))
    found = functional.scaled_dot_product_attention(Value(Q), Value(K), Value(V), **options)
    np.testing.assert_allclose(found.data, p @ V, atol=1e-15)
    assert gradcheck(lambda q, k, v: functional.scaled_dot_product_attention(q, k, v, **options), (Q, K, V))


def test_attention_of_fewer_keys_than_queries_and_shared_heads():
    q = RNG.standard_normal((2, 3, 5, 4))
    found = functional.scaled_dot_product_attention(Value(q), K[:1, :2], V[:1, :2])
    np.testing.assert_allclose(found.data, softmax(q @ K[:1, :2].mT / 2, axis=-1) @ V[:1, :2])


def test_attention_of_large_scores_neither_overflows_nor_forgets_a_query():
    found = functional.scaled_dot_product_attention(Value(1e4 * Q), K, V, -1e4 * MASK)
    np.testing.assert_allclose(found.data, softmax(5e3 * Q @ K.mT - 1e4 * MASK, axis=-1) @ V)


SHAPES = [(), (1,), (2,), (2, 1), (2, 2), (2, 1, 2)]
ROWS = {
    "linear": F.linear,
    "layer_norm": lambda x, w, b: F.layer_norm(x, w, b, eps=0.1),
    "attention": lambda q, k, v: F.attention(q, k, v, scale=0.7, causal=True),
}


@pytest.mark.parametrize("row", ROWS)
def test_shapes_that_a_row_takes_have_the_right_derivative_and_others_are_refused(row):
    taken = 0
    for shapes in itertools.product(SHAPES, repeat=3):
        arguments = [np.random.default_rng(i).uniform(0.5, 1.5, shape)[()] for i, shape in enumerate(shapes)]
        try:
            ROWS[row](*arguments)
        except ValueError:
            continue
        assert gradcheck(ROWS[row], tuple(arguments)), shapes
        taken += 1
    assert 5 < taken < 50


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: F.linear(X[0], W[:, None], B), r"linear at .*weight has shape \(4, 1\).*bias has shape \(4,\)"),
        (lambda: F.linear(X[0], W, B), r"weight has shape \(4,\)"),
        (lambda: F.layer_norm(X, W, B[:3], eps=0.1), r"layer_norm at .*weight has shape \(4,\) and the bias \(3,\)"),
        (lambda: F.attention(Q, K, V[0, 0], scale=1.0), r"attention at .*v of \(4,\)"),
        (lambda: F.cross_entropy(X, X, reduction="avg"), "reduction='avg' is not"),
        (
            lambda: nn.TransformerEncoderLayer(4, 2, activation="tanh"),
            "activation='tanh' is 'relu', 'gelu' or a function",
        ),
        (lambda: functional.prelu(X, B), r"4 slopes for an input of shape \(2, 3, 4\)"),
        (lambda: functional.glu(X, 1), "axis 1 .* cannot be halved"),
        (lambda: functional.bilinear(X, X, np.ones((2, 4, 3))), r"\(…, 4\) and \(…, 3\)"),
        (lambda: nn.MultiheadAttention(4, 2)(X, X, X[0]), r"value has shape \(3, 4\)"),
        (lambda: nn.MultiheadAttention(6, 2)(X, X, X), r"query has shape \(2, 3, 4\).*length 6"),
        (
            lambda: nn.MultiheadAttention(4, 2)(X, X, X, attn_mask=np.ones((3, 3))),
            r"attn_mask has shape \(3, 3\), and \(2, 2\)",
        ),
        (
            lambda: nn.MultiheadAttention(4, 2)(X, X, X, np.ones((2, 3))),
            r"key_padding_mask has shape \(2, 3\), and \(3, 2\)",
        ),
    ],
)
def test_what_is_refused_is_said(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_attention_with_dropout_scales_the_weights_it_keeps():
    ones = np.ones((400, 3))
    found = functional.scaled_dot_product_attention(Value(np.zeros((50, 3))), ones, ones, None, 0.5, generator=0)
    np.testing.assert_allclose(found.data.mean(), 1, atol=0.02)
    causal = functional.scaled_dot_product_attention(Q, K, np.ones_like(V), MASK, 0.4, True, generator=0)
    assert np.isfinite(causal).all()
    assert len(np.unique(causal.round(9))) > 3


def test_a_query_that_may_look_at_nothing_gets_zeros_from_every_way():
    nothing = np.zeros((5, 5), bool)
    assert not functional.scaled_dot_product_attention(Q, K, V, nothing).any()
    assert not functional.scaled_dot_product_attention(Q, K, V, nothing, 0.5, generator=0).any()
    layer = nn.MultiheadAttention(4, 2, bias=False, generator=0)
    x = Value(Q)
    mixed, weights = layer(x, x, x, attn_mask=np.ones((2, 2), bool))
    mixed.sum().backward()
    assert not mixed.data.any()
    assert not weights.data.any()
    assert np.isfinite(x.grad).all()


def test_a_mask_may_be_learnt():
    bias = Value(np.zeros((5, 5)))
    functional.scaled_dot_product_attention(Q, K, V, bias).sum().backward()
    assert bias.grad.any()


def test_causal_attention_of_several_heads_is_that_of_the_mask():
    layer, x = nn.MultiheadAttention(4, 2, generator=0), Value(Q)
    right = layer(x, x, x, attn_mask=np.triu(np.ones((2, 2), bool), 1))
    for a, b in zip(layer(x, x, x, is_causal=True), right, strict=True):
        np.testing.assert_allclose(a.data, b.data, atol=1e-15)
    fast, none = layer(x, x, x, is_causal=True, need_weights=False)
    assert none is None
    np.testing.assert_allclose(fast.data, right[0].data, atol=1e-15)
    with pytest.raises(ValueError, match="embed_dim=4 is not divisible by num_heads=3"):
        nn.MultiheadAttention(4, 3)
    with pytest.raises(ValueError, match="min_val=1.0 must be below max_val=1.0"):
        nn.Hardtanh(1.0)
