"""The training loop."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from autograd import Value, no_grad

from ..module import Module
from .history import Epoch, History
from .run import Callback, Loss, Means, Metric, Run, pairs
from .steps import CompiledSteps, Steps

Metrics = Mapping[str, Callable[[Any, Any], Any]]


class Loader(Protocol):
    """What the loop needs of its data: batches (inputs, targets), and how many."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...


def fit(
    model: Module,
    loss: Loss,
    optimizer: Any,
    train: Loader,
    validation: Loader | None = None,
    *,
    epochs: int,
    callbacks: Iterable[Callback] = (),
    metric: Metric | None = None,
    metrics: Metrics | None = None,
    accumulate: int = 1,
    compile: bool = False,
    mesh: Any = None,
    progress: bool | None = None,
    on_epoch: Callable[[Epoch], object] | None = None,
) -> History:
    """Train `model`, and return one `Epoch` for each pass over the data.

    Ctrl-C ends it and returns what there is by then. A loss that is not finite is an error, which names the place.

    Args:
        model: called with the inputs of a batch.
        loss: called with the model's output and the targets; a mean over the batch.
        optimizer: holds the model's parameters.
        train: the training batches, for example a `DataLoader`.
        validation: batches to measure on after every epoch.
        epochs: passes over the training data.
        callbacks: what else is to be done; see `nn.training.callbacks`.
        metric: a figure of merit of (output, targets), such as `nn.functional.accuracy`; its mean over batches is noted.
        metrics: figures by name, each a function of (all outputs, all targets) of the validation data, such as those of
            `nn.training.metrics`.
        accumulate: the gradients of so many batches are averaged for one step.
        compile: each step is one program of XLA's (extra `xla`); see `nn.compile`.
        mesh: with `compile`, the devices that share each batch, here or in several processes: `autograd.xla.mesh`, or their
            number.
        progress: show a progress bar on stderr (extra `progress`); None shows one on a terminal and in a notebook.
        on_epoch: called with every `Epoch` as it ends, for example ``print``; False ends the training.

    Raises:
        ValueError: `metrics` without validation data, a `mesh` without `compile`, or `accumulate` less than 1.
    """
    if metrics and validation is None:
        raise ValueError("fit: metrics are measured on the validation data, and there are none")
    if accumulate < 1:
        raise ValueError(f"fit: accumulate={accumulate} must be at least 1")
    if mesh is not None and not compile:
        raise ValueError("fit: a mesh shares compiled steps out over devices: fit(…, compile=True, mesh=…)")
    run = Run(model, loss, optimizer, train, validation, epochs, callbacks, metric)
    steps = CompiledSteps(run, accumulate, mesh) if compile else Steps(run, accumulate)
    after_batch = run.hooks("on_batch_end")
    bar = _bar(progress if run.leads else False)
    try:
        run.call("on_fit_begin")
        steps.begin()
        while not run.over():
            start = time.perf_counter()
            model.train()
            run.begin_epoch()
            run.call("on_epoch_begin")
            for inputs, targets in pairs(steps.placed(bar(train, f"epoch {run.epoch + 1}/{epochs}", run.batch))):
                steps.take(inputs, targets)
                for hook in after_batch:
                    hook(run)
                if run.stop:
                    break
            steps.end()
            trained = run.means.result()
            checked: tuple[float | None, float | None] = (None, None)
            figures: dict[str, Any] = {}
            if validation is not None:
                checked, figures = run.agreed(_measured(model, loss, validation, metric, metrics or {}))
            seconds = time.perf_counter() - start
            run.end_epoch(Epoch(run.epoch + 1, *trained, *checked, seconds, figures, run.first_lr))
            if on_epoch is not None and on_epoch(run.history[-1]) is False:
                run.stop = True
            run.call("on_epoch_end")
    except KeyboardInterrupt:
        run.history.interrupted = True
    finally:
        steps.close()
    run.call("on_fit_end")
    return run.history


def evaluate(model: Module, loss: Loss, data: Loader, metric: Metric | None = None) -> tuple[float, float | None]:
    """The mean loss and the metric over `data`, with the model as in use (`Module.eval`) and nothing recorded."""
    return _measured(model, loss, data, metric, {})[0]


def measure(model: Module, data: Loader, metrics: Metrics) -> dict[str, Any]:
    """Figures of all outputs and targets of `data` by name, with the model as in use; see `nn.training.metrics`."""
    return _measured(model, lambda output, targets: np.float64(0), data, None, metrics)[1]


def outputs(model: Module, data: Loader) -> Any:
    """The outputs for all inputs of `data`, one array, with the model as in use and nothing recorded."""
    return measure(model, data, {"outputs": lambda output, targets: output})["outputs"]


def _measured(
    model: Module, loss: Loss, data: Loader, metric: Metric | None, metrics: Metrics
) -> tuple[tuple[float, float | None], dict[str, Any]]:
    means, found, wanted = Means(metric), [], []
    model.eval()
    with no_grad():
        for inputs, targets in pairs(data):
            output = model(inputs)
            means.add(output, targets, loss(output, targets).item())
            if metrics:
                found.append(output.raw if isinstance(output, Value) else output)
                wanted.append(targets)
    every = (np.concatenate(found), np.concatenate(wanted)) if metrics else ()
    return means.result(), {name: figure(*every) for name, figure in metrics.items()}


def _bar(progress: bool | None) -> Callable[[Loader, str, int], Any]:
    """A function of batches, a title, and where they begin, that shows on the terminal how far they have been read."""
    if progress is None:
        shown = sys.stderr.isatty() or "ipykernel" in sys.modules
        progress = shown and importlib.util.find_spec("tqdm") is not None
    if not progress:
        return lambda data, title, start: data
    try:
        from tqdm import auto
    except ImportError as error:
        raise ImportError("tqdm is needed for the progress bar: pip install 'chainrule[progress]'") from error

    def bar(data: Loader, title: str, start: int) -> Any:
        total = len(data) if hasattr(data, "__len__") else None
        return auto.tqdm(data, desc=title, leave=False, unit="batch", initial=start, total=total)

    return bar
