"""Recurrent layers, each a whole sequence as one row: one node for all steps, and few passes over the numbers.

A row takes the inputs of all steps, (steps, batch, inputs), the states in front of the first, (batch, hidden), the weights of
inputs and states, (gates × hidden, inputs) and (gates × hidden, hidden), and no biases or one beside each weight. Its rule
walks back through the steps with a cotangent of the state, in blocks of some steps: what a block's cotangents are multiplied
with is made when the walk comes there, and what they give for the weights is added up, so that nothing is held for all steps
that the forward pass has not kept. Where the rule is recorded, the gates of a block are computed again from the states, which
are the output. A compiler takes all steps for one block, and a step for all of them (`scan`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import ShapeError, UnsupportedError, user_line
from .activations import sigmoid
from .guards import contiguous, has_parts, is_plain, leading
from .op import Array, Op
from .scanning import State, compiler, scan

_BLOCK = 16  # steps: enough for efficient products, few enough for the processor's cache


def _fitting(
    name: str, gates: int, x: Array, states: Sequence[Array], w_ih: Array, w_hh: Array, bias: Sequence[Array]
) -> None:
    n, given = w_hh.shape[-1], [a.shape for a in (*states, w_ih, w_hh, *bias)]
    needed = (
        [(*x.shape[1:2], n)] * len(states) + [(gates * n, *x.shape[2:]), (gates * n, n)] + [(gates * n,)] * len(bias)
    )
    if x.ndim != 3 or not len(x) or given != needed or len(bias) not in (0, 2):
        raise ShapeError(
            f"{name} at {user_line()}: inputs of shape {x.shape}, first states {[s.shape for s in states]}, weights "
            f"{w_ih.shape} and {w_hh.shape} and biases {[b.shape for b in bias]} do not fit: they must be (steps, batch, "
            f"inputs), for one step or more, (batch, hidden), ({gates} hidden, inputs), ({gates} hidden, hidden), and none "
            f"or two ({gates} hidden,)"
        )


def _flat(a: Array) -> Array:
    """Steps and batch as one axis."""
    return a.reshape((a.shape[0] * a.shape[1], a.shape[2]))


def _blank(shape: tuple[int, ...], *given: Array) -> Array:
    """An array to be filled, of the kind and dtype that a result of the `given` has."""
    return np.empty_like(leading(*given), dtype=np.result_type(*given), order="C", shape=shape)


def _of_inputs(x: Array, w: Array, bias: Array, *given: Array) -> Array:
    """x Wᵀ + bias for all steps, a new array, of the kind that a result of the `given` has."""
    y = np.matmul(_flat(x), w.T).astype(np.result_type(*given), copy=False)
    if not (has_parts(y) and has_parts(leading(*given))):
        kind = type(leading(y, *given)).__name__
        raise UnsupportedError(
            f"a recurrent layer at {user_line()}: its steps are written into one array, and a {kind} does not change through its "
            "parts. Take the cells (nn.RNNCell, LSTMCell, GRUCell) step by step, or arrays of NumPy's"
        )
    y = (np.add(y, bias, out=y) if is_plain(y) else y + bias).reshape((*x.shape[:2], -1))
    if is_plain(leading(*given)):
        return y
    foreign = _blank(y.shape, *given)
    foreign[...] = y
    return foreign


def _blocks(steps: int) -> Iterator[slice]:
    """Blocks of steps, the last first."""
    n = _BLOCK if compiler.get() is None else steps
    return (slice(start, min(start + n, steps)) for start in range((steps - 1) // n * n, -1, -n))


def _before(first: Array, states: Array, block: slice) -> Array:
    """The state in front of each step of a block."""
    if block.start:
        return states[block.start - 1 : block.stop - 1]
    return np.concatenate([first[None], states[: block.stop - 1]])


def _shares(
    wanted: Sequence[int], states: int, of_x: Array, of_h: Array, x: Array, before: Array, w_ih: Array
) -> list[Array]:
    """What a block gives for x, both weights and both biases, of those wanted.

    `of_x` and `of_h` are the cotangents of x W_ihᵀ + b_ih and of h W_hhᵀ + b_hh.
    """
    for_each = (
        lambda: of_x @ w_ih, lambda: _flat(of_x).T @ _flat(x), lambda: _flat(of_h).T @ _flat(before),
        lambda: of_x.sum(axis=(0, 1)), lambda: of_h.sum(axis=(0, 1)),
    )  # fmt: skip
    return [for_each[max(0, i - states)]() for i in wanted if not 0 < i <= states]


def _together(wanted: Sequence[int], at_states: Sequence[Array], shares: list[list[Array]]) -> list[Array]:
    """The cotangents of what is wanted: those of the states; x's blocks side by side; the sum of the others'."""
    others = [i for i in wanted if not 0 < i <= len(at_states)]
    whole = {
        i: sum(parts[1:], parts[0]) if i else np.concatenate(parts[::-1])
        for i, *parts in zip(others, *shares, strict=True)
    }
    return [whole[i] if i in whole else at_states[i - 1] for i in wanted]


# -- h′ = tanh(x W_ihᵀ + h W_hhᵀ + b), or max(0, …) -----------------------------------------------------------------


def _rnn(x: Array, h: Array, w_ih: Array, w_hh: Array, *bias: Array, nonlinearity: str = "tanh") -> Array:
    """The states after each step, of shape (steps, batch, hidden)."""
    _fitting("rnn", 1, x, [h], w_ih, w_hh, bias)
    out, columns = _of_inputs(x, w_ih, sum(bias), x, h, w_ih, w_hh, *bias), contiguous(w_hh.T)

    def step(state: State, a: Array) -> tuple[State, tuple[()]]:
        np.add(a, state[0] @ columns, out=a)
        return (np.tanh(a, out=a) if nonlinearity == "tanh" else np.maximum(a, 0, out=a),), ()

    scan(step, (h,), [out])
    return out


def rnn_rule(
    wanted: Sequence[int], g: Array, out: Array, x: Array, h: Array, w_ih: Array, w_hh: Array, *bias: Array,
    nonlinearity: str = "tanh",
) -> list[Array]:  # fmt: skip
    """Back through the steps: d = c φ′ for the cotangent c of a state; the one before gets d W, and what comes from outside."""

    def step(state: State, g: Array, slope: Array) -> tuple[State, tuple[Array]]:
        d = (state[0] + g) * slope
        return (d @ w_hh,), (d,)

    state, shares = (np.zeros_like(h),), []
    for block in _blocks(len(x)):
        states = out[block]
        slope = np.sign(states) if nonlinearity == "relu" else 1 - states * states
        state, (d,) = scan(step, state, [g[block], slope], reverse=True)
        shares.append(_shares(wanted, 1, d, d, x[block], _before(h, out, block), w_ih))
    return _together(wanted, state, shares)


rnn = Op(_rnn, rnn_rule, variadic=True, name="rnn")

# -- the LSTM ------------------------------------------------------------------------------------------------------


def _lstm(x: Array, h: Array, c: Array, w_ih: Array, w_hh: Array, *bias: Array) -> tuple[Array, Any]:
    """The states h and the cells c after each step, of shape (2, steps, batch, hidden); and the gates, and tanh c.

    i, f, o = σ(…), g = tanh(…) of x W_ihᵀ + h W_hhᵀ + b; c′ = f c + i g; h′ = o tanh c′. One tanh computes all gates:
    σ(y) = ½ + ½ tanh ½y.
    """
    _fitting("lstm", 4, x, [h, c], w_ih, w_hh, bias)
    n, given = w_hh.shape[1], (x, h, c, w_ih, w_hh, *bias)
    half = np.repeat(np.array([0.5, 0.5, 1, 0.5], np.result_type(*given)), n)
    rest, columns = 1 - half, contiguous((w_hh * half[:, None]).T)
    gates = _of_inputs(x, w_ih * half[:, None], sum(bias) * half, *given)
    squashed, out = (_blank(shape, *given) for shape in ((*x.shape[:2], n), (2, *x.shape[:2], n)))

    def step(state: State, a: Array, squashed: Array, hidden: Array, cell: Array) -> tuple[State, tuple[()]]:
        h, c = state
        np.add(a, h @ columns, out=a)
        np.tanh(a, out=a)
        np.multiply(a, half, out=a)
        np.add(a, rest, out=a)
        np.multiply(a[:, n : 2 * n], c, out=cell)
        np.add(cell, a[:, :n] * a[:, 2 * n : 3 * n], out=cell)
        np.multiply(a[:, 3 * n :], np.tanh(cell, out=squashed), out=hidden)
        return (hidden, cell), ()

    scan(step, (h, c), [gates, squashed, out[0], out[1]])
    return out, (gates, squashed)


def _lstm_gates(x: Array, before: Array, cells: Array, w_ih: Array, w_hh: Array, *bias: Array) -> tuple[Array, Array]:
    """The gates, and tanh c, of a block whose states are known."""
    y, n = sum([x @ w_ih.T, before @ w_hh.T, *bias]), w_hh.shape[1]
    gates = [sigmoid(y[..., : 2 * n]), np.tanh(y[..., 2 * n : 3 * n]), sigmoid(y[..., 3 * n :])]
    return np.concatenate(gates, axis=-1), np.tanh(cells)


def _lstm_slopes(before: Array, gates: Array, squashed: Array) -> tuple[Array, ...]:
    """What the cotangents of h′ and c′ are multiplied with: for o and c′; for i, f and g side by side, and for c."""
    n = squashed.shape[-1]
    i, f, g, o = gates[..., :n], gates[..., n : 2 * n], gates[..., 2 * n : 3 * n], gates[..., 3 * n :]
    inner = np.stack([i * (1 - i) * g, f * (1 - f) * before, i * (1 - g * g)], axis=-2)
    return squashed * o * (1 - o), o * (1 - squashed * squashed), inner, f


def lstm_rule(
    wanted: Sequence[int], g: Array, out: Array, x: Array, h: Array, c: Array, w_ih: Array, w_hh: Array, *bias: Array,
    kept: Any = None,
) -> list[Array]:  # fmt: skip
    """Back through the steps with the cotangents of h′ and c′, which give those of the gates."""
    n = w_hh.shape[1]

    def step(
        state: State, g_h: Array, g_c: Array, to_o: Array, to_cell: Array, inner: Array, forget: Array
    ) -> tuple[State, tuple[Array]]:
        at_h = state[0] + g_h
        at_c = state[1] + g_c + at_h * to_cell
        d = np.concatenate([(at_c[:, None] * inner).reshape((-1, 3 * n)), at_h * to_o], axis=1)
        return (d @ w_hh, at_c * forget), (d,)

    state, shares = (np.zeros_like(h), np.zeros_like(c)), []
    for block in _blocks(len(x)):
        before, cells = _before(h, out[0], block), out[1][block]
        gates, squashed = (
            _lstm_gates(x[block], before, cells, w_ih, w_hh, *bias) if kept is None else [k[block] for k in kept]
        )
        slopes = _lstm_slopes(_before(c, out[1], block), gates, squashed)
        state, (d,) = scan(step, state, [g[0][block], g[1][block], *slopes], reverse=True)
        shares.append(_shares(wanted, 2, d, d, x[block], before, w_ih))
    return _together(wanted, state, shares)


lstm = Op(lambda *inputs: _lstm(*inputs)[0], lstm_rule, keeping=_lstm, variadic=True, name="lstm")

# -- the GRU -------------------------------------------------------------------------------------------------------


def _gru(x: Array, h: Array, w_ih: Array, w_hh: Array, *bias: Array) -> tuple[Array, Any]:
    """The states after each step, of shape (steps, batch, hidden), and the gates r and z, the candidate n, and what r scales.

    r, z = σ(x W_ihᵀ + b_ih + h W_hhᵀ + b_hh), n = tanh(x W_ihᵀ + b_ih + r (h W_hhᵀ + b_hh)), h′ = n + z (h − n).
    """
    _fitting("gru", 3, x, [h], w_ih, w_hh, bias)
    n, given = w_hh.shape[1], (x, h, w_ih, w_hh, *bias)
    b_ih, b_hh = bias or (0, 0)
    gates, columns = _of_inputs(x, w_ih, b_ih, *given), contiguous(w_hh.T)
    out, scaled = (_blank((*x.shape[:2], n), *given) for _ in range(2))

    def step(state: State, gates: Array, scaled: Array, hidden: Array) -> tuple[State, tuple[()]]:
        (h,) = state
        y = h @ columns + b_hh
        both, new = gates[:, : 2 * n], gates[:, 2 * n :]
        np.tanh(0.5 * (both + y[:, : 2 * n]), out=both)
        np.add(0.5 * both, 0.5, out=both)
        scaled[...] = y[:, 2 * n :]
        np.tanh(new + both[:, :n] * scaled, out=new)
        return (np.add(new, both[:, n:] * (h - new), out=hidden),), ()

    scan(step, (h,), [gates, scaled, out])
    return out, (gates, scaled)


def _gru_gates(x: Array, before: Array, w_ih: Array, w_hh: Array, *bias: Array) -> tuple[Array, Array]:
    """The gates r and z with the candidate n, and what r scales, of a block whose states are known."""
    n, (b_ih, b_hh) = w_hh.shape[1], bias or (0, 0)
    y_x, y_h = x @ w_ih.T + b_ih, before @ w_hh.T + b_hh
    both, scaled = sigmoid(y_x[..., : 2 * n] + y_h[..., : 2 * n]), y_h[..., 2 * n :]
    return np.concatenate([both, np.tanh(y_x[..., 2 * n :] + both[..., :n] * scaled)], axis=-1), scaled


def _gru_slopes(before: Array, gates: Array, scaled: Array) -> tuple[Array, Array, Array]:
    """What the cotangent of h′ is multiplied with: for x W and for h W, of r, z and n side by side; and for h."""
    n = scaled.shape[-1]
    r, z, new = gates[..., :n], gates[..., n : 2 * n], gates[..., 2 * n :]
    to_new = (1 - z) * (1 - new * new)
    to_r, to_z = to_new * scaled * (r * (1 - r)), (before - new) * (z * (1 - z))
    return np.stack([to_r, to_z, to_new], axis=-2), np.stack([to_r, to_z, to_new * r], axis=-2), z


def gru_rule(
    wanted: Sequence[int],
    g: Array,
    out: Array,
    x: Array,
    h: Array,
    w_ih: Array,
    w_hh: Array,
    *bias: Array,
    kept: Any = None,
) -> list[Array]:
    """Back through the steps with the cotangent of h′, which gives those of the gates."""

    def step(state: State, g: Array, to_y: Array, to_h: Array) -> tuple[State, tuple[Array]]:
        at_h = state[0] + g
        return (at_h * to_h + (at_h[:, None] * to_y).reshape((-1, len(w_hh))) @ w_hh,), (at_h,)

    state, shares = (np.zeros_like(h),), []
    for block in _blocks(len(x)):
        before = _before(h, out, block)
        gates, scaled = _gru_gates(x[block], before, w_ih, w_hh, *bias) if kept is None else [k[block] for k in kept]
        to_x, to_y, to_h = _gru_slopes(before, gates, scaled)
        state, (at_h,) = scan(step, state, [g[block], to_y, to_h], reverse=True)
        of_x, of_h = ((at_h[:, :, None] * to).reshape(gates.shape) for to in (to_x, to_y))
        shares.append(_shares(wanted, 1, of_x, of_h, x[block], before, w_ih))
    return _together(wanted, state, shares)


gru = Op(lambda *inputs: _gru(*inputs)[0], gru_rule, keeping=_gru, variadic=True, name="gru")
