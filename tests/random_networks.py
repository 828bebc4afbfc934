"""Networks, drawn at random from all that `nn` has, and trainings of them: for properties that must hold of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nn
from nn.optim import lr_scheduler

Shape = tuple[
    int, ...
]  # of one example: its length says what it is, (features,), (channels, length) or an image's three
Made = tuple[nn.Module, Shape]


class Call(nn.Module):
    """A function of the output of a module: of the first, where there are several."""

    def __init__(self, function: Callable[..., Any], *parts: nn.Module) -> None:
        self.function, self.parts = function, list(parts)

    def forward(self, x: Any) -> Any:
        return self.function(x, *self.parts)


def first(x: Any, module: Any) -> Any:
    """Of a sequence (N, channels, length): the outputs of a recurrent layer, beginning with the batch."""
    return module(x.swapaxes(1, 2))[0].swapaxes(1, 2)


def attended(x: Any, module: Any) -> Any:
    y = x.swapaxes(1, 2)
    return module(y, y, y, is_causal=True, need_weights=False)[0].swapaxes(1, 2)


def turned(x: Any, module: Any = None) -> Any:
    """Applied to places, where the channels stand last."""
    return x.swapaxes(1, 2) if module is None else module(x.swapaxes(1, 2)).swapaxes(1, 2)


def with_itself(x: Any, module: Any) -> Any:
    return module(x, x)


def added(x: Any, module: Any) -> Any:
    return x + module(x)


def twice(x: Any, module: Any) -> Any:
    return module(module(x) * 0.5)


class Scaled(nn.Module):
    """A parameter, and a buffer that moves while it trains."""

    def __init__(self, features: int, dtype: Any) -> None:
        self.scale = nn.Parameter(np.full(features, 0.9, dtype))
        self.register_buffer("seen", np.zeros((), dtype))

    def forward(self, x: Any) -> Any:
        if self.training:
            self.seen = self.seen * 0.9 + np.asarray(getattr(x, "raw", x)).mean() * 0.1
        return x * self.scale.reshape((-1,) + (1,) * (x.ndim - 2))


ACTIVATIONS = [nn.ReLU, nn.Tanh, nn.GELU, nn.SiLU, nn.ELU, nn.Softplus, nn.LeakyReLU, nn.Mish, nn.Hardswish, nn.PReLU,
               nn.Sigmoid, nn.LogSigmoid, nn.Softsign, nn.SELU]  # fmt: skip


class Draw:
    """Draws layers, networks of them, and what trains these.

    `statistics`: layers may look at the whole batch. `chance`: they may draw. `smooth`: nothing is exactly 0.
    """

    def __init__(
        self, seed: int, dtype: Any = np.float32, *, statistics: bool = True, chance: bool = True, smooth: bool = False
    ) -> None:
        self.rng, self.dtype = np.random.default_rng(seed), dtype
        self.statistics, self.chance, self.smooth = statistics, chance, smooth

    def one(self, *choices: Any) -> Any:
        return choices[self.rng.integers(len(choices))]

    def maybe(self, p: float = 0.5) -> bool:
        return bool(self.rng.random() < p)

    @property
    def seed(self) -> Any:
        return None if self.maybe() else int(self.rng.integers(1000))

    @property
    def options(self) -> dict[str, Any]:
        return {"dtype": self.dtype, "generator": self.seed}

    def layer(self, shape: Shape) -> Made:
        kinds = {1: self.of_vectors, 2: self.of_sequences, 3: self.of_images}[len(shape)]
        module, after = self.one(*kinds(shape), self.activation, self.anything)(shape)
        return module, after

    # -- anything -------------------------------------------------------------------------------------------------

    def activation(self, shape: Shape) -> Made:
        kind = self.one(*ACTIVATIONS)
        return kind(dtype=self.dtype) if kind is nn.PReLU else kind(), shape

    def anything(self, shape: Shape) -> Made:
        choices: list[Callable[[], nn.Module]] = [
            lambda: Scaled(shape[0], self.dtype),
            lambda: Call(added, self.same(shape)),
            lambda: Call(twice, self.same(shape)),
            lambda: nn.Sequential(self.same(shape), self.same(shape)),
        ]
        if self.chance:
            choices.append(lambda: nn.Dropout(0.3, generator=self.seed))
        return self.one(*choices)(), shape

    def same(self, shape: Shape) -> nn.Module:
        """A layer that keeps the shape."""
        if len(shape) == 1:
            return nn.Linear(shape[0], shape[0], self.maybe(), **self.options)
        if len(shape) == 2:
            return nn.Conv1d(shape[0], shape[0], 3, padding="same", bias=self.maybe(), **self.options)
        return nn.Conv2d(shape[0], shape[0], 3, padding=1, groups=self.one(1, shape[0]), **self.options)

    # -- (features,) ----------------------------------------------------------------------------------------------

    def of_vectors(self, shape: Shape) -> list[Callable[[Shape], Made]]:
        (n,) = shape
        m = int(self.rng.integers(2, 7))

        def cell(s: Shape) -> Made:
            kind = self.one(nn.RNNCell, nn.GRUCell)
            return kind(n, m, self.maybe(), **self.options), (m,)

        found: list[Callable[[Shape], Made]] = [
            lambda s: (nn.Linear(n, m, self.maybe(0.8), **self.options), (m,)),
            lambda s: (nn.LayerNorm(n, bias=self.maybe(), dtype=self.dtype), s),
            lambda s: (nn.RMSNorm(n, dtype=self.dtype), s),
            lambda s: (Call(with_itself, nn.Bilinear(n, n, m, **self.options)), (m,)),
            lambda s: (nn.Softmax(dim=-1), s),
            cell,
        ]
        if self.statistics:
            found.append(lambda s: (nn.BatchNorm1d(n, momentum=self.one(0.1, None), dtype=self.dtype), s))
        if n % 2 == 0:
            found += [
                lambda s: (nn.Unflatten(1, (2, n // 2)), (2, n // 2)),
                lambda s: (nn.GLU(), (n // 2,)),
            ]
        return found

    # -- (channels, length) ---------------------------------------------------------------------------------------

    def of_sequences(self, shape: Shape) -> list[Callable[[Shape], Made]]:
        c, n = shape
        m = int(self.rng.integers(1, 5))

        def recurrent(s: Shape) -> Made:
            kind, both = self.one(nn.RNN, nn.LSTM, nn.GRU), self.maybe()
            layers = self.one(1, 2)
            dropout = 0.2 if self.chance and layers == 2 else 0.0
            module = kind(c, m, num_layers=layers, bias=self.maybe(), batch_first=True, bidirectional=both, dropout=dropout,
                          **self.options)  # fmt: skip
            return Call(first, module), (m * (1 + both), n)

        def attention(s: Shape) -> Made:
            heads = 2 if c % 2 == 0 else 1
            dropout = 0.2 if self.chance and self.maybe() else 0.0
            return Call(attended, nn.MultiheadAttention(c, heads, dropout, batch_first=True, **self.options)), s

        def encoder(s: Shape) -> Made:
            dropout = 0.2 if self.chance and self.maybe() else 0.0
            layer = nn.TransformerEncoderLayer(c, 1, 3, dropout, self.one("relu", "gelu"), batch_first=True,
                                               norm_first=self.maybe(), **self.options)  # fmt: skip
            return Call(turned, self.one(layer, nn.TransformerEncoder(layer, 2))), s

        def convolution(s: Shape) -> Made:
            stride, padding = self.one(1, 2), self.one(0, 1)
            k = int(self.rng.integers(1, min(3, n) + 1))
            module = nn.Conv1d(c, m, k, stride, padding, bias=self.maybe(), padding_mode=self.one("zeros", "replicate"),
                               **self.options)  # fmt: skip
            return module, (m, (n + 2 * padding - k) // stride + 1)

        def transposed(s: Shape) -> Made:
            return nn.ConvTranspose1d(c, m, 2, 2, **self.options), (m, 2 * n)

        found: list[Callable[[Shape], Made]] = [
            recurrent, attention, encoder, convolution,
            lambda s: (Call(turned, nn.LayerNorm(c, dtype=self.dtype)), s),
            lambda s: (nn.GroupNorm(1, c, dtype=self.dtype), s),
            lambda s: (nn.Flatten(), (c * n,)),
            lambda s: (nn.AdaptiveAvgPool1d(2), (c, 2)),
            lambda s: (nn.AdaptiveMaxPool1d(2), (c, 2)),
        ]  # fmt: skip
        if n <= 6:
            found += [
                transposed,
                lambda s: (nn.Upsample(scale_factor=2, mode=self.one("nearest", "linear")), (c, 2 * n)),
            ]
        if n > 1:
            found += [
                lambda s: (nn.MaxPool1d(2), (c, n // 2)),
                lambda s: (nn.AvgPool1d(2, 1), (c, n - 1)),
                lambda s: (nn.InstanceNorm1d(c, affine=self.maybe(), dtype=self.dtype), s),
            ]
        if self.chance:
            found.append(lambda s: (nn.Dropout1d(0.3, generator=self.seed), s))
        if self.statistics:
            found.append(lambda s: (nn.BatchNorm1d(c, dtype=self.dtype), s))
        return found

    # -- (channels, height, width) ----------------------------------------------------------------------------------

    def of_images(self, shape: Shape) -> list[Callable[[Shape], Made]]:
        c, h, w = shape
        m = int(self.rng.integers(1, 5))

        def convolution(s: Shape) -> Made:
            stride = self.one(1, 2)
            module = nn.Conv2d(c, m, 3, stride, 1, bias=self.maybe(), padding_mode=self.one("zeros", "replicate"),
                               **self.options)  # fmt: skip
            return module, (m, (h - 1) // stride + 1, (w - 1) // stride + 1)

        found: list[Callable[[Shape], Made]] = [
            convolution,
            lambda s: (nn.GroupNorm(self.one(1, c), c, affine=self.maybe(), dtype=self.dtype), s),
            lambda s: (nn.Flatten(), (c * h * w,)),
            lambda s: (nn.Flatten(2), (c, h * w)),
            lambda s: (nn.AdaptiveAvgPool2d((1, 2)), (c, 1, 2)),
            lambda s: (nn.LayerNorm(s, dtype=self.dtype), s),
        ]
        if h > 1 and w > 1:
            found += [
                lambda s: (nn.MaxPool2d(2), (c, h // 2, w // 2)),
                lambda s: (nn.MaxPool2d(3, 2, 1), (c, (h - 1) // 2 + 1, (w - 1) // 2 + 1)),
                lambda s: (nn.AvgPool2d(2), (c, h // 2, w // 2)),
                lambda s: (nn.InstanceNorm2d(c, dtype=self.dtype), s),
            ]
        if h * w <= 16:
            found += [
                lambda s: (nn.ConvTranspose2d(c, m, 2, 2, **self.options), (m, 2 * h, 2 * w)),
                lambda s: (nn.Upsample(scale_factor=2, mode=self.one("nearest", "bilinear")), (c, 2 * h, 2 * w)),
            ]
        if c % 4 == 0:
            found.append(lambda s: (nn.PixelShuffle(2), (c // 4, 2 * h, 2 * w)))
        if self.chance:
            found.append(lambda s: (nn.Dropout2d(0.3, generator=self.seed), s))
        if self.statistics:
            found.append(lambda s: (nn.BatchNorm2d(c, dtype=self.dtype), s))
        return found

    # -- networks ---------------------------------------------------------------------------------------------------

    def network(self, outputs: int = 3) -> tuple[nn.Module, Any]:
        """A network, and inputs for nine examples."""
        shape: Shape = self.one((4,), (2, 5), (2, 4, 5), "tokens")
        parts: list[nn.Module] = []
        if shape == "tokens":
            x = self.rng.integers(0, 6, (9, 4))
            parts += [nn.Embedding(6, 4, padding_idx=None if self.smooth else self.one(None, 0), **self.options),
                      Call(turned)]  # fmt: skip
            shape = (4, 4)
        else:
            x = self.rng.normal(size=(9, *shape)).astype(self.dtype)
        for _ in range(self.rng.integers(1, 6)):
            part, shape = self.layer(shape)
            parts.append(part)
            if int(np.prod(shape)) > 100:
                break
        if len(shape) > 1:
            parts.append(nn.Flatten())
        parts.append(nn.Linear(int(np.prod(shape)), outputs, **self.options))
        model = nn.Sequential(*parts)
        if self.maybe(0.3):
            model[int(self.rng.integers(len(parts)))].freeze()
        if not any(p.requires_grad for p in model.parameters()):
            model.unfreeze()
        if self.maybe(0.3):
            model[0].register_forward_hook(halved)
        return model, x

    def optimizer(self, model: nn.Module) -> Any:
        parameters = [p for p in model.parameters() if p.requires_grad or self.maybe()]
        cut = int(self.rng.integers(len(parameters)))
        groups: Any = [{"params": parameters[cut:]}]
        if cut:
            groups.append({"params": parameters[:cut], "lr": 1e-3, "weight_decay": 0.01})
        name, options = self.one(
            ("SGD", {"lr": 0.01}), ("SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True}), ("Adam", {"amsgrad": True}),
            ("AdamW", {}), ("NAdam", {}), ("RAdam", {}), ("Adamax", {}), ("RMSprop", {"momentum": 0.5}), ("Adagrad", {}),
            ("Adadelta", {}), ("Lion", {"lr": 1e-3}),
        )  # fmt: skip
        return getattr(nn.optim, name)(groups, **options)

    def schedule(self, optimizer: Any) -> Any:
        s = lr_scheduler
        return self.one(
            lambda: s.StepLR(optimizer, 3), lambda: s.CosineAnnealingLR(optimizer, 7), lambda: s.ExponentialLR(optimizer, 0.9),
            lambda: s.OneCycleLR(optimizer, 0.02, 60, cycle_momentum=False), lambda: s.CosineAnnealingWarmRestarts(optimizer, 4),
            lambda: s.LinearLR(optimizer, 0.3, total_iters=5), lambda: s.PolynomialLR(optimizer, 9),
            lambda: s.MultiStepLR(optimizer, [2, 5]),
            lambda: s.SequentialLR(optimizer, [s.LinearLR(optimizer), s.StepLR(optimizer, 2)], [4]),
            lambda: s.ChainedScheduler([s.LinearLR(optimizer), s.ExponentialLR(optimizer, 0.9)]),
            lambda: s.CyclicLR(optimizer, 0.001, 0.01, 3, cycle_momentum=False),
        )()  # fmt: skip


def halved(module: Any, args: Any, output: Any) -> Any:
    return output * 0.5
