"""What a training has brought, epoch by epoch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Epoch:
    """One pass over the training data. `loss` and `accuracy` are means over its rows, taken while it trained.

    `accuracy` is what the metric says, None without a metric; the `val_…` are None without validation data. `metrics` are
    those of the validation data, and `lr` is the learning rate of the first group as the epoch began.
    """

    number: int
    loss: float
    accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    seconds: float
    metrics: dict[str, Any] = field(default_factory=dict)
    lr: float | None = None

    def figures(self) -> dict[str, float]:
        """All numbers that there are, by name."""
        named = {key: getattr(self, key) for key in ("loss", "accuracy", "val_loss", "val_accuracy")}
        scalars = {key: figure for key, figure in self.metrics.items() if isinstance(figure, (int, float))}
        return {key: figure for key, figure in {**named, **scalars}.items() if figure is not None}

    def __str__(self) -> str:
        shown = [f"{name} {figure:.4f}" for name, figure in self.figures().items()]
        return f"epoch {self.number:>3}  {'  '.join(shown)}  {self.seconds:.1f} s"


class History(list[Epoch]):
    """A list of `Epoch`s; `interrupted` says whether Ctrl-C ended the training."""

    def __init__(self, epochs: Iterable[Epoch] = ()) -> None:
        super().__init__(epochs)
        self.interrupted = False

    def as_dict(self) -> dict[str, list[Any]]:
        """``{"epoch": [1, 2, …], "loss": […], …}``: plain lists, None where an epoch lacks a figure."""
        names = dict.fromkeys(key for epoch in self for key in epoch.figures())
        columns = {name: [epoch.figures().get(name) for epoch in self] for name in names}
        return {"epoch": [e.number for e in self], **columns, "seconds": [e.seconds for e in self]}

    def plot(self, path: Any = None) -> Any:
        """Curves of all figures, losses on the left: a matplotlib figure, which notebooks show, saved if `path` is given."""
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            raise ImportError("matplotlib is needed for plots: pip install 'chainrule[plot]'") from error
        columns = self.as_dict()
        losses = [name for name in columns if name.endswith("loss")]
        others = [name for name in columns if name not in ("epoch", "seconds", *losses)]
        figure = Figure(figsize=(5 * (1 + bool(others)), 3.2), layout="constrained")
        groups = [names for names in (losses, others) if names]
        for axes, names in zip(figure.subplots(1, len(groups), squeeze=False)[0], groups, strict=True):
            for name in names:
                axes.plot(columns["epoch"], [float("nan") if y is None else y for y in columns[name]], label=name)
            axes.set(xlabel="epoch")
            axes.locator_params(axis="x", integer=True, min_n_ticks=1)
            axes.legend()
        if path is not None:
            figure.savefig(path)
        return figure

    def state_dict(self) -> dict[str, Any]:
        """What `load_state_dict` makes the same list of."""
        return {"epochs": [asdict(epoch) for epoch in self]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Be the list that `state_dict` was taken of."""
        self[:] = [Epoch(**epoch) for epoch in state_dict["epochs"]]
