"""The names that a program may use, in each library that can run it: `np`, `F`, and these.

`matrix` and `symmetric` make matrices, `mask` and `index` make indices, `at` is assignment to a copy, `added` is ``x += y``,
`constant` computes something without recording it, `checkpoint` and `custom` wrap a function and change no result, `odd` is an
operand of another type, `foreign` one of another library, and `numbers` what that holds.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

import autograd
from autograd import Value, no_grad
from autograd import functions as F
from autograd.engine.methods import At

from .operands import Odd, foreign, numbers_of

Namespace = dict[str, Any]


class Layer:
    """A module with some names of its own in front of it."""

    def __init__(self, module: Any, **own: Any) -> None:
        self._module = module
        self.__dict__.update(own)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def doubled(module: Any) -> Layer:
    """A module like NumPy in which float16 and float32 mean float64."""
    return Layer(module, float16=module.float64, float32=module.float64)


def triangle(numpy: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """`tril` or `triu` for vectors too: NumPy makes a square matrix of a vector first."""
    return lambda x, k=0: function(numpy.broadcast_to(x, (x.shape[0], x.shape[0])) if x.ndim == 1 else x, k)


def namespace(numpy: Any, functions: Any, **own: Any) -> Namespace:
    """The names for a library whose modules are `numpy` and `functions`; `own` is what it does in its own way."""

    def matrix(x: Any) -> Any:
        """Square matrices made of the last axis: the diagonal outweighs the rest of each row."""
        n = x.shape[-1]
        if numpy.iscomplexobj(x):
            x = x / (4 + 4 * numpy.abs(x))
        slopes = numpy.arange(1.0, n + 1).astype(x.dtype)
        return (n + 1) * numpy.eye(n).astype(x.dtype) + numpy.sin(x[..., :, None] * slopes + x[..., None, :])

    def symmetric(x: Any) -> Any:
        """Symmetric matrices; by Gershgorin's theorem their eigenvalues are positive and apart."""
        n, m = x.shape[-1], matrix(x)
        return m + numpy.swapaxes(m, -1, -2) + numpy.diag(5.0 * n * numpy.arange(n)).astype(x.dtype)

    def mask(x: Any, ndim: int | None = None) -> Any:
        """Two of three places along the first `ndim` axes."""
        shape = tuple(x.shape)[:ndim]
        return np.arange(math.prod(shape)).reshape(shape) % 3 != 1

    def curved(x: Any) -> Any:
        return numpy.sin(x) * x

    numbers = numbers_of(numpy.asarray)
    names = {
        "np": numpy, "F": functions, "matrix": matrix, "symmetric": symmetric, "mask": mask, "index": list,
        "at": partial(CopyAt, numpy), "added": operator.add, "constant": lambda f: f(), "checkpoint": lambda f: f,
        "custom": curved, "odd": Odd(numpy.asarray, itself=False), "numbers": numbers, "foreign": numbers,
    }  # fmt: skip
    return names | own


class CopyAt:
    """``array.at[index].set(new)`` for libraries that do not have it: the places are looked up by their numbers."""

    def __init__(self, numpy: Any, array: Any, places: Any = None) -> None:
        self.numpy, self.array, self.places = numpy, array, places

    def __getitem__(self, index: Any) -> CopyAt:
        numbers = np.arange(math.prod(self.array.shape)).reshape(tuple(self.array.shape))
        return CopyAt(self.numpy, self.array, np.asarray(numbers[index]))

    def _spread(self, values: Any, counted: Any) -> Any:
        """For each element of the array the sum of the values that go there, of those that are counted."""
        one_hot = (np.arange(math.prod(self.array.shape))[:, None] == self.places.ravel()) & counted
        wide = self.numpy.reshape(self.numpy.broadcast_to(self.numpy.asarray(values), self.places.shape), (-1,))
        dtype = self.array.dtype
        total = (self.numpy.asarray(one_hot).astype(dtype) * wide.astype(dtype)).sum(axis=-1)
        return self.numpy.reshape(total, tuple(self.array.shape))

    def add(self, values: Any) -> Any:
        return self.array + self._spread(values, True)

    def set(self, values: Any) -> Any:
        """Where a place is named twice the last value counts."""
        numbers = np.arange(self.places.size)
        last = (self.places.ravel()[None, :] != self.places.ravel()[:, None]) | (numbers[None, :] <= numbers[:, None])
        left = ~np.isin(np.arange(math.prod(self.array.shape)), self.places).reshape(tuple(self.array.shape))
        return self.array * self.numpy.asarray(left).astype(self.array.dtype) + self._spread(values, last.all(axis=1))

    def _old(self) -> Any:
        return self.numpy.reshape(self.array, (-1,))[self.places.copy()]

    def multiply(self, values: Any) -> Any:
        return self.set(self._old() * values)

    def divide(self, values: Any) -> Any:
        return self.set(self._old() / values)

    def power(self, values: Any) -> Any:
        return self.set(self._old() ** values)

    def max(self, values: Any) -> Any:
        return self.set(self.numpy.maximum(self._old(), values))

    def min(self, values: Any) -> Any:
        return self.set(self.numpy.minimum(self._old(), values))


