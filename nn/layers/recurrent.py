"""Recurrent layers and their cells. Names, shapes and the order of gates are PyTorch's."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import numpy as np

from autograd import ShapeError
from autograd.functions import concatenate, stack

from .. import functional
from ..functional.recurrent import gru_sequence, lstm_sequence, rnn_sequence, run_layer
from ..module import Module
from ..random import Seed, default_generator, kept_generator
from .linear import uniform


class _Recurrent(Module):
    """What layers and cells share: `sequence` runs through a sequence, with weights of `gates` × hidden rows."""

    gates: ClassVar[int]
    states: ClassVar[int] = 1  # how many arrays a state is
    sequence: Callable[..., tuple[Any, ...]]

    input_size: int
    hidden_size: int
    bias: bool

    def _add_weights(self, suffix: str, inputs: int, dtype: Any, rng: np.random.Generator) -> None:
        """Weights and biases, uniform on ±1/√hidden."""
        rows, bound = self.gates * self.hidden_size, 1 / math.sqrt(self.hidden_size)
        shapes = [(rows, inputs), (rows, self.hidden_size), (rows,), (rows,)]
        for name, shape in zip(self._names(suffix), shapes, strict=False):
            setattr(self, name, uniform(*shape, bound=bound, dtype=dtype, generator=rng))

    def _names(self, suffix: str) -> list[str]:
        return [name + suffix for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")[: 4 if self.bias else 2]]

    def _weights(self, suffix: str) -> list[Any]:
        return [getattr(self, name) for name in self._names(suffix)]


class _Layer(_Recurrent):
    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True, batch_first: bool = False,
        dropout: float = 0.0, bidirectional: bool = False, *, dtype: Any = np.float64, generator: Seed = None,
    ) -> None:  # fmt: skip
        if min(input_size, hidden_size, num_layers) < 1:
            raise ValueError(
                f"{type(self).__name__}: input_size={input_size}, hidden_size={hidden_size} and num_layers={num_layers} "
                "must be at least 1"
            )
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout, self.bidirectional = bias, batch_first, dropout, bidirectional
        self.generator = kept_generator(generator)
        rng = default_generator(self.generator)
        for layer in range(num_layers):
            inputs = hidden_size * len(self._directions) if layer else input_size
            for direction in self._directions:
                self._add_weights(f"_l{layer}{direction}", inputs, dtype, rng)

    @property
    def _directions(self) -> tuple[str, ...]:
        return ("", "_reverse") if self.bidirectional else ("",)

    def forward(self, input: Any, hx: Any = None, *, lengths: Any = None) -> tuple[Any, Any]:
        """The outputs of the last layer at all steps, and the last states of all layers.

        Args:
            input: of shape (steps, batch, input_size), with `batch_first` (batch, steps, input_size), or (steps, input_size).
            hx: the states to begin with, of shape (num_layers × directions, batch, hidden_size); None is zeros.
            lengths: how many steps of each sequence count, of shape (batch,), where they are padded to one length. Outputs
                behind them are 0. (PyTorch packs such sequences; they need not be sorted here.)
        """
        single = input.ndim == 2
        if input.ndim not in (2, 3) or input.shape[-1] != self.input_size:
            raise ShapeError(
                f"{type(self).__name__}: an input of shape (steps, batch, {self.input_size}) or (steps, {self.input_size}) is "
                f"needed, (batch, steps, {self.input_size}) with batch_first, and it has {input.shape}"
            )
        x = input[:, None] if single else input.swapaxes(0, 1) if self.batch_first else input
        first = self._first(x, hx, single)
        lengths = self._checked(lengths, x)
        finals: list[list[Any]] = []
        for layer in range(self.num_layers):
            if layer and self.dropout:
                x = functional.dropout(x, self.dropout, self.training, generator=self.generator)
            outputs = []
            for direction in self._directions:
                states, weights = [s[len(finals)] for s in first], self._weights(f"_l{layer}{direction}")
                output, last = run_layer(self.sequence, x, states, weights, reverse=bool(direction), lengths=lengths)
                outputs.append(output)
                finals.append(last)
            x = outputs[0] if len(outputs) == 1 else concatenate(outputs, axis=2)
        ends = tuple(stack([last[i] for last in finals]) for i in range(self.states))
        if single:
            x, ends = x[:, 0], tuple(end[:, 0] for end in ends)
        elif self.batch_first:
            x = x.swapaxes(0, 1)
        return x, ends if self.states > 1 else ends[0]

    def _first(self, x: Any, hx: Any, single: bool) -> list[Any]:
        """The states to begin with, each of shape (num_layers × directions, batch, hidden_size)."""
        shape = (self.num_layers * len(self._directions), x.shape[1], self.hidden_size)
        if hx is None:
            return [np.zeros_like(x, shape=shape)] * self.states
        given = list(hx) if self.states > 1 or isinstance(hx, (tuple, list)) else [hx]
        needed = (shape[0], shape[2]) if single else shape
        if [s.shape for s in given] != [needed] * self.states:
            raise ShapeError(
                f"{type(self).__name__}: {self.states} first state(s) of shape {needed} are needed, and these have "
                f"{[s.shape for s in given]}"
            )
        return [s[:, None] for s in given] if single else given

    def _checked(self, lengths: Any, x: Any) -> Any:
        if lengths is None:
            return None
        lengths = np.asarray(lengths)
        if lengths.shape != x.shape[1:2] or not (lengths.min() >= 1 and lengths.max() <= x.shape[0]):
            raise ShapeError(
                f"{type(self).__name__}: one length from 1 to {x.shape[0]} is needed for each of {x.shape[1]} sequences, and "
                f"they are {lengths.tolist()}"
            )
        return lengths

    def extra_repr(self) -> str:
        usual = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0, "bidirectional": False}
        others = [f"{name}={getattr(self, name)!r}" for name, value in usual.items() if getattr(self, name) != value]
        return ", ".join([f"{self.input_size}, {self.hidden_size}", *others])


class RNN(_Layer):
    """h′ = tanh(W_ih x + b_ih + W_hh h + b_hh), or max(0, …), in `num_layers` layers; see `nn.functional.rnn_sequence`.

    Returns the outputs of the last layer at all steps, and the last states of all layers. Parameters begin uniform on
    ±1/√hidden_size, and are called `weight_ih_l0` (hidden, inputs), `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, with
    `_reverse` at the end for the other direction.

    Args:
        input_size: the length of an input.
        hidden_size: the length of a state.
        num_layers: each takes the outputs of the one before.
        nonlinearity: "tanh" or "relu".
        bias: whether there are b_ih and b_hh.
        batch_first: whether inputs and outputs are (batch, steps, …) rather than (steps, batch, …).
        dropout: between layers, in training.
        bidirectional: whether each layer runs in both directions; the outputs are put side by side.
        dtype: of the parameters.
        generator: where they come from, and the dropout; None takes that of `nn.manual_seed`.
    """

    gates = 1

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh", bias: bool = True,
        batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, *, dtype: Any = np.float64,
        generator: Seed = None,
    ) -> None:  # fmt: skip
        self.nonlinearity, self.sequence = nonlinearity, _nonlinear(nonlinearity)
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, dtype=dtype, generator=generator
        )  # fmt: skip

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity!r}")


class LSTM(_Layer):
    """Long short-term memory; see `nn.functional.lstm_sequence`, and `RNN` for the arguments.

    A state is a pair (h, c), and so is what is returned beside the outputs. Each weight has the gates i, f, g and o one below
    the other: `weight_ih_l0` has the shape (4 × hidden, inputs).
    """

    gates, states = 4, 2
    sequence = staticmethod(lstm_sequence)


class GRU(_Layer):
    """Gated recurrent units; see `nn.functional.gru_sequence`, and `RNN` for the arguments.

    Each weight has the gates r, z and n one below the other.
    """

    gates = 3
    sequence = staticmethod(gru_sequence)


class _Cell(_Recurrent):
    """One step, with parameters `weight_ih`, `weight_hh`, `bias_ih` and `bias_hh`."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, *, dtype: Any = np.float64, generator: Seed = None
    ) -> None:
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        self._add_weights("", input_size, dtype, default_generator(generator))

    def forward(self, input: Any, hx: Any = None) -> Any:
        """The next state: of shape (batch, hidden_size) for an input of shape (batch, input_size), or both without batch."""
        batch = input.shape[:-1]
        x = input.reshape(1, -1, input.shape[-1])
        if hx is None:
            hx = (np.zeros_like(input, shape=(*batch, self.hidden_size)),) * self.states
        elif self.states == 1:
            hx = (hx,)
        states = tuple(s.reshape(-1, self.hidden_size) for s in hx)
        outputs = self.sequence(x, states, *self._weights(""))
        after = tuple(states[0].reshape(*batch, self.hidden_size) for states in outputs)
        return after if self.states > 1 else after[0]

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else ", bias=False")


class RNNCell(_Cell):
    """One step of an `RNN`."""

    gates = 1

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh", *, dtype: Any = np.float64,
        generator: Seed = None,
    ) -> None:  # fmt: skip
        self.nonlinearity, self.sequence = nonlinearity, _nonlinear(nonlinearity)
        super().__init__(input_size, hidden_size, bias, dtype=dtype, generator=generator)

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity!r}")


class LSTMCell(_Cell):
    """One step of an `LSTM`: takes and returns (h, c)."""

    gates, states = 4, 2
    sequence = staticmethod(lstm_sequence)


class GRUCell(_Cell):
    """One step of a `GRU`."""

    gates = 3
    sequence = staticmethod(gru_sequence)


def _nonlinear(nonlinearity: str) -> Callable[..., tuple[Any, ...]]:
    if nonlinearity not in ("tanh", "relu"):
        raise ValueError(f"nonlinearity={nonlinearity!r}: it is 'tanh' or 'relu'")
    return partial(rnn_sequence, nonlinearity=nonlinearity)
