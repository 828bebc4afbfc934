"""What is done while `fit` trains; see `Callback`."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

from .. import utils
from ..optim.lr_scheduler import ReduceLROnPlateau
from ..optim.optimizer import Optimizer
from ..saving import PathLike, replace_file
from .run import Callback, Run


def figure(run: Run, monitor: str) -> float:
    """A figure of the last epoch by its name: "val_loss", "accuracy", or one of the metrics."""
    figures = run.history[-1].figures()
    if monitor not in figures:
        raise ValueError(f"there is no figure {monitor!r} to watch: the epochs have {', '.join(figures)}")
    return figures[monitor]


class EarlyStopping(Callback):
    """End the training when a figure has not become better for `patience` epochs.

    Args:
        monitor: which figure.
        patience: how many epochs without improvement are borne.
        min_delta: what counts as an improvement.
        mode: whether "min" or "max" is better.
        restore_best: whether the model ends with the weights of its best epoch.

    Raises:
        ValueError: `mode` is neither "min" nor "max".
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        patience: int = 5,
        min_delta: float = 0.0,
        mode: str = "min",
        restore_best: bool = True,
    ) -> None:
        if mode not in ("min", "max"):
            raise ValueError(f"EarlyStopping: mode={mode!r} is neither 'min' nor 'max'")
        self.monitor, self.patience, self.min_delta, self.restore_best = monitor, patience, min_delta, restore_best
        self.sign = 1 if mode == "max" else -1
        self.best, self.waited, self.weights = -math.inf, 0, dict[str, Any]()

    def on_epoch_end(self, run: Run) -> None:
        merit = self.sign * figure(run, self.monitor)
        if merit > self.best + self.min_delta:
            self.best, self.waited = merit, 0
            self.weights = run.model.state_dict() if self.restore_best else {}
            return
        self.waited += 1
        run.stop = run.stop or self.waited > self.patience

    def on_fit_end(self, run: Run) -> None:
        if self.weights:
            run.model.load_state_dict(self.weights)

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "waited": self.waited, "weights": self.weights}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.best, self.waited, self.weights = state_dict["best"], state_dict["waited"], state_dict["weights"]


class LRSchedule(Callback):
    """Step a schedule of `nn.optim.lr_scheduler` after every "epoch", or every "step" of the optimiser.

    `monitor` is the figure whose plateau `ReduceLROnPlateau` looks for.

    Raises:
        ValueError: `every` is neither "epoch" nor "step".
        TypeError: an optimiser in place of its schedule.
    """

    def __init__(self, scheduler: Any, every: str = "epoch", monitor: str = "val_loss") -> None:
        if every not in ("epoch", "step"):
            raise ValueError(f"LRSchedule: every={every!r} is neither 'epoch' nor 'step'")
        if isinstance(scheduler, Optimizer):
            raise TypeError("LRSchedule steps a schedule, and got an optimiser: lr_scheduler.StepLR(optimizer, 10)")
        self.scheduler, self.every, self.monitor = scheduler, every, monitor

    def on_step(self, run: Run) -> None:  # noqa: ARG002
        if self.every == "step":
            self.scheduler.step()

    def on_epoch_end(self, run: Run) -> None:
        if self.every == "epoch":
            plateau = isinstance(self.scheduler, ReduceLROnPlateau)
            self.scheduler.step(*([figure(run, self.monitor)] if plateau else []))

    def state_dict(self) -> dict[str, Any]:
        state: dict[str, Any] = self.scheduler.state_dict()
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.scheduler.load_state_dict(state_dict)


class GradientClipping(Callback):
    """Scale the gradients to a norm of at most `max_norm`, or bring each number into ±`clip_value`.

    Raises:
        ValueError: neither `max_norm` nor `clip_value` is given.
    """

    compiles = True

    def __init__(self, max_norm: float | None = None, clip_value: float | None = None, norm_type: float = 2.0) -> None:
        if (max_norm is None) == (clip_value is None):
            raise ValueError("GradientClipping needs max_norm, or clip_value")
        self.max_norm, self.clip_value, self.norm_type = max_norm, clip_value, norm_type

    def on_gradients(self, run: Run) -> None:
        if self.max_norm is not None:
            utils.clip_grad_norm_(run.model.parameters(), self.max_norm, self.norm_type)
        if self.clip_value is not None:
            utils.clip_grad_value_(run.model.parameters(), self.clip_value)


class CSVLogger(Callback):
    """Keep all epochs in a CSV file, which is whole at any time."""

    def __init__(self, path: PathLike) -> None:
        self.path = path

    def on_epoch_end(self, run: Run) -> None:
        if not run.leads:
            return
        columns = run.history.as_dict()
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
        replace_file(self.path, text.getvalue().encode())


class TensorBoard(Callback):
    """Write every epoch's figures into event files that TensorBoard shows (extra `tensorboard`).

    Raises:
        ImportError: tensorboard is not installed.
    """

    def __init__(self, log_dir: str) -> None:
        try:
            from tensorboard.summary.writer.event_file_writer import EventFileWriter
        except ImportError as error:
            raise ImportError("tensorboard is needed for event files: pip install 'chainrule[tensorboard]'") from error
        self.writer = EventFileWriter(log_dir)

    def on_epoch_end(self, run: Run) -> None:
        import time

        from tensorboard.compat.proto import event_pb2, summary_pb2

        epoch = run.history[-1]
        figures = epoch.figures() | ({} if epoch.lr is None else {"lr": epoch.lr})
        values = [summary_pb2.Summary.Value(tag=name, simple_value=number) for name, number in figures.items()]
        summary = summary_pb2.Summary(value=values)
        self.writer.add_event(event_pb2.Event(wall_time=time.time(), step=epoch.number, summary=summary))

    def on_fit_end(self, run: Run) -> None:  # noqa: ARG002
        self.writer.close()
