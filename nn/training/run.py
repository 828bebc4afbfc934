"""A training while it goes on: what the loop works with, and what callbacks see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..module import Module
from .history import Epoch, History

Loss = Callable[[Any, Any], Any]
Metric = Callable[[Any, Any], float]
Hook = Callable[["Run"], object]


class Callback:
    """The base of what is done while `fit` trains: seven methods that do nothing, of which a callback defines some.

    One that remembers something returns it from `state_dict`, and takes it in `load_state_dict`: then a training that was
    killed goes on as if it had not been.
    """

    last = False  # whether it is called after the others
    compiles = (
        False  # whether its `on_gradients` may be part of a compiled step: NumPy's functions of gradients, no decision
    )

    def on_fit_begin(self, run: Run) -> None:
        """Before everything."""

    def on_epoch_begin(self, run: Run) -> None:
        """Before the first batch of an epoch."""

    def on_gradients(self, run: Run) -> None:
        """The gradients are there; the optimiser's step comes next."""

    def on_step(self, run: Run) -> None:
        """The optimiser has made a step."""

    def on_batch_end(self, run: Run) -> None:
        """A batch is done; ``run.batch`` counts it."""

    def on_epoch_end(self, run: Run) -> None:
        """An epoch is done, and stands in ``run.history[-1]``."""

    def on_fit_end(self, run: Run) -> None:
        """After everything, also after Ctrl-C."""

    def state_dict(self) -> dict[str, Any]:
        """What it remembers: arrays, numbers, strings, lists and dicts."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Remember it."""


class Means:
    """Means over rows of the loss and the metric, gathered batch by batch."""

    def __init__(self, metric: Metric | None) -> None:
        self.metric = metric
        self.rows = 0
        self.loss = self.figure = 0.0

    def add(self, output: Any, targets: Any, loss: float) -> None:
        n = len(targets)
        self.rows += n
        self.loss += loss * n
        if self.metric is not None:
            self.figure += float(self.metric(output, targets)) * n

    def result(self) -> tuple[float, float | None]:
        if not self.rows:
            raise ValueError("the data had no batches: an empty loader, or an iterator that is used up")
        return self.loss / self.rows, None if self.metric is None else self.figure / self.rows


def pairs(batches: Iterable[Any]) -> Iterator[Any]:
    """The batches, each of which must be inputs and targets."""
    for batch in batches:
        if not isinstance(batch, (tuple, list)) or len(batch) != 2:
            found = f"{len(batch)} of them" if isinstance(batch, (tuple, list)) else f"of type {type(batch).__name__}"
            raise ValueError(
                f"a batch is a pair (inputs, targets), and this is {found}: nn.DataLoader(x, y) makes pairs"
            )
        yield batch


class Run:
    """What is trained with what, and how far it is.

    Attributes:
        epoch: how many epochs are over.
        batch: how many batches of this epoch are.
        gathered: how many of them wait for a step of the optimiser.
        leads: whether this is the process that writes files; of several that train together, one.
        stop: set it to end the training after this batch, or this epoch.
        history: the epochs so far.
    """

    def __init__(
        self,
        model: Module,
        loss: Loss,
        optimizer: Any,
        train: Any,
        validation: Any,
        epochs: int,
        callbacks: Iterable[Callback],
        metric: Metric | None,
    ) -> None:
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.train, self.validation, self.epochs, self.metric = train, validation, epochs, metric
        self._check(callbacks)
        self.callbacks = sorted(callbacks, key=lambda callback: callback.last)
        self.epoch = self.batch = self.gathered = 0
        self.stop = False
        self.history = History()
        self.means = Means(metric)
        self.first_lr: float | None = None
        self.resumed = False
        self.before_step, self.after_step = self.hooks("on_gradients"), self.hooks("on_step")
        self.settle: Callable[[], object] = lambda: None  # bring home what a compiled step has under way
        self.leads = True
        self.agreed: Callable[[Any], Any] = lambda nest: nest  # what the process that leads has there

    def _check(self, callbacks: Any) -> None:
        """Raise an error for arguments that cannot be meant."""
        if isinstance(self.loss, type) or not callable(self.loss):
            raise TypeError(f"fit: loss={self.loss!r} must be a function of (output, targets), such as nn.MSELoss()")
        if isinstance(callbacks, Callback) or any(isinstance(callback, type) for callback in callbacks):
            raise TypeError(f"fit: callbacks={callbacks!r} must be a list of objects: [EarlyStopping(…)]")
        mine = {id(p) for p in self.model.parameters()}
        moved = {id(p) for group in getattr(self.optimizer, "param_groups", ()) for p in group["params"]}
        if mine and moved and not mine & moved:
            raise ValueError(
                "fit: the optimizer holds parameters of another model: it is made of this one's, model.parameters()"
            )

    def hooks(self, name: str) -> list[Hook]:
        """The methods of this name that callbacks define."""
        every = [(callback, getattr(callback, name)) for callback in self.callbacks]
        return [method for c, method in every if getattr(type(c), name) is not getattr(Callback, name)]

    def call(self, name: str) -> None:
        """Call each callback's method of this name."""
        for hook in self.hooks(name):
            hook(self)

    def modules(self) -> list[Module]:
        """The model, and the loss where it is a module: it may have parameters too."""
        return [part for part in (self.model, self.loss) if isinstance(part, Module)]

    def begin_epoch(self) -> None:
        """Count from nothing, or from where the checkpoint was taken."""
        if not self.resumed:
            self.batch, self.means = 0, Means(self.metric)
            groups = getattr(self.optimizer, "param_groups", None)
            self.first_lr = groups[0]["lr"] if groups else None
        self.resumed = False

    def over(self) -> bool:
        """Whether there is no further epoch."""
        return self.stop or self.epoch >= self.epochs

    def step(self) -> None:
        """Move the parameters, against the mean of the gradients that were gathered."""
        if self.gathered > 1:
            for p in {p for module in self.modules() for p in module.parameters()}:
                if p.grad is not None:
                    p.grad = p.grad / self.gathered
        for hook in self.before_step:
            hook(self)
        self.optimizer.step()
        self.gathered = 0
        for hook in self.after_step:
            hook(self)

    def end_epoch(self, epoch: Epoch) -> None:
        """Note an epoch that is over."""
        self.history.append(epoch)
        self.epoch += 1
        self.batch = 0
