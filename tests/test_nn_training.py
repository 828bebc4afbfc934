"""SGD, mini-batches and the training loop."""

import sys

import numpy as np
import pytest

import nn
from autograd import ChangedDataError, ShapeError, Value


def quadratic(p):
    return (p * p).sum()


def test_sgd_is_its_formula():
    p = nn.Parameter([1.0, -2.0])
    optimizer = nn.SGD([p], lr=0.1)
    quadratic(p).backward()
    optimizer.step()
    np.testing.assert_allclose(p.data, [0.8, -1.6])
    optimizer.zero_grad()
    assert p.grad is None
    optimizer.step()  # without a gradient nothing moves
    np.testing.assert_allclose(p.data, [0.8, -1.6])


@pytest.mark.parametrize("start", [3.0, [1.0, -2.0]])
def test_momentum_is_its_formula(start):
    p, x, v = nn.Parameter(start), np.array(start), 0.0
    optimizer = nn.SGD([p], lr=0.1, momentum=0.9)
    for _ in range(5):
        optimizer.zero_grad()
        quadratic(p).backward()
        optimizer.step()
        v = 0.9 * v + 2 * x
        x = x - 0.1 * v
        np.testing.assert_allclose(p.data, x, rtol=1e-13)


def test_sgd_says_what_it_is():
    assert repr(nn.SGD([nn.Parameter(1.0)], lr=0.5)) == (
        "SGD(lr=0.5, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False, maximize=False, 1 parameters)"
    )
    with pytest.raises(ValueError, match="no parameters"):
        nn.SGD(nn.ReLU().parameters(), lr=0.1)


def test_a_step_between_forward_and_backward_is_reported():
    p = nn.Parameter([1.0, 2.0], name="p")
    loss = quadratic(p)
    p.grad = np.ones(2)
    nn.SGD([p], lr=0.1).step()
    with pytest.raises(ChangedDataError, match="'p'"):
        loss.backward()


def test_a_step_leaves_the_array_alone_that_the_data_came_from():
    start = np.array([1.0, 2.0])
    p = nn.Parameter([0.0, 0.0])
    p.data = start
    p.grad = np.ones(2)
    nn.SGD([p], lr=0.1).step()
    np.testing.assert_array_equal(start, [1, 2])
    np.testing.assert_allclose(p.data, [0.9, 1.9])


# -- batches -----------------------------------------------------------------------------------------------------


def test_batches_cover_every_row_once_and_keep_rows_together():
    x = np.arange(10)
    loader = nn.DataLoader(x, x * x, batch_size=4, shuffle=True, generator=0)
    batches = list(loader)
    assert [len(a) for a, _ in batches] == [4, 4, 2]
    assert len(loader) == 3
    assert sorted(np.concatenate([a for a, _ in batches])) == list(x)
    assert all((b == a * a).all() for a, b in batches)


def test_orders_come_from_the_seed_and_change_from_pass_to_pass():
    def orders(seed):
        loader = nn.DataLoader(np.arange(50), batch_size=50, shuffle=True, generator=seed)
        return [next(iter(loader))[0].tolist() for _ in range(2)]

    assert orders(1) == orders(1)
    assert orders(1) != orders(2)
    assert orders(1)[0] != orders(1)[1]


def test_without_shuffling_the_order_stays():
    assert [a.tolist() for (a,) in nn.DataLoader([1, 2, 3], batch_size=2)] == [[1, 2], [3]]


def test_wrong_batches():
    with pytest.raises(ShapeError, match=r"\[2, 3\] rows"):
        nn.DataLoader(np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match="batch_size=0"):
        nn.DataLoader(np.ones(3), batch_size=0)


# -- the loop ----------------------------------------------------------------------------------------------------


@pytest.fixture
def problem():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((60, 2))
    t = (x[:, 0] > x[:, 1]).astype(int)
    model = nn.Sequential(nn.Linear(2, 2, generator=0))
    return model, nn.SGD(model.parameters(), lr=0.5), nn.DataLoader(x, t, batch_size=8, shuffle=True, generator=0)


def test_fit_is_the_loop_that_one_would_write(problem):
    model, optimizer, data = problem
    twin = nn.Sequential(nn.Linear(2, 2, generator=0))
    nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=2)
    data = nn.DataLoader(*data.arrays, batch_size=8, shuffle=True, generator=0)
    for _ in range(2):
        for x, t in data:
            twin.zero_grad()
            nn.functional.cross_entropy(twin(x), t).backward()
            for p in twin.parameters():
                p.data = p.data - 0.5 * p.grad
    for p, q in zip(model.parameters(), twin.parameters(), strict=True):
        np.testing.assert_array_equal(p.data, q.data)


def test_history(problem, capsys):
    model, optimizer, data = problem
    loss, accuracy = nn.CrossEntropyLoss(), nn.functional.accuracy
    seen = []
    history = nn.fit(model, loss, optimizer, data, data, epochs=20, metric=accuracy, on_epoch=seen.append)
    assert seen == history
    assert [e.number for e in history] == list(range(1, 21))
    assert history[-1].loss < 0.2 * history[0].loss
    assert history[-1].val_accuracy > 0.95
    assert nn.evaluate(model, loss, data, accuracy) == pytest.approx((history[-1].val_loss, history[-1].val_accuracy))
    assert str(history[0]).startswith("epoch   1  loss 0.")
    assert "val_accuracy" in str(history[0])


def test_without_validation_and_metric(problem):
    model, optimizer, data = problem
    (epoch,) = nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=1)
    assert (epoch.accuracy, epoch.val_loss, epoch.val_accuracy) == (None, None, None)
    assert "accuracy" not in str(epoch)


def test_means_are_over_rows_not_batches():
    """The last batch is shorter, and must not count as much as the others."""
    x = np.array([[0.0], [0.0], [3.0]])
    loss, _ = nn.evaluate(nn.Sequential(), nn.MSELoss(), nn.DataLoader(Value(x).data, np.zeros((3, 1)), batch_size=2))
    assert loss == 3.0


def test_the_mode_is_training_in_fit_and_use_in_evaluate(problem):
    model, optimizer, data = problem
    modes = []

    class Spy(nn.Module):
        def forward(self, x):
            modes.append(self.training)
            return x

    spied = nn.Sequential(model, Spy())
    nn.fit(spied, nn.CrossEntropyLoss(), optimizer, data, data, epochs=2)
    assert modes == ([True] * len(data) + [False] * len(data)) * 2


def test_the_bar(problem, capsys, monkeypatch):
    model, optimizer, data = problem
    nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=1, progress=True)
    assert "epoch 1/1" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(ImportError, match=r"chainrule\[progress\]"):
        nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=1, progress=True)


@pytest.mark.parametrize("shuffle", [False, True])
def test_batches_cannot_be_changed(shuffle):
    rows = np.arange(12.0).reshape(6, 2)
    (batch,) = next(iter(nn.DataLoader(rows, batch_size=4, shuffle=shuffle, generator=0)))
    with pytest.raises(ValueError, match="read-only"):
        batch += 1
    rows += 1  # the caller's own can
