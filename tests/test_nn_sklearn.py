"""Networks as estimators: scikit-learn's own checks, and its tools around them."""

import importlib
import sys
import warnings

import numpy as np
import pytest

import nn

pytest.importorskip("sklearn")

from sklearn.datasets import make_classification, make_regression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from nn.sklearn import Classifier, Regressor


@pytest.mark.unmeasured
@pytest.mark.parametrize("estimator", [Classifier(epochs=30), Regressor(epochs=30)], ids=["classifier", "regressor"])
def test_scikit_learns_own_checks(estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs, about what they try
        results = check_estimator(estimator, on_skip=None)
    assert len(results) > 45
    assert {r["status"] for r in results} <= {"passed", "skipped"}
    assert sum(r["status"] == "skipped" for r in results) <= 1  # needs an environment variable


def deep(inputs, outputs):
    """A network with chance in it, to be pickled with its estimator."""
    return nn.Sequential(nn.Linear(inputs, 16), nn.Tanh(), nn.Linear(16, outputs))


def test_in_a_pipeline_a_search_and_a_validation():
    x, y = make_classification(
        n_samples=200, n_features=4, n_informative=4, n_redundant=0, class_sep=2.0, random_state=0
    )
    labels = np.array(["no", "yes"])[y]
    pipeline = make_pipeline(StandardScaler(), Classifier(deep, epochs=15, random_state=0))
    search = GridSearchCV(pipeline, {"classifier__lr": [1e-6, 0.02]}, cv=2).fit(x, labels)
    assert search.best_params_ == {"classifier__lr": 0.02}
    assert cross_val_score(pipeline, x, labels, cv=3).mean() > 0.75
    shares = search.predict_proba(x)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_array_equal(np.array(["no", "yes"])[shares.argmax(axis=1)], search.predict(x))


def test_a_regressor_of_several_outputs():
    x, y = make_regression(n_samples=100, n_features=4, n_targets=2, random_state=0)
    y = StandardScaler().fit_transform(y)
    stopping = lambda: [nn.training.EarlyStopping("loss", patience=100)]
    fitted = Regressor(loss=nn.MSELoss(), epochs=60, dtype=np.float32, callbacks=stopping, random_state=0).fit(x, y)
    assert fitted.predict(x).shape == (100, 2)
    assert fitted.score(x, y) > 0.9
    assert len(fitted.history_) == 60


def test_chance_comes_from_the_random_state_and_goes_nowhere():
    x, y = make_regression(n_samples=40, n_features=3, random_state=0)
    nn.random.manual_seed(5)
    expected = nn.random.default_generator().random()
    nn.random.manual_seed(5)
    results = [Regressor(epochs=2, random_state=seed).fit(x, y).predict(x) for seed in (1, 1, 2)]
    assert nn.random.default_generator().random() == expected
    np.testing.assert_array_equal(results[0], results[1])
    assert (results[0] != results[2]).any()


def test_without_scikit_learn(monkeypatch):
    monkeypatch.delitem(sys.modules, "nn.sklearn")
    monkeypatch.setitem(sys.modules, "sklearn.base", None)
    with pytest.raises(ImportError, match=r"chainrule\[sklearn\]"):
        importlib.import_module("nn.sklearn")


def test_one_class_cannot_be_told_apart():
    with pytest.raises(ValueError, match="y has one class, 7"):
        Classifier().fit(np.ones((4, 2)), [7] * 4)
