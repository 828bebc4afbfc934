"""Networks as scikit-learn's estimators, for pipelines, grid search and cross-validation (extra `sklearn`)."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterable
from typing import Any, Self

import numpy as np

from . import optim, random
from .containers import Sequential
from .data import DataLoader
from .functional import softmax
from .layers import Linear, ReLU
from .losses import CrossEntropyLoss, MSELoss
from .module import Module
from .training import Callback, fit
from .training.loop import outputs

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise ImportError("scikit-learn is needed for nn.sklearn: pip install 'chainrule[sklearn]'") from error

__all__ = ["Classifier", "Regressor", "perceptron"]

Factory = Callable[[int, int], Module]


def perceptron(inputs: int, outputs: int) -> Module:
    """The network that is taken where none is given: one hidden layer of 64 ReLUs."""
    return Sequential(Linear(inputs, 64), ReLU(), Linear(64, outputs))


class _Network(BaseEstimator):  # type: ignore[misc]
    """What both estimators share."""

    _loss: Any

    def __init__(
        self,
        module: Factory = perceptron,
        *,
        loss: Any = None,
        optimizer: Callable[..., Any] = optim.Adam,
        lr: float = 1e-2,
        epochs: int = 100,
        batch_size: int = 32,
        dtype: Any = np.float64,
        callbacks: Callable[[], Iterable[Callback]] | None = None,
        random_state: Any = None,
    ) -> None:
        self.module = module
        self.loss = loss
        self.optimizer = optimizer
        self.lr = lr
        self.epochs = epochs
        self.batch_size = batch_size
        self.dtype = dtype
        self.callbacks = callbacks
        self.random_state = random_state

    def _train(self, x: Any, y: Any, n_outputs: int) -> Self:
        """Fit the network; all that is random comes from `random_state`, and nobody else's generator is touched."""

        def run() -> None:
            random.manual_seed(int(check_random_state(self.random_state).randint(2**31)))
            self.module_ = self.module(x.shape[1], n_outputs)
            self.history_ = fit(
                self.module_,
                self._loss() if self.loss is None else self.loss,
                self.optimizer(self.module_.parameters(), lr=self.lr),
                DataLoader(x, y, batch_size=self.batch_size, shuffle=True),
                epochs=self.epochs,
                callbacks=() if self.callbacks is None else self.callbacks(),
                progress=False,
            )
            self.module_.eval()

        contextvars.copy_context().run(run)
        return self

    def _outputs(self, x: Any) -> Any:
        check_is_fitted(self)
        x = validate_data(self, x, reset=False, dtype=self.dtype)
        return outputs(self.module_, DataLoader(x, x, batch_size=max(self.batch_size, 1024)))


class Classifier(ClassifierMixin, _Network):  # type: ignore[misc]
    """A classifier around any module.

    Examples:
        >>> x = np.array([[0.0], [1.0], [2.0], [3.0]] * 5)
        >>> Classifier(epochs=20, random_state=0).fit(x, ["low", "low", "high", "high"] * 5).predict([[0.1], [2.9]]).tolist()
        ['low', 'high']

    Args:
        module: a function (inputs, classes) ↦ module, whose outputs are logits. What it draws without a generator of its
            own comes from `random_state`.
        loss: of (logits, class numbers); None is `CrossEntropyLoss`.
        optimizer: called as ``optimizer(parameters, lr=lr)``.
        lr: the learning rate.
        epochs: passes over the data.
        batch_size: rows in a batch.
        dtype: of the inputs.
        callbacks: a function that makes the callbacks of a training.
        random_state: a seed, as in scikit-learn.

    Attributes:
        classes_: the labels, sorted.
        module_: the network.
        history_: the epochs.
    """

    _loss = CrossEntropyLoss

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Train a new network."""
        x, y = validate_data(self, X, y, dtype=self.dtype)
        check_classification_targets(y)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"Classifier: two classes are needed, and y has one class, {self.classes_[0]}")
        return self._train(x, numbers, len(self.classes_))

    def predict_proba(self, X: Any) -> Any:  # noqa: N803
        """The probabilities of the classes, in the order of `classes_`."""
        return softmax(self._outputs(X), 1)

    def predict(self, X: Any) -> Any:  # noqa: N803
        """The likeliest label of each row."""
        best = self._outputs(X).argmax(axis=1)
        return self.classes_[best]


class Regressor(RegressorMixin, _Network):  # type: ignore[misc]
    """A regressor around any module: a function (inputs, outputs) ↦ module. The loss is `MSELoss`; the rest is `Classifier`'s.

    y of shape (n,) is one output; of (n, k) it is k.
    """

    _loss = MSELoss

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Train a new network."""
        x, y = validate_data(self, X, y, dtype=self.dtype, multi_output=True, y_numeric=True)
        self._flat = y.ndim == 1
        return self._train(x, y.reshape(len(y), -1).astype(self.dtype), 1 if self._flat else y.shape[1])

    def predict(self, X: Any) -> Any:  # noqa: N803
        """The outputs for each row."""
        found = self._outputs(X)
        return found[:, 0] if self._flat else found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
