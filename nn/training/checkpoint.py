"""Checkpoints: the whole state of a training in one file, from which it goes on bit-equal."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from ..module import Module
from ..random import default_generator
from ..saving import PathLike, kind, load, save
from .callbacks import figure
from .run import Callback, Means, Run


class Checkpoint(Callback):
    """Save the training's whole state as it goes on, and go on from there when the same program is started again.

    A program that is killed, at any moment and in any way, continues bit-equal: the file has the weights, the optimiser, the
    loader's position, all generators, the figures so far and what the other callbacks remember. It is replaced as a whole, so
    that it can be read at any time, and the one before survives a full disk.

    Args:
        path: ends in ``.safetensors`` or ``.npz``.
        every: save after so many batches too, not only after every epoch.
        seconds: save no more often than this within an epoch.
        resume: go on from the file if it is there.
        best: also keep the *model's* state of the best epoch in this file.
        monitor: the figure that `best` is best in.
        mode: whether "min" or "max" of it is best.

    Raises:
        ValueError: `mode` is neither "min" nor "max", or `every` is less than 1.
    """

    last = True

    def __init__(
        self,
        path: PathLike,
        every: int | None = None,
        seconds: float = 0.0,
        resume: bool = True,
        *,
        best: PathLike | None = None,
        monitor: str = "val_loss",
        mode: str = "min",
    ) -> None:
        if mode not in ("min", "max"):
            raise ValueError(f"Checkpoint: mode={mode!r} is neither 'min' nor 'max'")
        if every is not None and every < 1:
            raise ValueError(f"Checkpoint: every={every} must be at least 1")
        for file in (path, best):
            if file is not None:
                kind(file)  # an error now, not when the first epoch is over
        self.path, self.every, self.seconds, self.resume = Path(path), every, seconds, resume
        self.best_path, self.monitor, self.sign = best, monitor, 1 if mode == "max" else -1
        self.best: float | None = None
        self._due, self._saved = False, 0.0

    def on_fit_begin(self, run: Run) -> None:
        if self.every is not None and not hasattr(run.train, "state_dict"):
            raise TypeError("Checkpoint: every=… needs training data that know their position, such as a DataLoader's")
        if self.resume and run.leads and self.path.exists():
            restore(run, load(self.path))

    def on_batch_end(self, run: Run) -> None:
        if self.every is None:
            return
        self._due = self._due or run.batch % self.every == 0
        if self._due and run.gathered == 0 and not run.stop and self._is_time(run):
            self._save(run)

    def _is_time(self, run: Run) -> bool:
        return not self.seconds or bool(run.agreed(time.monotonic() - self._saved >= self.seconds))

    def on_epoch_end(self, run: Run) -> None:
        if self.best_path is not None:
            merit = self.sign * figure(run, self.monitor)
            if self.best is None or merit > self.best:
                self.best = merit
                if run.leads:
                    save(self.best_path, run.model.state_dict())
        self._save(run)

    def _save(self, run: Run) -> None:
        state = state_of(run)  # in all processes: they fetch it together
        if run.leads:
            save(self.path, state)
        self._due, self._saved = False, time.monotonic()

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.best = state_dict["best"]


def state_of(run: Run) -> dict[str, Any]:
    """All that the rest of a training depends on."""
    run.settle()
    means = run.means
    return {
        "model": run.model.state_dict(),
        "loss": run.loss.state_dict() if isinstance(run.loss, Module) else {},
        "training": run.model.training,
        "optimizer": run.optimizer.state_dict(),
        "loaders": [data.state_dict() if hasattr(data, "state_dict") else None for data in (run.train, run.validation)],
        "generators": [generator.bit_generator.state for generator in generators_of(*run.modules())],
        "callbacks": {name: callback.state_dict() for name, callback in _remembering(run).items()},
        "history": run.history.state_dict(),
        "epoch": run.epoch,
        "batch": run.batch,
        "stop": run.stop,
        "first_lr": run.first_lr,
        "means": [means.rows, means.loss, means.figure],
    }


def restore(run: Run, state: dict[str, Any]) -> None:
    """Be where `state_of` was taken; if something does not fit, stay."""
    before = state_of(run)
    if state.keys() != before.keys():
        raise ValueError(f"this is no checkpoint of a training: it has {', '.join(list(state)[:5])} …")
    if state["callbacks"].keys() != before["callbacks"].keys():
        here, there = (", ".join(s["callbacks"]) for s in (before, state))
        raise ValueError(f"the checkpoint is of a training with the callbacks {there}, and this one has {here}")
    if len(state["generators"]) != len(before["generators"]):
        raise ValueError(
            f"the checkpoint has {len(state['generators'])} random generators, and this model, with the shared one, "
            f"{len(before['generators'])}"
        )
    try:
        _put(run, state)
    except BaseException:
        _put(run, before)
        raise


def from_first(mesh: Any, nest: Any) -> Any:
    """What process 0 has in the place of a nest that can be saved."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nest.npz"
        if mesh.process == 0:
            save(path, {"": nest})
            data = np.frombuffer(path.read_bytes(), np.uint8)
            mesh.same(np.array(len(data)))
            mesh.same(data)
            return nest
        path.write_bytes(mesh.same(np.zeros(int(mesh.same(np.array(0))), np.uint8)).tobytes())
        return load(path)[""]


def _put(run: Run, state: dict[str, Any]) -> None:
    run.model.load_state_dict(state["model"])
    run.model.train(state["training"])
    if isinstance(run.loss, Module):
        run.loss.load_state_dict(state["loss"])
    run.optimizer.load_state_dict(state["optimizer"])
    for data, saved in zip((run.train, run.validation), state["loaders"], strict=True):
        if saved is not None:
            data.load_state_dict(saved)
    for generator, saved in zip(generators_of(*run.modules()), state["generators"], strict=True):
        generator.bit_generator.state = saved
    for name, callback in _remembering(run).items():
        callback.load_state_dict(state["callbacks"][name])
    run.history.load_state_dict(state["history"])
    run.epoch, run.batch, run.stop, run.first_lr = state["epoch"], state["batch"], state["stop"], state["first_lr"]
    run.means = Means(run.metric)
    run.means.rows, run.means.loss, run.means.figure = state["means"]
    run.resumed = run.batch > 0


def _remembering(run: Run) -> dict[str, Callback]:
    """The callbacks that remember something, by name: that of their class, and a number where there are several."""
    found: dict[str, Callback] = {}
    for callback in run.callbacks:
        name = type(callback).__name__
        if type(callback).state_dict is not Callback.state_dict:
            count = sum(key.partition(" ")[0] == name for key in found)
            found[f"{name} {count + 1}" if count else name] = callback
    return found


def generators_of(*modules: Module) -> list[np.random.Generator]:
    """The shared generator, and those that the parts of some modules draw from when they are called."""
    found = [default_generator()]
    for module in (part for whole in modules for part in whole.modules()):
        found += [entry for entry in vars(module).values() if isinstance(entry, np.random.Generator)]
    return list({id(generator): generator for generator in found}.values())
