"""Training: the loop, and what is called from it."""

from __future__ import annotations

from . import callbacks, metrics
from .callbacks import Callback, CSVLogger, EarlyStopping, GradientClipping, LRSchedule, TensorBoard
from .checkpoint import Checkpoint
from .history import Epoch, History
from .loop import evaluate, fit, measure

__all__ = [
    "CSVLogger",
    "Callback",
    "Checkpoint",
    "EarlyStopping",
    "Epoch",
    "GradientClipping",
    "History",
    "LRSchedule",
    "TensorBoard",
    "callbacks",
    "evaluate",
    "fit",
    "measure",
    "metrics",
]
