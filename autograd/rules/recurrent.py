"""Recurrent layers, each a whole sequence as one row: one node for all steps, and few passes over the numbers.

The inputs of all steps have met their weights already (one product, in `linear`): a row here is given what each step adds
before its gates, of shape (steps, batch, gates × hidden), and the state that it begins with. Its rule walks back through the
steps with a cotangent of the state; what it multiplies that with is kept, or, where the rule is recorded, computed again from
the states, which are the output: for all steps at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ShapeError, user_line
from .activations import sigmoid
from .op import Array, Op


def _fitting(name: str, gates: int, x: Array, w: Array, *states: Array) -> None:
    n, batch, given = w.shape[-1], x.shape[1:2], [s.shape for s in states]
    needed = (*x.shape[:1], *batch, gates * n), (gates * n, n), [(*batch, n)] * len(states)
    if x.ndim != 3 or not len(x) or (x.shape, w.shape, given) != needed:
        raise ShapeError(
            f"{name} at {user_line()}: what the inputs add has shape {x.shape}, the recurrent weight {w.shape} and the first "
            f"states {given}: they must be (steps, batch, {gates} hidden), ({gates} hidden, hidden) and (batch, hidden), for "
            "one step or more"
        )


def _before(first: Array, states: Array) -> Array:
    """The state in front of each step."""
    return np.concatenate([first[None], states[:-1]])


def _product(d: Array, states: Array) -> Array:
    """Σ dᵀ h over steps and batch."""
    return d.reshape((-1, d.shape[-1])).T @ states.reshape((-1, states.shape[-1]))


# -- h′ = tanh(x + h Wᵀ), or max(0, …) ------------------------------------------------------------------------------


def _rnn(x: Array, h: Array, w: Array, nonlinearity: str = "tanh") -> Array:
    """The states after each step, of shape (steps, batch, hidden)."""
    _fitting("rnn", 1, x, w, h)
    out = np.empty(x.shape, np.result_type(x, h, w))
    columns = np.ascontiguousarray(w.T)
    for t in range(len(x)):
        np.matmul(h, columns, out=out[t])
        np.add(out[t], x[t], out=out[t])
        h = np.tanh(out[t], out=out[t]) if nonlinearity == "tanh" else np.maximum(out[t], 0, out=out[t])
    return out


def rnn_rule(
    wanted: Sequence[int], g: Array, out: Array, x: Array, h: Array, w: Array, nonlinearity: str = "tanh"
) -> list[Array]:
    """Back through the steps: d = c φ′ for the cotangent c of a state; the one before gets d W, and what comes from outside."""
    slope = np.sign(out) if nonlinearity == "relu" else 1 - out * out
    carried, steps = g[-1], []
    for t in range(g.shape[0] - 1, -1, -1):
        d = carried * slope[t]
        steps.append(d)
        carried = d @ w + g[t - 1] if t else d @ w
    d = np.stack(steps[::-1])
    return [d if i == 0 else carried if i == 1 else _product(d, _before(h, out)) for i in wanted]


rnn = Op(_rnn, rnn_rule, variadic=True, name="rnn")

# -- the LSTM ------------------------------------------------------------------------------------------------------


def _lstm(x: Array, h: Array, c: Array, w: Array) -> tuple[Array, Any]:
    """The states h and the cells c after each step, of shape (2, steps, batch, hidden); and the gates, and tanh c.

    i, f, o = σ(…), g = tanh(…) of x + h Wᵀ; c′ = f c + i g; h′ = o tanh c′. One tanh computes all gates: σ(y) = ½ + ½ tanh ½y.
    """
    _fitting("lstm", 4, x, w, h, c)
    n, dtype = w.shape[1], np.result_type(x, h, c, w)
    half = np.repeat(np.array([0.5, 0.5, 1, 0.5], dtype), n)
    rest, columns = 1 - half, np.ascontiguousarray((w * half[:, None]).T)
    gates, squashed = np.empty(x.shape, dtype), np.empty((*x.shape[:2], n), dtype)
    out, product, share = np.empty((2, *squashed.shape), dtype), np.empty(x.shape[1:], dtype), np.empty(h.shape, dtype)
    for t in range(len(x)):
        a, hidden, cell = gates[t], out[0, t], out[1, t]
        np.multiply(x[t], half, out=a)
        np.add(a, np.matmul(h, columns, out=product), out=a)
        np.tanh(a, out=a)
        np.multiply(a, half, out=a)
        np.add(a, rest, out=a)
        np.multiply(a[:, n : 2 * n], c, out=cell)
        np.add(cell, np.multiply(a[:, :n], a[:, 2 * n : 3 * n], out=share), out=cell)
        np.multiply(a[:, 3 * n :], np.tanh(cell, out=squashed[t]), out=hidden)
        h, c = hidden, cell
    return out, (gates, squashed)


def _lstm_slopes(before: Array, gates: Array, squashed: Array) -> tuple[Array, ...]:
    """What the cotangents of h′ and c′ are multiplied with: for o and c′; for i, f and g side by side, and for c."""
    n = squashed.shape[-1]
    i, f, g, o = gates[..., :n], gates[..., n : 2 * n], gates[..., 2 * n : 3 * n], gates[..., 3 * n :]
    inner = np.stack([i * (1 - i) * g, f * (1 - f) * before, i * (1 - g * g)], axis=-2)
    return squashed * o * (1 - o), o * (1 - squashed * squashed), inner, f


def lstm_rule(
    wanted: Sequence[int], g: Array, out: Array, x: Array, h: Array, c: Array, w: Array, kept: Any = None
) -> list[Array]:
    """Back through the steps with the cotangents of h′ and c′, which give those of the gates."""
    n, earlier = w.shape[1], _before(h, out[0])
    if kept is None:
        y = x + earlier @ w.T
        gates = [sigmoid(y[..., : 2 * n]), np.tanh(y[..., 2 * n : 3 * n]), sigmoid(y[..., 3 * n :])]
        kept = np.concatenate(gates, axis=-1), np.tanh(out[1])
    to_o, to_cell, inner, forget = _lstm_slopes(_before(c, out[1]), *kept)
    from_h, from_c = g[0], g[1]
    at_h, at_c, steps = from_h[-1], from_c[-1], []
    for t in range(g.shape[1] - 1, -1, -1):
        at_c = at_c + at_h * to_cell[t]
        d = np.concatenate([(at_c[:, None] * inner[t]).reshape((-1, 3 * n)), at_h * to_o[t]], axis=1)
        steps.append(d)
        at_h, at_c = d @ w, at_c * forget[t]
        if t:
            at_h, at_c = at_h + from_h[t - 1], at_c + from_c[t - 1]
    d = np.stack(steps[::-1])
    return [d if i == 0 else at_h if i == 1 else at_c if i == 2 else _product(d, earlier) for i in wanted]


lstm = Op(lambda x, h, c, w: _lstm(x, h, c, w)[0], lstm_rule, keeping=_lstm, variadic=True, name="lstm")

# -- the GRU -------------------------------------------------------------------------------------------------------


def _gru(x: Array, h: Array, w: Array, *bias: Array) -> tuple[Array, Any]:
    """The states after each step, of shape (steps, batch, hidden), and the gates r and z, the candidate n, and what r scales.

    r, z = σ(x + h Wᵀ + b), n = tanh(x + r (h Wᵀ + b)), h′ = n + z (h − n).
    """
    _fitting("gru", 3, x, w, h)
    n = w.shape[1]
    dtype = np.result_type(x, h, w, *bias)
    out = np.empty((*x.shape[:2], n), dtype)
    gates, scaled, columns = np.empty(x.shape, dtype), np.empty(out.shape, dtype), np.ascontiguousarray(w.T)
    for t in range(len(x)):
        y = h @ columns
        y = y + bias[0] if bias else y
        a, both = gates[t], slice(None, 2 * n)
        np.tanh(0.5 * (x[t, :, both] + y[:, both]), out=a[:, both])
        a[:, both] = 0.5 * a[:, both] + 0.5
        scaled[t] = y[:, 2 * n :]
        candidate = np.tanh(x[t, :, 2 * n :] + a[:, :n] * scaled[t], out=a[:, 2 * n :])
        h = np.add(candidate, a[:, n : 2 * n] * (h - candidate), out=out[t])
    return out, (gates, scaled)


def _gru_slopes(before: Array, gates: Array, scaled: Array) -> tuple[Array, Array, Array]:
    """What the cotangent of h′ is multiplied with: for x and for h Wᵀ + b, of r, z and n side by side; and for h."""
    n = scaled.shape[-1]
    r, z, new = gates[..., :n], gates[..., n : 2 * n], gates[..., 2 * n :]
    to_new = (1 - z) * (1 - new * new)
    to_r, to_z = to_new * scaled * (r * (1 - r)), (before - new) * (z * (1 - z))
    return np.stack([to_r, to_z, to_new], axis=-2), np.stack([to_r, to_z, to_new * r], axis=-2), z


def gru_rule(
    wanted: Sequence[int], g: Array, out: Array, x: Array, h: Array, w: Array, *bias: Array, kept: Any = None
) -> list[Array]:
    """Back through the steps with the cotangent of h′, which gives those of the gates."""
    n, earlier = w.shape[1], _before(h, out)
    if kept is None:
        y = sum([earlier @ w.T, *bias])
        both = sigmoid(x[..., : 2 * n] + y[..., : 2 * n])
        scaled = y[..., 2 * n :]
        kept = np.concatenate([both, np.tanh(x[..., 2 * n :] + both[..., :n] * scaled)], axis=-1), scaled
    to_x, to_y, to_h = _gru_slopes(earlier, *kept)
    carried, steps = g[-1], []
    for t in range(g.shape[0] - 1, -1, -1):
        steps.append(carried)
        back = carried * to_h[t] + (carried[:, None] * to_y[t]).reshape((-1, 3 * n)) @ w
        carried = back + g[t - 1] if t else back
    all_steps = np.stack(steps[::-1])[:, :, None]
    at_x, at_y = (all_steps * to_x).reshape(x.shape), (all_steps * to_y).reshape(x.shape)
    return [at_x if i == 0 else carried if i == 1 else _product(at_y, earlier) if i == 2 else at_y for i in wanted]


gru = Op(lambda x, h, w, *bias: _gru(x, h, w, *bias)[0], gru_rule, keeping=_gru, variadic=True, name="gru")
