"""A training that ends early goes on, bit-equal, where it was."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from nn import training
from nn.optim.lr_scheduler import StepLR

ROOT = Path(__file__).parent.parent


class Cut(training.Callback):
    """Ends the training as a kill would: without another word."""

    def __init__(self, epoch=0, batch=0):
        self.place = epoch, batch

    def on_batch_end(self, run):
        if (run.epoch, run.batch) == self.place:
            raise SystemExit


class Late(Cut):
    """After the checkpoint was written."""

    last = True


def train(path, *cuts, every=1, accumulate=1, epochs=3, seed=0, **options):
    """A training with everything that a checkpoint holds; its model and its history."""
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(50, 2)), rng.normal(size=(50, 1))
    model = nn.Sequential(nn.Linear(2, 3, generator=seed), nn.Tanh(), nn.Linear(3, 1, generator=seed + 1))
    optimizer = nn.optim.Adam(model.parameters(), lr=0.05)
    history = nn.fit(
        model,
        nn.MSELoss(),
        optimizer,
        nn.DataLoader(x, t, batch_size=8, shuffle=True, generator=seed + 2),
        nn.DataLoader(x, t),
        epochs=epochs,
        accumulate=accumulate,
        callbacks=[
            training.Checkpoint(path, every, **options),
            training.LRSchedule(StepLR(optimizer, 5), "step"),
            training.EarlyStopping(patience=1),
            *cuts,
        ],
    )
    return model.state_dict(), [(e.loss, e.val_loss, e.lr) for e in history]


def assert_same(a, b):
    assert a[1] == b[1]
    for name, array in a[0].items():
        np.testing.assert_array_equal(array, b[0][name])


@pytest.mark.parametrize("cut", [Cut, Late])
@pytest.mark.parametrize("batch", [1, 3, 7])
@pytest.mark.parametrize("accumulate", [1, 3])
def test_a_run_that_was_cut_goes_on(tmp_path, cut, batch, accumulate):
    whole = train(tmp_path / "whole.npz", accumulate=accumulate)
    path = tmp_path / "run.npz"
    for place in ((0, batch), (1, batch)):
        with pytest.raises(SystemExit):
            train(path, cut(*place), accumulate=accumulate)
    assert_same(train(path, cut(9, 9), accumulate=accumulate, seed=9), whole)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="it forks")
@pytest.mark.unmeasured
def test_a_training_that_is_killed_goes_on():
    """``python -m tests.tools.killed`` kills fifty times."""
    command = [sys.executable, "-m", "tests.tools.killed", "--kills", "5"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stdout == "5 kills, and the same bits\n", run.stderr


def test_a_training_that_is_over_is_over(tmp_path):
    path = tmp_path / "run.npz"
    whole = train(path, epochs=2)
    assert_same(train(path, epochs=2, seed=9), whole)
    longer = train(path, epochs=4)
    assert longer[1][:2] == whole[1]
    assert len(longer[1]) == 4


def test_a_training_begins_anew_if_told_so(tmp_path):
    path = tmp_path / "run.npz"
    train(path, epochs=2)
    assert len(train(path, epochs=1, resume=False)[1]) == 1


def test_checkpoints_of_epochs_alone_take_any_batches(tmp_path):
    def run(*cuts, every=None):
        model = nn.Linear(2, 1, generator=0)
        batches = [(np.ones((2, 2)), np.ones((2, 1)))] * 3
        callbacks = [training.Checkpoint(tmp_path / "run.npz", every), *cuts]
        history = nn.fit(model, nn.MSELoss(), nn.SGD(model.parameters(), 0.01), batches, epochs=3, callbacks=callbacks)
        return model.state_dict(), [e.loss for e in history]

    whole = run()
    (tmp_path / "run.npz").unlink()
    with pytest.raises(SystemExit):
        run(Cut(1, 2))
    assert_same(run(), whole)
    with pytest.raises(TypeError, match="know their position"):
        run(every=1)


def test_the_best_epoch_is_kept(tmp_path):
    class Script(training.Callback):
        def on_epoch_end(self, run):
            run.model.parameters()[1].data = np.full(3, float(run.epoch))

    best = tmp_path / "best.npz"
    for mode in ("min", "max"):
        train(tmp_path / f"{mode}.npz", Script(), epochs=4, best=best, monitor="loss", mode=mode)
        losses = [e["loss"] for e in nn.load(tmp_path / f"{mode}.npz")["history"]["epochs"]]
        expected = int(np.argmin(losses) if mode == "min" else np.argmax(losses)) + 1
        assert nn.load(best)["0.bias"].tolist() == [expected] * 3
    train(tmp_path / "max.npz", Script(), epochs=5, best=best, monitor="loss", mode="max")
    assert nn.load(tmp_path / "max.npz")["callbacks"]["Checkpoint"]["best"] == max(losses)


def test_a_file_that_is_no_checkpoint_of_this_training_changes_nothing(tmp_path):
    path = tmp_path / "run.npz"
    nn.save(path, {"weights": np.ones(2)})
    with pytest.raises(ValueError, match="no checkpoint of a training: it has weights"):
        train(path)
    path.unlink()
    train(path, epochs=1)
    state = nn.load(path)
    nn.save(path, {**state, "generators": state["generators"] * 2})
    with pytest.raises(ValueError, match="has 2 random generators"):
        train(path)
    nn.save(path, state)
    with pytest.raises(
        ValueError, match="with the callbacks LRSchedule, EarlyStopping, Checkpoint, and this one has .*EarlyStopping 2"
    ):
        train(path, training.EarlyStopping())
    state = nn.load(path)
    state["optimizer"]["state"][0]["exp_avg"] = np.ones(7)
    nn.save(path, state)

    class Watch(training.Checkpoint):
        def on_fit_begin(self, run):
            before = run.model.state_dict()
            with pytest.raises(ValueError, match="exp_avg has shape"):
                super().on_fit_begin(run)
            for name, array in run.model.state_dict().items():
                np.testing.assert_array_equal(array, before[name])
            assert run.history == []
            raise SystemExit

    model = nn.Sequential(nn.Linear(2, 3, generator=7), nn.Tanh(), nn.Linear(3, 1, generator=8))
    optimizer = nn.optim.Adam(model.parameters())
    Watch.__name__ = "Checkpoint"
    callbacks = [training.EarlyStopping(), training.LRSchedule(StepLR(optimizer, 1)), Watch(path)]
    with pytest.raises(SystemExit):
        nn.fit(
            model,
            nn.MSELoss(),
            optimizer,
            nn.DataLoader(np.ones((2, 2))),
            nn.DataLoader(np.ones(2)),
            epochs=1,
            callbacks=callbacks,
        )


def test_within_an_epoch_it_is_saved_no_more_often_than_wanted(tmp_path, monkeypatch):
    places = []

    class Watch(training.Callback):
        last = True

        def on_batch_end(self, run):
            places.append(nn.load(tmp_path / "run.npz")["batch"] if (tmp_path / "run.npz").exists() else None)

    clock = iter(range(100, 10_000))
    monkeypatch.setattr("nn.training.checkpoint.time.monotonic", lambda: next(clock))
    train(tmp_path / "run.npz", Watch(), every=2, seconds=0, epochs=1)
    assert places == [None, 2, 2, 4, 4, 6, 6]
    places.clear()
    (tmp_path / "run.npz").unlink()
    train(tmp_path / "run.npz", Watch(), every=1, seconds=3.5, epochs=1)
    assert len(set(places)) < 4
