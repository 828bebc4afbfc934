"""Training: the loop, and what is called from it."""

from __future__ import annotations

from . import callbacks, metrics
from .callbacks import CSVLogger, EarlyStopping, GradientClipping, LRSchedule, TensorBoard
from .checkpoint import Checkpoint
from .compiled import compile  # noqa: A004 - PyTorch's name for it
from .history import Epoch, History
from .loop import evaluate, fit, measure
from .run import Callback, Run

__all__ = [
    "CSVLogger",
    "Callback",
    "Checkpoint",
    "EarlyStopping",
    "Epoch",
    "GradientClipping",
    "History",
    "LRSchedule",
    "Run",
    "TensorBoard",
    "callbacks",
    "compile",
    "evaluate",
    "fit",
    "measure",
    "metrics",
]
