"""What `fit` does with a batch: a step as it stands, or one that is compiled, whose loss is looked at later."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import Any, NoReturn

import numpy as np

from autograd import NonFiniteError, UnsupportedError, strict

from ..data.loader import Share
from .checkpoint import from_first, restore, state_of
from .compiled import Step
from .run import Callback, Run

LAG = 2  # compiled steps that are under way while the loss of one is read


class Steps:
    """One batch after the other."""

    def __init__(self, run: Run, accumulate: int) -> None:
        self.run, self.accumulate = run, accumulate

    def begin(self) -> None:
        """What the callbacks do before everything is done."""

    def placed(self, batches: Iterable[Any]) -> Iterable[Any]:
        """The batches where they are computed with."""
        return batches

    def take(self, inputs: Any, targets: Any) -> None:
        """Gather the gradients of a batch, and make a step when there are enough."""
        run = self.run
        output = run.model(inputs)
        error = run.loss(output, targets)
        value = error.item()
        if not math.isfinite(value):
            not_finite(run, inputs, targets, value)
        if run.gathered == 0:
            run.optimizer.zero_grad()
        error.backward(leaves_only=True)
        run.means.add(output, targets, value)
        run.batch += 1
        run.gathered += 1
        if run.gathered == self.accumulate:
            run.step()

    def end(self) -> None:
        """The epoch's batches are over."""
        if self.run.gathered:
            self.run.step()

    def close(self) -> None:
        """The training is over."""


class CompiledSteps(Steps):
    """One program for each step; what comes out of it is looked at a few steps later, so that nothing waits.

    After a loss that is not finite the steps under way change nothing: everything is as it was before that batch.
    """

    def __init__(self, run: Run, accumulate: int, mesh: Any = None) -> None:
        super().__init__(run, accumulate)
        if accumulate > 1:
            raise UnsupportedError(
                "fit(…, compile=True) makes a step of each batch: take larger batches, without accumulate"
            )
        for callback in run.callbacks:
            if type(callback).on_gradients is not Callback.on_gradients and not callback.compiles:
                raise UnsupportedError(
                    f"fit(…, compile=True) compiles what is done to the gradients, and {type(callback).__name__}.on_gradients "
                    "may look at them in each step. If it only computes with NumPy's functions, say so (compiles = True in the "
                    "class); look at the parameters in on_step, or train without compile"
                )
        self._step = Step(run.model, run.loss, run.optimizer, [partial(clip, run) for clip in run.before_step], mesh)
        self._mesh = self._step.mesh
        self._alive = self._step.alive
        self._under_way: deque[tuple[int, Any, Any, Any, Any]] = deque()
        run.settle = self.end
        if self._mesh is not None and self._mesh.processes > 1:
            run.leads, run.agreed = self._mesh.process == 0, partial(from_first, self._mesh)

    def begin(self) -> None:
        if self._mesh is not None and self._mesh.processes > 1:
            restore(self.run, self.run.agreed(state_of(self.run)))
            if hasattr(self.run.train, "share"):
                self.run.train.share = self._mesh.rows

    def placed(self, batches: Iterable[Any]) -> Iterable[Any]:
        if self._mesh is None:
            return batches
        return map(self._shared_out, batches)

    def _shared_out(self, batch: Any) -> Any:
        return self._mesh.batch(batch.part, batch.rows) if isinstance(batch, Share) else self._mesh.batch(batch)

    def take(self, inputs: Any, targets: Any) -> None:
        run = self.run
        error, output, self._alive = self._step.advance(inputs, targets, self._alive)
        self._under_way.append((run.batch, inputs, targets, error, output if run.means.metric else None))
        run.batch += 1
        if len(self._under_way) > LAG:
            self._look()
        for hook in run.after_step:
            hook(run)

    def _look(self) -> None:
        """Note the loss of the first step that is under way."""
        batch, inputs, targets, error, output = self._under_way.popleft()
        value = float(error)
        if not math.isfinite(value):
            self._under_way.clear()
            self._step.home()
            self.run.batch = batch
            if self._mesh is not None:
                inputs, targets = self._mesh.whole((inputs, targets))
            not_finite(self.run, inputs, targets, value)
        if self._mesh is not None and self.run.means.metric is not None:
            targets = self._mesh.whole(targets)
        self.run.means.add(np.asarray(output) if hasattr(output, "dtype") else output, targets, value)

    def end(self) -> None:
        """Wait for all that is under way, and bring the numbers home."""
        while self._under_way:
            self._look()
        self._step.home()

    def close(self) -> None:
        self._step.home()
        if hasattr(self.run.train, "share"):
            self.run.train.share = None


def not_finite(run: Run, inputs: Any, targets: Any, value: float) -> NoReturn:
    """Compute the loss of a batch again, strictly, and raise what is found."""
    where = f"the loss is {value} at batch {run.batch + 1} of epoch {run.epoch + 1}"
    spoilt = [name for name, p in run.model.named_parameters() if not np.all(np.isfinite(p.raw))]
    if spoilt:
        raise NonFiniteError(
            f"fit: {where}: an earlier step has brought {', '.join(spoilt)} to numbers that are not finite. Take a smaller "
            "learning rate, or clip the gradients"
        )
    try:
        with strict():
            run.loss(run.model(inputs), targets)
    except NonFiniteError as error:
        raise NonFiniteError(f"fit: {where}: {error}") from error
    raise NonFiniteError(
        f"fit: {where}, of inputs or targets that are not finite, or of a chance that did not come again"
    )
