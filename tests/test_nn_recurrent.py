"""Recurrent layers beside themselves: cells and sequences, paddings and directions, and what is refused.

What they compute is compared with PyTorch in tests/test_nn_parity.py.
"""

import numpy as np
import pytest

import nn
from autograd import ShapeError, Value
from autograd import functions as rows
from nn import functional as F

RNG = np.random.default_rng(0)
X = RNG.standard_normal((5, 3, 2))
KINDS = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}


def cell_of(layer):
    """A cell with the weights of the first layer."""
    cell = {nn.RNN: nn.RNNCell, nn.LSTM: nn.LSTMCell, nn.GRU: nn.GRUCell}[type(layer)](2, 4)
    state = layer.state_dict()
    cell.load_state_dict({name: state[f"{name}_l0"] for name in cell.state_dict()})
    return cell


@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_is_its_steps(kind):
    layer = KINDS[kind](2, 4, generator=0)
    cell, state, outputs = cell_of(layer), None, []
    for x in X:
        state = cell(x, state)
        outputs.append((state[0] if kind == "LSTM" else state).data)
    output, last = layer(X)
    np.testing.assert_allclose(output.data, outputs, rtol=1e-13)
    for a, b in zip(last if kind == "LSTM" else [last], state if kind == "LSTM" else [state], strict=True):
        np.testing.assert_allclose(a.data[0], b.data, rtol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_padding_changes_nothing(kind):
    layer, lengths = KINDS[kind](2, 4, 2, bidirectional=True, generator=0), [3, 5, 1]
    padded = X.copy()
    for i, n in enumerate(lengths):
        padded[n:, i] = 1e3
    output, last = layer(Value(padded), lengths=lengths)
    for i, n in enumerate(lengths):
        alone, end = layer(X[:n, i])
        np.testing.assert_allclose(output.data[:n, i], alone.data, rtol=1e-12)
        assert not output.data[n:, i].any()
        for a, b in zip(last if kind == "LSTM" else [last], end if kind == "LSTM" else [end], strict=True):
            np.testing.assert_allclose(a.data[:, i], b.data, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_padding_has_no_gradient(kind):
    x = Value(X)
    KINDS[kind](2, 4, bidirectional=True, generator=0)(x, lengths=[3, 5, 1])[0].sum().backward()
    counts = F.length_mask([3, 5, 1], 5)
    assert x.grad[counts].all()
    assert not x.grad[~counts].any()


@pytest.mark.parametrize("kind", KINDS)
def test_float32_stays(kind):
    layer = KINDS[kind](2, 4, 2, bidirectional=True, dtype=np.float32, generator=0)
    output, _ = layer(X.astype(np.float32), lengths=[5, 2, 3])
    output.sum().backward()
    assert {output.dtype, *(p.grad.dtype for p in layer.parameters())} == {np.dtype("float32")}


def test_an_input_that_is_plain_gives_the_same_as_one_that_is_recorded():
    layer = nn.LSTM(2, 4, 2, batch_first=True, generator=0)
    x = X.swapaxes(0, 1)
    np.testing.assert_array_equal(layer(x)[0].data, layer(Value(x))[0].data)
    assert layer(x)[0].shape == (3, 5, 4)


def test_padded_sequences():
    parts = [np.ones((2, 3)), Value(np.ones((4, 3))), np.ones((1, 3))]
    padded = F.pad_sequence(parts, padding_value=7.0)
    assert padded.shape == (4, 3, 3)
    assert (padded.data[2:, 0] == 7).all()
    np.testing.assert_array_equal(
        F.pad_sequence(parts, batch_first=True, padding_value=7.0).data, padded.data.swapaxes(0, 1)
    )
    np.testing.assert_array_equal(F.length_mask([2, 4, 1]), F.length_mask([2, 4, 1], batch_first=True).T)
    assert F.length_mask([2, 4, 1]).sum() == 7


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (
            lambda: nn.LSTM(2, 4)(np.ones((5, 3, 3))),
            ShapeError,
            r"LSTM: an input of shape \(steps, batch, 2\).*\(5, 3, 3\)",
        ),
        (lambda: nn.LSTM(2, 4)(X[0, 0]), ShapeError, "LSTM: an input"),
        (lambda: nn.LSTM(2, 4)(X, (np.ones((1, 3, 4)),)), ShapeError, r"LSTM: 2 first state.*\(1, 3, 4\)"),
        (lambda: nn.GRU(2, 4)(X, np.ones((1, 2, 4))), ShapeError, r"GRU: 1 first state.*\(1, 3, 4\).*\(1, 2, 4\)"),
        (lambda: nn.GRU(2, 4)(X, lengths=[1, 2]), ShapeError, r"one length from 1 to 5.*3 sequences.*\[1, 2\]"),
        (lambda: nn.GRU(2, 4)(X, lengths=[0, 5, 2]), ShapeError, r"\[0, 5, 2\]"),
        (lambda: nn.RNN(2, 4, nonlinearity="sigmoid"), ValueError, "nonlinearity='sigmoid': it is 'tanh' or 'relu'"),
        (lambda: nn.RNN(0, 4), ValueError, "RNN: input_size=0"),
        (lambda: nn.LSTMCell(2, 4)(np.ones((3, 5))), ShapeError, r"inputs of length 2 are needed.*\(1, 3, 5\)"),
        (lambda: rows.rnn(X, X[0], np.eye(2), np.eye(3)), ShapeError, r"rnn at .*\(5, 3, 2\).*\(3, 3\)"),
        (lambda: rows.lstm(X, X[0], X[0], np.ones((8, 3)), np.ones((8, 2))), ShapeError, r"lstm at .*4 hidden"),
        (lambda: rows.gru(X[:0], X[0], np.ones((6, 2)), np.ones((6, 2))), ShapeError, "gru at .*one step or more"),
        (
            lambda: rows.gru(X, X[0], *np.ones((2, 6, 2)), np.ones(6)),
            ShapeError,
            r"biases \[\(6,\)\] do not fit.*none or two",
        ),
    ],
)
def test_what_is_refused_is_said(call, error, match):
    with pytest.raises(error, match=match):
        call()


@pytest.mark.parametrize(
    "text",
    [
        "LSTM(2, 4, num_layers=2, batch_first=True, bidirectional=True)",
        "RNN(2, 4, bias=False, nonlinearity='relu')",
        "GRU(2, 4, num_layers=2, dropout=0.5)",
        "RNNCell(2, 4, nonlinearity='relu')",
        "GRUCell(2, 4, bias=False)",
    ],
)
def test_repr_is_the_call(text):
    assert repr(eval(f"nn.{text}")) == text
