"""Training compiled by XLA: the losses, the state and the checkpoints of the same training without it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import NonFiniteError, UnsupportedError
from nn import training
from nn.functional.arrays import as_array
from nn.optim import lr_scheduler

pytest.importorskip("jax")
from autograd import xla

sys.path.append(str(Path(__file__).parent.parent / "examples" / "networks"))
import char_lstm
import lenet
import mlp_batch_norm
import small_gpt
from _text import next_character_loss

RNG = np.random.default_rng(0)
IMAGES = [(RNG.normal(size=(16, 1, 28, 28)).astype(np.float32), RNG.integers(0, 10, 16)) for _ in range(3)]
TEXT = [(codes[:, :-1], codes[:, 1:]) for codes in RNG.integers(0, 20, (3, 4, 4))]
X = RNG.normal(size=(40, 6)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def net(dropout=0.2):
    nn.manual_seed(0)
    first = nn.Linear(6, 8, bias=False), nn.BatchNorm1d(8), nn.Tanh()
    return nn.Sequential(*first, nn.Dropout(dropout), nn.Linear(8, 2)).float()


class Eager:
    """`nn.compile` by hand and without compiling."""

    def __init__(self, model, loss, optimizer):
        self.model, self.loss, self.optimizer = model, loss, optimizer

    def __call__(self, x, y):
        error = self.loss(self.model(x), y)
        self.optimizer.zero_grad()
        error.backward()
        self.optimizer.step()
        return error.item()

    def home(self):
        pass


def both(make, loss, optimizer, batches, steps):
    """Losses, and what model and optimiser hold, without compiling and with it."""
    found = []
    for kind in (Eager, nn.compile):
        nn.manual_seed(0)
        model = make()
        moving = optimizer(model.parameters())
        schedule = lr_scheduler.OneCycleLR(moving, 2e-3, total_steps=steps + 1) if "betas" in moving.defaults else None
        step = kind(model, loss, moving)
        losses = []
        for i in range(steps):
            losses.append(step(*batches[i % len(batches)]))
            if schedule is not None:
                schedule.step()
        step.home()
        found.append(([float(x) for x in losses], model.state_dict(), moving.state_dict()))
    return found


def same_kind(a, b):
    """Nests of the same keys, classes, dtypes and shapes."""
    assert type(a) is type(b)
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        for key in a:
            same_kind(a[key], b[key])
    elif isinstance(a, np.ndarray):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)


EXAMPLES = {
    "MLP": (lambda: mlp_batch_norm.mlp(False), nn.CrossEntropyLoss(), IMAGES),
    "batch norm": (lambda: mlp_batch_norm.mlp(True), nn.CrossEntropyLoss(), IMAGES),
    "LeNet": (lenet.lenet, nn.CrossEntropyLoss(), [(x[:2], y[:2]) for x, y in IMAGES]),
    "GPT": (lambda: small_gpt.GPT(20, 6, width=16, heads=2, layers=1).float(), next_character_loss, TEXT),
    "LSTM": (lambda: char_lstm.CharLSTM(20, 8, 16).float(), next_character_loss, TEXT),
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_the_losses_it_has_without(name):
    make, loss, batches = EXAMPLES[name]
    eager, compiled = both(make, loss, nn.optim.AdamW, batches, 50)
    np.testing.assert_allclose(compiled[0], eager[0], atol=1e-5)
    assert min(eager[0]) < eager[0][0]
    same_kind(compiled[1:], eager[1:])


OPTIMIZERS = {
    "SGD": lambda ps: nn.SGD(ps, 0.1),
    "momentum": lambda ps: nn.SGD(ps, 0.1, momentum=0.9, nesterov=True, weight_decay=0.01, maximize=True),
    "dampening": lambda ps: nn.SGD(ps, 0.1, momentum=0.9, dampening=0.5),
    "Adam": lambda ps: nn.optim.Adam(ps, amsgrad=True, weight_decay=0.1),
    "Adamax": nn.optim.Adamax,
    "NAdam": lambda ps: nn.optim.NAdam(ps, decoupled_weight_decay=True, weight_decay=0.1),
    "RMSprop": lambda ps: nn.optim.RMSprop(ps, centered=True, momentum=0.9),
    "Adagrad": lambda ps: nn.optim.Adagrad(ps, lr_decay=0.1, initial_accumulator_value=0.1),
    "Adadelta": nn.optim.Adadelta,
    "Lion": nn.optim.Lion,
    "Muon": lambda ps: nn.optim.Muon([p for p in ps if p.ndim == 2]),
    "groups": lambda ps: nn.optim.AdamW([{"params": ps[:1], "lr": 0.1}, {"params": ps[1:], "betas": [0.5, 0.9]}]),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimiser_moves_and_remembers_what_it_does_without(name):
    make = lambda: nn.Linear(6, 3, generator=0).float()
    eager, compiled = both(make, nn.CrossEntropyLoss(), OPTIMIZERS[name], [(X, Y)], 4)
    for a, b in zip(compiled[:2], eager[:2], strict=True):
        np.testing.assert_allclose(*[np.concatenate([np.ravel(v) for v in (z.values() if isinstance(z, dict) else [z])])
                                     for z in (a, b)], rtol=1e-5, atol=1e-6)  # fmt: skip
    same_kind(compiled[2], eager[2])
    for i, state in eager[2]["state"].items():
        for key, entry in state.items():
            np.testing.assert_allclose(compiled[2]["state"][i][key], entry, rtol=1e-5, atol=1e-6)


# -- fit -----------------------------------------------------------------------------------------------------------


class Killed(training.Callback):
    last = True

    def __init__(self, batch):
        self.left = batch

    def on_batch_end(self, run):
        self.left -= 1
        if not self.left:
            raise RuntimeError("killed")


def fitted(compile, path=None, killed=None, optimizer=nn.optim.AdamW, **more):
    model = net()
    moving = optimizer(model.parameters(), 1e-2)
    callbacks = [training.LRSchedule(lr_scheduler.StepLR(moving, 2, 0.9), every="step")]
    callbacks += [training.GradientClipping(max_norm=0.5), *more.pop("callbacks", ())]
    callbacks += [training.Checkpoint(path, every=1)] if path else []
    callbacks += [Killed(killed)] if killed else []
    data = nn.DataLoader(X, Y, batch_size=16, shuffle=True, drop_last=True)
    history = nn.fit(
        model, nn.CrossEntropyLoss(), moving, data, nn.DataLoader(X, Y, batch_size=20), epochs=3, compile=compile,
        callbacks=callbacks, metric=nn.functional.accuracy, **more,
    )  # fmt: skip
    return history.as_dict(), model.state_dict(), moving.state_dict()


def figures(history):
    return [history[key] for key in ("loss", "accuracy", "val_loss", "val_accuracy")]


@pytest.mark.parametrize("optimizer", [nn.optim.AdamW, nn.SGD])
def test_fit_goes_on_from_any_checkpoint(optimizer, tmp_path):
    eager, whole = fitted(False, optimizer=optimizer), fitted(True, optimizer=optimizer)
    np.testing.assert_allclose(figures(whole[0]), figures(eager[0]), atol=1e-5)
    pairs = [(True, True), (True, False), (False, True)]
    for first, second in pairs if optimizer is nn.optim.AdamW else pairs[:1]:
        kept, path = tmp_path / f"{first}.npz", tmp_path / "goes_on.npz"
        if not kept.exists():
            with pytest.raises(RuntimeError, match="killed"):
                fitted(first, kept, killed=3, optimizer=optimizer)
        shutil.copy(kept, path)
        history, model, moving = fitted(second, path, optimizer=optimizer)
        np.testing.assert_allclose(figures(history), figures(eager[0]), atol=1e-5)
        same_kind(moving, whole[2])
        if first and second:  # bit-equal
            assert figures(history) == figures(whole[0])
            for name in model:
                np.testing.assert_array_equal(model[name], whole[1][name])


class Noting(training.Callback):
    """Reads the parameters after every step."""

    def __init__(self):
        self.found = []

    def on_step(self, run):
        self.found.append(float(np.sum(run.model.state_dict()["0.weight"])))


def test_a_callback_reads_the_parameters_after_a_step():
    seen = []
    for compile in (False, True):
        seen.append(Noting())
        fitted(compile, callbacks=seen[-1:])
    assert len(seen[1].found) == 6
    np.testing.assert_allclose(seen[1].found, seen[0].found, atol=1e-5)


@pytest.mark.parametrize("bad", [3, 4, 5])
def test_a_loss_that_is_not_finite_leaves_all_as_it_was(bad):
    targets = X[:, :1].copy()
    targets[5 * bad] = np.inf
    states = []
    for compile in (False, True):
        model = nn.Linear(6, 1, generator=0).float()
        moving = nn.optim.Adam(model.parameters())
        data = nn.DataLoader(X, targets, batch_size=5)
        with pytest.raises(NonFiniteError, match=f"at batch {bad + 1} of epoch 1"):
            nn.fit(model, nn.MSELoss(), moving, data, epochs=1, compile=compile)
        states.append((model.state_dict(), moving.state_dict()["state"]))
    assert states[1][1][0]["step"] == states[0][1][0]["step"] == bad
    for name in states[0][0]:
        np.testing.assert_allclose(states[1][0][name], states[0][0][name], rtol=1e-5)


# -- nn.compile ----------------------------------------------------------------------------------------------------


def test_what_happens_to_the_model_between_steps_is_seen():
    model, other = net(0.0), net(0.0)
    steps = [
        kind(m, nn.CrossEntropyLoss(), nn.SGD(m.parameters(), 0.1)) for kind, m in [(nn.compile, model), (Eager, other)]
    ]

    def agree(x=X, y=Y):
        got, want = (step(x, y) for step in steps)
        assert isinstance(got, xla.XlaArray)
        np.testing.assert_allclose(float(got), want, rtol=1e-5)

    kept = other.state_dict()
    agree()
    for change in [
        lambda m: m.eval(),
        lambda m: m.train(),
        lambda m: m[0].requires_grad_(False),
        lambda m: m.load_state_dict(kept),
        lambda m: m[4].bias.__setattr__("data", np.ones(2, np.float32)),
    ]:
        change(model)
        change(other)
        agree()
    agree(X[:7], Y[:7])
    np.testing.assert_allclose(np.asarray(model.eval()(X).raw), other.eval()(X).raw, rtol=1e-4, atol=1e-6)
    for name, want in other.state_dict().items():
        np.testing.assert_allclose(model.state_dict()[name], want, rtol=1e-4, atol=1e-6)


def test_masks_are_those_of_the_same_generator_for_each_shape_of_a_batch():
    losses = []
    for kind in (Eager, nn.compile):
        model = net(0.5)
        step = kind(model, nn.CrossEntropyLoss(), nn.SGD(model.parameters(), 0.1))
        losses.append([float(step(X[:n], Y[:n])) for n in (8, 8, 5, 8, 5)])
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-5)


def test_what_is_ignored_weighted_and_wrong_among_the_classes():
    for loss in (
        nn.CrossEntropyLoss(),
        nn.CrossEntropyLoss(weight=np.array([1.0, 3.0]), label_smoothing=0.1),
        lambda z, y: nn.functional.nll_loss(nn.functional.log_softmax(z, -1), y, np.array([1.0, 3.0])),
        nn.MultiMarginLoss(weight=np.array([1.0, 3.0])),
    ):
        targets = Y.copy()
        if not isinstance(loss, nn.MultiMarginLoss):
            targets[3] = -100
        found = []
        for kind in (Eager, nn.compile):
            model = nn.Linear(6, 2, generator=0).float()
            step = kind(model, loss, nn.SGD(model.parameters(), 0.1))
            found.append([float(step(X, targets)), float(step(X, targets))])
        np.testing.assert_allclose(found[1], found[0], rtol=1e-5)
    model = nn.Linear(6, 2, generator=0).float()
    step = nn.compile(model, nn.CrossEntropyLoss(), nn.SGD(model.parameters(), 0.1))
    before = model.state_dict()
    assert np.isnan(float(step(X, Y + 1)))
    np.testing.assert_array_equal(model.state_dict()["weight"], before["weight"])


class Branching(nn.Module):
    def __init__(self):
        self.map = nn.Linear(6, 2, generator=0).float()

    def forward(self, x):
        y = self.map(x)
        return y if y.sum() > 0 else -y


class Noisy(Branching):
    def forward(self, x):
        return self.map(x) + self.noise.normal(size=(len(x), 2))

    noise = np.random.default_rng(0)


class Drawing(training.Callback):
    def on_gradients(self, run):
        """Anything."""


def compiled_step(model):
    return nn.compile(model, nn.CrossEntropyLoss(), nn.SGD(model.parameters(), 0.1))


REFUSED = {
    "a branch on data": lambda: compiled_step(Branching())(X, Y),
    "Draw the numbers outside": lambda: compiled_step(Noisy())(X, Y),
    "LBFGS cannot be compiled": lambda: nn.compile(net(), nn.MSELoss(), nn.optim.LBFGS(net().parameters())),
    "RAdam cannot be compiled": lambda: fitted(True, optimizer=nn.optim.RAdam),
    "Drawing.on_gradients": lambda: fitted(True, callbacks=[Drawing()]),
    "take larger batches": lambda: fitted(True, accumulate=2),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_cannot_be_compiled_is_refused(message):
    with pytest.raises(UnsupportedError, match=message):
        REFUSED[message]()


@pytest.mark.filterwarnings("ignore::autograd.errors.RecompilationWarning")
def test_a_setting_that_changes_in_every_step_is_refused(monkeypatch):
    monkeypatch.setattr("nn.training.compiled._MOST", 2)
    model = nn.Linear(6, 1, generator=0).float()
    moving = nn.SGD(model.parameters(), 0.1)
    step = nn.compile(model, nn.MSELoss(), moving)

    def stepped(decay):
        moving.param_groups[0]["weight_decay"] = decay
        step(X, X[:, :1])

    stepped(0.1)
    stepped(0.2)
    stepped(0.1)
    with pytest.raises(UnsupportedError, match=r"weight_decay: 0\.3.*may change from step to step"):
        stepped(0.3)


def test_an_error_while_a_step_is_traced_leaves_the_model_as_it_was():
    model = Branching()
    before = model.state_dict()
    with pytest.raises(UnsupportedError):
        compiled_step(model)(X, Y)
    weight = model.map.weight
    assert isinstance(weight.raw, np.ndarray)
    assert weight.grad is None
    np.testing.assert_array_equal(weight.raw, before["map.weight"])


def test_an_interrupt_while_results_are_put_into_place_is_made_good(monkeypatch):
    states = []
    for interrupted in (False, True):
        model = nn.Linear(6, 2, generator=0).float()
        step = compiled_step(model)
        step(X, Y)
        if interrupted:
            with monkeypatch.context() as patch:
                patch.setattr(step, "_write", interrupt)
                with pytest.raises(KeyboardInterrupt):
                    step(X, Y)
        else:
            step(X, Y)
        step.home()
        states.append(model.weight.data)
    np.testing.assert_array_equal(*states)


def interrupt():
    raise KeyboardInterrupt


def test_nests_in_and_out():
    class Pair(nn.Module):
        def __init__(self):
            self.map = nn.Linear(6, 2, generator=0).float()

        def forward(self, given):
            y = self.map(given["x"])
            return {"y": y, "more": (y * 2, 3)}

    model = Pair()
    step = nn.compile(model, lambda out, t: ((out["y"] - t[0]) ** 2).mean(), nn.SGD(model.parameters(), 0.1))
    first, second = (float(step({"x": X}, [X[:, :2]])) for _ in range(2))
    assert second < first


def test_a_number_that_goes_in_does_not_make_a_float64_of_float32():
    def f(rate, count, x):
        return (rate * 2 + 1) * x - (1 - 0.9**count) * x

    x = np.ones(3, np.float32)
    got = xla.jit(f)(0.5, 3, x)
    assert got.dtype == f(0.5, 3, x).dtype == np.float32
    np.testing.assert_allclose(np.asarray(got), f(0.5, 3, x), rtol=1e-6)
    assert xla.jit(lambda n, x: n * x)(xla.asarray(0.5), x).dtype == np.float32


def test_an_array_that_computes_by_itself_is_left_alone():
    on_device = xla.asarray(X)
    assert as_array(on_device, np.float32) is on_device
    assert as_array(on_device, np.float64).dtype == np.float64
