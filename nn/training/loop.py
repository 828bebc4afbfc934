"""The training loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from autograd import no_grad

from ..module import Module

Loss = Callable[[Any, Any], Any]
Metric = Callable[[Any, Any], float]


class Optimizer(Protocol):
    """What the loop needs of an optimiser."""

    def step(self) -> None: ...
    def zero_grad(self) -> None: ...


class Loader(Protocol):
    """What the loop needs of its data: batches (inputs, targets), and how many."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...


@dataclass(frozen=True)
class Epoch:
    """One pass over the training data. `loss` and `accuracy` are means over its rows, taken while it trained.

    `accuracy` is what the metric says, None without a metric; the `val_…` are None without validation data.
    """

    number: int
    loss: float
    accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    seconds: float

    def __str__(self) -> str:
        figures = {
            "loss": self.loss,
            "accuracy": self.accuracy,
            "val_loss": self.val_loss,
            "val_accuracy": self.val_accuracy,
        }
        shown = [f"{name} {figure:.4f}" for name, figure in figures.items() if figure is not None]
        return f"epoch {self.number:>3}  {'  '.join(shown)}  {self.seconds:.1f} s"


class _Means:
    """Means over rows of the loss and the metric, gathered batch by batch."""

    def __init__(self, metric: Metric | None) -> None:
        self.metric = metric
        self.rows = 0
        self.loss = self.figure = 0.0

    def add(self, output: Any, targets: Any, loss: Any) -> None:
        n = len(targets)
        self.rows += n
        self.loss += loss.item() * n
        if self.metric is not None:
            self.figure += self.metric(output, targets) * n

    def result(self) -> tuple[float, float | None]:
        return self.loss / self.rows, None if self.metric is None else self.figure / self.rows


def fit(
    model: Module,
    loss: Loss,
    optimizer: Optimizer,
    train: Loader,
    validation: Loader | None = None,
    *,
    epochs: int,
    metric: Metric | None = None,
    progress: bool = False,
    on_epoch: Callable[[Epoch], object] | None = None,
) -> list[Epoch]:
    """Train `model`, and return one `Epoch` for each pass over the data.

    Args:
        model: called with the inputs of a batch.
        loss: called with the model's output and the targets; a mean over the batch.
        optimizer: holds the model's parameters.
        train: the training batches, for example a `DataLoader`.
        validation: batches to measure on after every epoch.
        epochs: passes over the training data.
        metric: a figure of merit of (output, targets), such as `nn.functional.accuracy`.
        progress: show a progress bar on stderr; needs tqdm.
        on_epoch: called with every `Epoch` as it ends, for example ``print``.
    """
    history = []
    for number in range(1, epochs + 1):
        start = time.perf_counter()
        model.train()
        means = _Means(metric)
        for inputs, targets in _with_bar(train, f"epoch {number}/{epochs}") if progress else train:
            output = model(inputs)
            error = loss(output, targets)
            optimizer.zero_grad()
            error.backward(leaves_only=True)
            optimizer.step()
            means.add(output, targets, error)
        trained = means.result()
        val_loss, val_accuracy = (None, None) if validation is None else evaluate(model, loss, validation, metric)
        epoch = Epoch(number, trained[0], trained[1], val_loss, val_accuracy, time.perf_counter() - start)
        history.append(epoch)
        if on_epoch is not None:
            on_epoch(epoch)
    return history


def evaluate(model: Module, loss: Loss, data: Loader, metric: Metric | None = None) -> tuple[float, float | None]:
    """The mean loss and the metric over `data`, with the model as in use (`Module.eval`) and nothing recorded."""
    means = _Means(metric)
    model.eval()
    with no_grad():
        for inputs, targets in data:
            output = model(inputs)
            means.add(output, targets, loss(output, targets))
    return means.result()


def _with_bar(data: Loader, title: str) -> Any:
    """`data`, showing on the terminal how far it has been read."""
    try:
        from tqdm import tqdm
    except ImportError as error:
        raise ImportError("tqdm is needed for the progress bar: pip install 'chainrule[progress]'") from error
    return tqdm(data, desc=title, leave=False, unit="batch")
