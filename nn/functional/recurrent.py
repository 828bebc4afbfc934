"""Recurrent layers, step by step and as whole sequences; each sequence is one operation of `autograd`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import ShapeError
from autograd.functions import gru, lstm, rnn, stack, where

Direction = Callable[..., tuple[Any, tuple[Any, ...]]]


def rnn_sequence(
    input: Any, states: tuple[Any, ...], w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None, *, nonlinearity: str = "tanh"
) -> tuple[Any, ...]:  # fmt: skip
    """The states h′ = tanh(W_ih x + b_ih + W_hh h + b_hh), or max(0, …), after each step.

    Args:
        input: x, of shape (steps, batch, inputs).
        states: (h,), in front of the first step, of shape (batch, hidden).
        w_ih: of shape (hidden, inputs).
        w_hh: of shape (hidden, hidden).
        b_ih: of shape (hidden,), or None, and b_hh with it.
        b_hh: as b_ih.
        nonlinearity: "tanh" or "relu".
    """
    return (rnn(_fitting(input, w_ih), *states, w_ih, w_hh, *_biases(b_ih, b_hh), nonlinearity=nonlinearity),)


def lstm_sequence(
    input: Any, states: tuple[Any, ...], w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None
) -> tuple[Any, ...]:
    """The states h′ = o tanh c′ and c′ = f c + i g after each step; i, f, o = σ(…) and g = tanh(…) of W_ih x + b + W_hh h.

    Arguments as for `rnn_sequence`, with (h, c) for states and the gates i, f, g and o one below the other in the weights.

    S. Hochreiter, J. Schmidhuber, "Long short-term memory", 1997; with forget gates: F. A. Gers et al., 2000.
    """
    out = lstm(_fitting(input, w_ih), *states, w_ih, w_hh, *_biases(b_ih, b_hh))
    return out[0], out[1]


def gru_sequence(
    input: Any, states: tuple[Any, ...], w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None
) -> tuple[Any, ...]:
    """The states h′ = (1 − z) n + z h after each step; r, z = σ(W_ih x + b_ih + W_hh h + b_hh) and
    n = tanh(W_ih x + b_ih + r (W_hh h + b_hh)).

    Arguments as for `rnn_sequence`, with the gates r, z and n one below the other in the weights.

    K. Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014.
    """
    return (gru(_fitting(input, w_ih), *states, w_ih, w_hh, *_biases(b_ih, b_hh)),)


def _biases(*biases: Any) -> tuple[Any, ...]:
    return () if biases[0] is None else biases


def _fitting(input: Any, w_ih: Any) -> Any:
    if input.shape[-1] != w_ih.shape[1]:
        raise ShapeError(
            f"inputs of length {w_ih.shape[1]} are needed (the last axis), and these have shape {input.shape}"
        )
    return input


def run_layer(
    sequence: Direction, input: Any, states: Sequence[Any], weights: Sequence[Any], *, reverse: bool, lengths: Any
) -> tuple[Any, list[Any]]:
    """The outputs of one layer in one direction, and its last states.

    With `lengths` each sequence of the batch ends where its length says: outputs behind it are 0, and the last state is that
    at its end. In reverse it begins there: the sequences are turned around each by itself, and their outputs turned back.
    """
    order = _reversing(lengths, input.shape[:2]) if reverse else None
    outputs = sequence(input if order is None else input[order], tuple(states), *weights)
    ends: Any = -1 if lengths is None else (lengths - 1, np.arange(len(lengths)))
    last = [sequences[ends] for sequences in outputs]
    output = outputs[0] if order is None else outputs[0][order]
    if lengths is not None:
        output = where(length_mask(lengths, input.shape[0])[..., None], output, 0)
    return output, last


def _reversing(lengths: Any, shape: tuple[int, ...]) -> Any:
    """The index that turns each sequence around in front of its padding."""
    if lengths is None:
        return slice(None, None, -1)
    steps = np.arange(shape[0])[:, None]
    return np.where(steps < lengths, lengths - 1 - steps, steps), np.arange(shape[1])


def length_mask(lengths: Any, steps: int | None = None, batch_first: bool = False) -> Any:
    """Which places of padded sequences belong to them: booleans of shape (steps, batch), or (batch, steps)."""
    lengths = np.asarray(lengths)
    mask = np.arange(lengths.max() if steps is None else steps)[:, None] < lengths
    return mask.T if batch_first else mask


def pad_sequence(sequences: Sequence[Any], batch_first: bool = False, padding_value: float = 0.0) -> Any:
    """Sequences of shapes (steps, …) side by side, filled up to the longest: of shape (steps, batch, …), or (batch, steps, …)."""
    longest = max(len(s) for s in sequences)
    filled = [
        np.pad(s, [(0, longest - len(s))] + [(0, 0)] * (s.ndim - 1), constant_values=padding_value) for s in sequences
    ]
    return stack(filled, axis=0 if batch_first else 1)
