"""Averages of weights: the mean over the last part of a training, or one that forgets (`torch.optim.swa_utils`)."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import no_grad

from ..module import Module
from .lr_scheduler import LRScheduler
from .optimizer import Group, Optimizer

__all__ = ["SWALR", "AveragedModel", "get_ema_avg_fn", "get_swa_avg_fn", "update_bn"]

Average = Callable[[Any, Any, int], Any]


def get_swa_avg_fn() -> Average:
    """The mean of all: a + (x − a) / (n + 1)."""
    return lambda average, new, n: average + (new - average) / (n + 1)


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """One that forgets: d·a + (1 − d)·x."""
    return lambda average, new, n: decay * average + (1 - decay) * new


class AveragedModel(Module):
    """A copy of a model that holds the average of its weights at all calls of `update_parameters`.

    P. Izmailov et al., "Averaging weights leads to wider optima and better generalization", 2018.

    Args:
        model: what is copied.
        avg_fn: a function (average, new, how many before) ↦ average; None is the mean, see also `get_ema_avg_fn`.
        use_buffers: whether buffers are averaged; else they are taken over as they are.
    """

    n_averaged: Any

    def __init__(self, model: Module, avg_fn: Average | None = None, use_buffers: bool = False) -> None:
        self.module = copy.deepcopy(model)
        self.avg_fn = get_swa_avg_fn() if avg_fn is None else avg_fn
        self.use_buffers = use_buffers
        self.register_buffer("n_averaged", np.zeros((), np.int64))

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the weights of `model` into the average."""
        n = int(self.n_averaged)
        averages, trained = self.module.state_dict(), {name for name, _ in self.module.named_parameters()}
        for name, new in model.state_dict().items():
            if n and (self.use_buffers or name in trained) and new.dtype.kind in "fc":
                averages[name] = np.asarray(self.avg_fn(averages[name], new, n), new.dtype)
            else:
                averages[name] = new
        self.module.load_state_dict(averages)
        self.n_averaged = np.asarray(n + 1)


def update_bn(loader: Iterable[Any], model: Module) -> None:
    """Let batch norms find their statistics anew, for averaged weights: the mean over one pass through the data."""
    norms: list[Any] = [m for m in model.modules() if getattr(m, "running_mean", None) is not None]
    before = [(m.momentum, m.training) for m in norms]
    if not norms:
        return
    for norm in norms:
        norm.running_mean, norm.running_var = np.zeros_like(norm.running_mean), np.ones_like(norm.running_var)
        norm.num_batches_tracked, norm.momentum = np.asarray(0), None
    mode = model.training
    model.train()
    with no_grad():
        for batch in loader:
            model(batch[0] if isinstance(batch, (tuple, list)) else batch)
    model.train(mode)
    for norm, (momentum, training) in zip(norms, before, strict=True):
        norm.momentum, norm.training = momentum, training


class SWALR(LRScheduler):
    """From the rate that it finds to `swa_lr` in `anneal_epochs` steps, where it stays.

    `anneal_strategy` is "cos" or "linear".
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float,
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        self.swa_lr, self.anneal_epochs, self.anneal_strategy = swa_lr, anneal_epochs, anneal_strategy
        super().__init__(optimizer, last_epoch)

    def rate(self, group: Group, base: float, t: int) -> float:  # noqa: ARG002
        now, before = self._way(t), self._way(t - 1)
        if before >= 1 or t == 0:
            return self.swa_lr if t else group["lr"]
        start = (group["lr"] - before * self.swa_lr) / (1 - before)
        return start + (self.swa_lr - start) * now

    def _way(self, t: int) -> float:
        way = min(1.0, max(0.0, t / max(1, self.anneal_epochs)))
        return way if self.anneal_strategy == "linear" else (1 - math.cos(math.pi * way)) / 2
