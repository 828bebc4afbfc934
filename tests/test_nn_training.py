"""SGD, mini-batches and the training loop."""

import dataclasses
import sys
import types

import numpy as np
import pytest

import nn
from autograd import ChangedDataError, NonFiniteError, ShapeError, Value
from nn import training
from nn.optim.lr_scheduler import ReduceLROnPlateau, StepLR


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
    assert [a.tolist() for (a,) in nn.DataLoader(np.array([1, 2, 3]), batch_size=2)] == [[1, 2], [3]]


def test_wrong_batches():
    with pytest.raises(ShapeError, match=r"the shapes \[\(3,\), \(2,\)\]"):
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


# -- what else the loop does ---------------------------------------------------------------------------------------


def small(seed=0, **options):
    """A model, its optimiser and its data, for short trainings."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((60, 2))
    t = (x[:, 0] > x[:, 1]).astype(int)
    model = nn.Sequential(nn.Linear(2, 2, generator=seed))
    return model, nn.SGD(model.parameters(), lr=0.5), nn.DataLoader(x, t, **{"batch_size": 10, **options})


def flat(model):
    return nn.utils.parameters_to_vector(model.parameters()).data


class Heated(nn.Module):
    """A loss with a parameter."""

    def __init__(self):
        self.heat = nn.Parameter(1.5)

    def forward(self, output, targets):
        return nn.functional.cross_entropy(output * self.heat, targets)


def test_gathered_gradients_are_those_of_a_large_batch():
    """Also of the parameters of a loss."""
    results = []
    for size, accumulate in ((10, 3), (30, 1)):
        model, optimizer, data = small(batch_size=size)
        loss = Heated()
        optimizer.add_param_group({"params": loss.parameters()})
        nn.fit(model, loss, optimizer, data, epochs=2, accumulate=accumulate)
        results.append([*flat(model), loss.heat.item()])
    np.testing.assert_allclose(*results, rtol=1e-12)


def test_gradients_left_over_make_a_last_step():
    model, optimizer, data = small()
    model[0].bias.requires_grad = False
    steps = []

    class Count(training.Callback):
        def on_step(self, run):
            steps.append(run.batch)

    nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=1, accumulate=4, callbacks=[Count()])
    assert steps == [4, 6]


def test_callbacks_are_called_in_order():
    seen = []

    class Notes(training.Callback):
        pass

    for name in [n for n in vars(training.Callback) if n.startswith("on_")]:
        setattr(Notes, name, lambda self, run, name=name: seen.append(name))
    model, optimizer, data = small(batch_size=30)
    nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=1, callbacks=[Notes()])
    batch = ["on_gradients", "on_step", "on_batch_end"]
    assert seen == ["on_fit_begin", "on_epoch_begin", *batch, *batch, "on_epoch_end", "on_fit_end"]


def test_false_ends_it():
    model, optimizer, data = small()
    history = nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=9, on_epoch=lambda e: e.number < 3)
    assert len(history) == 3


def test_a_callback_ends_it_within_an_epoch():
    class Stop(training.Callback):
        def on_batch_end(self, run):
            run.stop = run.batch == 2

    model, optimizer, data = small()
    assert len(nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=9, callbacks=[Stop()])) == 1


def test_ctrl_c_ends_it_with_what_was_learnt():
    ended = []

    class Stop(training.Callback):
        def on_batch_end(self, run):
            if run.epoch == 1:
                raise KeyboardInterrupt

        def on_fit_end(self, run):
            ended.append(run.epoch)

    model, optimizer, data = small()
    before = flat(model)
    history = nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=9, callbacks=[Stop()])
    assert (len(history), history.interrupted, ended) == (1, True, [1])
    assert (flat(model) != before).all()


def test_a_loss_that_is_no_number_is_found():
    model, optimizer, data = small()

    def log_loss(output, target):
        return np.log(output * 0).mean() * 0

    with np.errstate(all="ignore"):
        with pytest.raises(NonFiniteError, match=r"(?s)loss is nan at batch 1 of epoch 1: log\(.*test_nn_training.py"):
            nn.fit(model, log_loss, optimizer, data, epochs=1)
        wild = nn.SGD(model.parameters(), lr=np.inf)
        with pytest.raises(NonFiniteError, match="0.weight, 0.bias to numbers that are not finite"):
            nn.fit(model, lambda y, t: (y**2).mean(), wild, data, epochs=3)
        model, optimizer, _ = small()
        with pytest.raises(NonFiniteError, match="of inputs or targets"):
            nn.fit(model, nn.MSELoss(), optimizer, [(np.full((3, 2), np.inf), np.zeros((3, 2)))], epochs=1)


def test_metrics_are_those_of_the_whole_validation_data():
    model, optimizer, data = small()
    figures = {"f1": training.metrics.f1_score, "table": training.metrics.confusion_matrix}
    (epoch,) = nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, data, epochs=1, metrics=figures)
    assert epoch.metrics["table"].sum() == 60
    assert "f1 " in str(epoch)
    assert "table" not in epoch.figures()
    assert training.measure(model, data, {"f1": training.metrics.f1_score}) == {"f1": epoch.metrics["f1"]}
    with pytest.raises(ValueError, match="validation data"):
        nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=1, metrics=figures)
    with pytest.raises(ValueError, match="accumulate=0"):
        nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=1, accumulate=0)


def test_a_bar_shows_itself_on_a_terminal(monkeypatch, capsys):
    model, optimizer, data = small()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    nn.fit(model, nn.CrossEntropyLoss(), optimizer, iter_only(data), epochs=1)
    assert "epoch 1/1" in capsys.readouterr().err
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=1)
    assert capsys.readouterr().err == ""


def iter_only(data):
    """Batches of a number that is not known."""

    class Batches:
        def __iter__(self):
            return iter(data)

    return Batches()


def test_the_history_as_columns_and_as_curves(tmp_path):
    history = training.History(
        [nn.Epoch(1, 0.5, None, None, None, 1.0), nn.Epoch(2, 0.25, 0.9, 0.3, 0.8, 1.0, {"f1": 0.7})]
    )
    columns = history.as_dict()
    assert columns["epoch"] == [1, 2]
    assert columns["f1"] == [None, 0.7]
    pytest.importorskip("matplotlib")
    assert history.plot().axes
    figure = history.plot(tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert [len(axes.lines) for axes in figure.axes] == [2, 3]
    assert all(tick % 1 == 0 for axes in figure.axes for tick in axes.get_xticks())


def test_plots_need_their_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"chainrule\[plot\]"):
        training.History().plot()


# -- callbacks -----------------------------------------------------------------------------------------------------


class Script(training.Callback):
    """Puts numbers in the place of the validation loss, and marks the weights of every epoch."""

    def __init__(self, numbers):
        self.numbers = numbers

    def on_epoch_end(self, run):
        run.history[-1] = dataclasses.replace(run.history[-1], val_loss=self.numbers[run.epoch - 1])
        run.model.parameters()[0].data = np.full((2, 2), float(run.epoch))


@pytest.mark.parametrize(("restore", "mark"), [(True, 3.0), (False, 6.0)])
def test_early_stopping(restore, mark):
    model, optimizer, data = small()
    stopping = training.EarlyStopping(patience=2, min_delta=0.1, restore_best=restore)
    script = Script([3.0, 2.0, 1.0, 0.95, 2.0, 2.0, 0.0])
    history = nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=7, callbacks=[script, stopping])
    assert len(history) == 6
    assert model.parameters()[0].data[0, 0] == mark


def test_a_schedule_steps_with_epochs_or_steps():
    for every, expected in (("epoch", 0.25), ("step", 0.5 * 0.5**6)):
        model, optimizer, data = small()
        schedule = training.LRSchedule(StepLR(optimizer, 1 if every == "step" else 2, 0.5), every=every)
        history = nn.fit(
            model, nn.CrossEntropyLoss(), optimizer, data, epochs=2 if every == "epoch" else 1, callbacks=[schedule]
        )
        assert optimizer.param_groups[0]["lr"] == expected
        assert history[-1].lr == 0.5
    model, optimizer, data = small()
    plateau = training.LRSchedule(ReduceLROnPlateau(optimizer, patience=0, factor=0.5))
    nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=3, callbacks=[Script([1.0, 2.0, 3.0]), plateau])
    assert optimizer.param_groups[0]["lr"] == 0.125


def test_gradients_are_clipped():
    for options in ({"max_norm": 1e-3}, {"clip_value": 1e-3}):
        model, optimizer, data = small()
        before = flat(model)
        nn.fit(
            model, nn.CrossEntropyLoss(), optimizer, data, epochs=1, callbacks=[training.GradientClipping(**options)]
        )
        assert 0 < abs(flat(model) - before).max() <= 0.5 * 1e-3 * 6 * 1.001


def test_figures_in_a_csv_file(tmp_path):
    model, optimizer, data = small()
    log = training.CSVLogger(tmp_path / "log.csv")
    history = nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, data, epochs=2, callbacks=[log])
    header, *rows = (tmp_path / "log.csv").read_text().splitlines()
    assert header == "epoch,loss,val_loss,seconds"
    assert [float(row.split(",")[1]) for row in rows] == [e.loss for e in history]


def test_figures_for_tensorboard(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer.event_file_writer", None)
    with pytest.raises(ImportError, match=r"chainrule\[tensorboard\]"):
        training.TensorBoard(str(tmp_path))
    written = []
    fake = types.SimpleNamespace(
        EventFileWriter=lambda log_dir: types.SimpleNamespace(
            add_event=written.append, close=lambda: written.append("closed")
        )
    )
    proto = types.SimpleNamespace(
        event_pb2=types.SimpleNamespace(Event=lambda **k: k),
        summary_pb2=types.SimpleNamespace(
            Summary=type("Summary", (), {"Value": dict, "__new__": lambda cls, value: value})
        ),
    )
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer.event_file_writer", fake)
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto", proto)
    for name in ("tensorboard", "tensorboard.summary", "tensorboard.summary.writer", "tensorboard.compat"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    model, optimizer, data = small()
    (epoch,) = nn.fit(
        model, nn.CrossEntropyLoss(), optimizer, data, epochs=1, callbacks=[training.TensorBoard(str(tmp_path))]
    )
    assert written[0]["summary"] == [{"tag": "loss", "simple_value": epoch.loss}, {"tag": "lr", "simple_value": 0.5}]
    assert (written[0]["step"], written[1]) == (1, "closed")


WRONG = {
    "stopping": (lambda o: training.EarlyStopping(mode="x"), "mode='x'"),
    "schedule": (lambda o: training.LRSchedule(None, every="x"), "every='x'"),
    "clipping": (lambda o: training.GradientClipping(), "max_norm, or clip_value"),
    "checkpoint": (lambda o: training.Checkpoint("x.npz", mode="x"), "mode='x'"),
    "often": (lambda o: training.Checkpoint("x.npz", every=0), "every=0"),
}


@pytest.mark.parametrize(("call", "words"), WRONG.values(), ids=list(WRONG))
def test_wrong_callbacks(call, words):
    with pytest.raises(ValueError, match=words):
        call(None)


def test_a_callback_that_remembers_nothing_is_in_no_checkpoint():
    assert training.Callback().state_dict() == {}


def test_a_figure_that_nobody_measures():
    model, optimizer, data = small()
    with pytest.raises(ValueError, match="no figure 'val_loss' to watch: the epochs have loss"):
        nn.fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs=1, callbacks=[training.EarlyStopping()])