def _in_place(x: Any, y: Any) -> Any:
    x += y
    return x


def _unrecorded(f: Callable[[], Any]) -> Any:
    with no_grad():
        return f()


def plain(numpy: Any) -> Namespace:
    """NumPy alone: nothing is recorded."""
    return namespace(numpy, F)


def ours(numpy: Any) -> Namespace:
    """This package: NumPy's own functions, on `Value`s."""
    return namespace(
        numpy,
        F,
        at=lambda x: x.at if isinstance(x, Value) else At(x),
        added=lambda x, y: _in_place(x, y) if isinstance(x, Value) else x + y,
        constant=_unrecorded,
        odd=Odd(np.asarray, itself=True),
        foreign=lambda kind, x: foreign(kind, x) if isinstance(x, Value) else numbers_of(np.asarray)(kind, x),
        checkpoint=autograd.checkpoint,
        custom=autograd.custom_vjp(lambda x: np.sin(x) * x, lambda g, out, x: g * (np.cos(x) * x + np.sin(x))),
    )


def networks(numpy: Any, softmax: Callable[..., Any], log_softmax: Callable[..., Any]) -> Namespace:
    """What networks are made of, by its definition."""

    def cross_entropy(z: Any, target: Any, reduction: str = "none") -> Any:
        t = target if target.shape == z.shape else target[..., None] == numpy.arange(z.shape[-1])
        terms = -(t * log_softmax(z, axis=-1)).sum(axis=-1)
        return terms if reduction == "none" else terms.sum() if reduction == "sum" else terms.mean()

    def standardize(x: Any, axes: tuple[int, ...], eps: float) -> Any:
        d = x - x.mean(axis=axes, keepdims=True)
        return d / numpy.sqrt((d * d).mean(axis=axes, keepdims=True) + eps)

    def attention(q: Any, k: Any, v: Any, bias: Any = 0.0, *, scale: float, causal: bool = False) -> Any:
        scores = scale * (q @ numpy.swapaxes(k, -1, -2)) + bias
        seen = np.tri(*scores.shape[-2:]) if causal else np.ones(scores.shape[-2:])
        return softmax(numpy.where(numpy.asarray(seen > 0), scores, -np.inf), axis=-1) @ v

    def sigmoid(x: Any) -> Any:
        return 1 / (1 + numpy.exp(-x))

    def rnn(x: Any, h: Any, w_ih: Any, w_hh: Any, *bias: Any, nonlinearity: str = "tanh") -> Any:
        states = []
        for t in range(x.shape[0]):
            y = x[t] @ w_ih.T + h @ w_hh.T + sum(bias)
            h = numpy.tanh(y) if nonlinearity == "tanh" else numpy.maximum(y, 0)
            states.append(h)
        return numpy.stack(states)

    def lstm(x: Any, h: Any, c: Any, w_ih: Any, w_hh: Any, *bias: Any) -> Any:
        states, n = [], w_hh.shape[1]
        for t in range(x.shape[0]):
            y = x[t] @ w_ih.T + h @ w_hh.T + sum(bias)
            i, f, o = sigmoid(y[:, :n]), sigmoid(y[:, n : 2 * n]), sigmoid(y[:, 3 * n :])
            c = f * c + i * numpy.tanh(y[:, 2 * n : 3 * n])
            h = o * numpy.tanh(c)
            states.append(numpy.stack([h, c]))
        return numpy.stack(states, axis=1)

    def gru(x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any = 0.0, b_hh: Any = 0.0) -> Any:
        states, n = [], w_hh.shape[1]
        for t in range(x.shape[0]):
            y_x, y_h = x[t] @ w_ih.T + b_ih, h @ w_hh.T + b_hh
            both = sigmoid(y_x[:, : 2 * n] + y_h[:, : 2 * n])
            new = numpy.tanh(y_x[:, 2 * n :] + both[:, :n] * y_h[:, 2 * n :])
            h = (1 - both[:, n:]) * new + both[:, n:] * h
            states.append(h)
        return numpy.stack(states)

    def windows(x: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, empty: float = 0.0) -> Any:
        """What the windows along the last axis see, through one tap after the other."""
        (k,), (s,), ((low, high),), (d,) = kernel, stride, padding, dilation
        ends = [numpy.full((*x.shape[:-1], n), empty) for n in (low, high)]
        x = numpy.concatenate([ends[0], x, ends[1]], axis=-1)
        m = (x.shape[-1] - d * (k - 1) - 1) // s + 1
        return numpy.stack([x[..., i * d : i * d + (m - 1) * s + 1 : s] for i in range(k)])

    def convolution(x: Any, w: Any, *, groups: int, **static: Any) -> Any:
        return sum(w[:, :, i] @ seen for i, seen in enumerate(windows(x, w.shape[2:], **static)))

    return {
        "convolution": convolution,
        "sum_pool": lambda x, **static: windows(x, **static).sum(axis=0),
        "max_pool": lambda x, **static: windows(x, **static, empty=-9.0).max(axis=0),
        "batch_norm": lambda x, w, b, eps: standardize(x, (0,), eps) * w + b,
        "rnn": rnn,
        "lstm": lstm,
        "gru": gru,
        "linear": lambda x, weight, bias: x @ weight + bias,
        "cross_entropy": cross_entropy,
        "standardize": standardize,
        "layer_norm": lambda x, w, b, eps: standardize(x, tuple(range(-w.ndim, 0)), eps) * w + b,
        "attention": attention,
    }


def jax() -> Namespace:
    """JAX; whoever asks it says that it is to compute in float64. Its indices are arrays."""
    import jax
    from jax import nn
    from jax import numpy as jnp
    from jax.scipy import special

    functions = SimpleNamespace(
        sigmoid=nn.sigmoid, softplus=nn.softplus, gelu=partial(nn.gelu, approximate=False), silu=nn.silu, erf=special.erf,
        erfc=special.erfc, relu=nn.relu, logsumexp=special.logsumexp, softmax=nn.softmax, log_softmax=nn.log_softmax,
        gelu_tanh=nn.gelu, **networks(jnp, nn.softmax, nn.log_softmax),
    )  # fmt: skip
    return namespace(
        Layer(
            doubled(jnp),
            array=np.array,
            fix=jnp.trunc,
            real_if_close=lambda x: x,
            tril=triangle(jnp, jnp.tril),
            triu=triangle(jnp, jnp.triu),
            extract=lambda where, x: x[where],
            compress=lambda where, x, axis: jnp.take(x, np.flatnonzero(where), axis=axis),
        ),
        functions,
        index=np.array,
        at=lambda x: x.at,
        constant=lambda f: jax.lax.stop_gradient(f()),
        checkpoint=jax.checkpoint,
    )


def torch() -> Namespace:
    """PyTorch, through its own layer with NumPy's names, in which arrays hold tensors."""
    from . import torch_names

    return namespace(
        doubled(torch_names.numpy),
        torch_names.functions,
        constant=lambda f: torch_names.numpy.asarray(torch_names.constant(f())),
    )
