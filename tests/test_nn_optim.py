"""What optimisers and schedules do beside their formulas, which tests/test_parity_optim.py compares with PyTorch's."""

import copy

import numpy as np
import pytest

import nn
from autograd import NonFiniteError, ShapeError, Value, grad
from nn import utils
from nn.optim import averaging, lbfgs, lr_scheduler
from nn.optim.optimizer import SMALL, Optimizer

KINDS = {
    "SGD": {"lr": 0.1, "momentum": 0.9},
    "Adam": {"lr": 0.01, "amsgrad": True},
    "NAdam": {"lr": 0.01},
    "RMSprop": {"momentum": 0.9, "centered": True},
    "Adagrad": {},
    "Adadelta": {},
    "Lion": {},
    "Muon": {"inputs_first": False},
    "LBFGS": {"max_iter": 3, "lr": 0.2, "history_size": 2},
}


def problem(dtype=np.float64):
    """A matrix that is large, two that are small, and a loss of them."""
    rng = np.random.default_rng(0)
    shapes = [(SMALL // 8, 8), (3, 2), (2, 3)]
    parameters = [nn.Parameter(rng.normal(size=s).astype(dtype)) for s in shapes]

    def loss():
        a, b, c = parameters
        return (a**2).mean() + ((b @ c - 1) ** 2).sum() + (np.tanh(b) * 3).sum()

    return parameters, loss


def train(optimizer, loss, steps):
    def closure():
        optimizer.zero_grad()
        out = loss()
        out.backward()
        return out

    for _ in range(steps):
        optimizer.step(closure)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("name", "options"), KINDS.items(), ids=list(KINDS))
def test_a_saved_state_continues_bit_equal(name, options, dtype):
    (parameters, loss), (again, same_loss) = problem(dtype), problem(dtype)
    optimizer = getattr(nn.optim, name)(parameters, **options)
    train(optimizer, loss, 3)
    saved = optimizer.state_dict()
    for p, q in zip(parameters, again, strict=True):
        q.data = p.data
    other = getattr(nn.optim, name)(again, **{**options, "lr": 5.0})
    train(optimizer, loss, 3)  # the copy does not change with the original
    other.load_state_dict(saved)
    train(other, same_loss, 3)
    for p, q in zip(parameters, again, strict=True):
        np.testing.assert_array_equal(p.data, q.data)
        assert p.dtype == dtype
    assert other.param_groups[0]["lr"] == optimizer.param_groups[0]["lr"]


def test_a_buffer_changes_nothing(monkeypatch):
    """Parameters one by one, and parameters in one buffer, take the same steps."""
    results = []
    for small in (0, SMALL):
        monkeypatch.setattr("nn.optim.optimizer.SMALL", small)
        parameters, loss = problem()
        train(nn.optim.Adam(parameters, lr=0.05), loss, 5)
        results.append([p.data for p in parameters])
    for a, b in zip(*results, strict=True):
        np.testing.assert_array_equal(a, b)


def test_groups_have_options_of_their_own():
    a, b, c = (nn.Parameter(1.0) for _ in range(3))
    optimizer = nn.SGD([{"params": [a], "lr": 0.5}, {"params": b}], lr=0.1)
    optimizer.add_param_group({"params": [c], "weight_decay": np.float64(1.0)})
    assert type(optimizer.param_groups[2]["weight_decay"]) is float
    for p in (a, b, c):
        p.grad = np.float64(1.0)
    optimizer.step()
    assert [p.item() for p in (a, b, c)] == [0.5, 0.9, 0.8]


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_frozen_and_gradientless_parameters_stay(momentum):
    frozen, idle, moved = (nn.Parameter([1.0, 2.0]) for _ in range(3))
    for p in (frozen, moved):
        p.grad = np.ones(2)
    frozen.requires_grad = False
    optimizer = nn.SGD([frozen, idle, moved], lr=0.5, momentum=momentum)
    optimizer.step()
    np.testing.assert_array_equal([frozen.data, idle.data, moved.data], [[1, 2], [1, 2], [0.5, 1.5]])
    idle.grad, moved.grad = np.ones(2), None  # its state rests
    optimizer.step()
    moved.grad = np.ones(2)
    optimizer.step()
    np.testing.assert_allclose(moved.data, [0, 1] if not momentum else [0.5 - 0.95, 1.5 - 0.95])
    assert (len(optimizer.state) == 2) == bool(momentum)


def test_a_tied_parameter_moves_once():
    tied = nn.Linear(2, 2, generator=0)
    model = nn.Sequential(tied, tied)
    before = tied.weight.data.copy()
    optimizer = nn.SGD(model.parameters(), lr=1.0)
    tied.weight.grad = np.ones((2, 2))
    optimizer.step()
    np.testing.assert_array_equal(tied.weight.data, before - 1)


def test_data_that_somebody_else_sets_counts():
    p, q = nn.Parameter([1.0, 2.0]), nn.Parameter([3.0])
    optimizer = nn.optim.RMSprop([p, q], lr=0.1)
    for p_grad in (np.ones(2), np.zeros(2)):
        p.grad, q.grad = p_grad, np.zeros(1)
        optimizer.step()
        p.data = [5.0, 6.0]
        p.data[0] = 7.0
    p.grad = np.zeros(2)
    optimizer.step()
    np.testing.assert_array_equal(p.data, [7, 6])
    p.data, p.grad = np.float32([1, 2]), np.zeros(2)
    optimizer.step()
    assert p.dtype == np.float32
    assert optimizer.state[p]["square_avg"].dtype == np.float32
    p.data = np.zeros(3)
    p.grad = np.zeros(3)
    with pytest.raises(ShapeError, match=r"square_avg has shape \(2,\), and its parameter \(3,\)"):
        optimizer.step()


def test_a_gradient_that_can_be_differentiated_again_is_taken():
    p, q = nn.Parameter([1.0, 2.0]), nn.Parameter(1.0)
    p.grad, q.grad = Value([1.0, 1.0]), Value(1.0)
    nn.optim.Adam([p, q], lr=0.5).step()
    np.testing.assert_allclose([*p.data, q.data], [0.5, 1.5, 0.5])


def test_zero_grad():
    p, q = nn.Parameter([1.0]), nn.Parameter([1.0])
    p.grad = np.ones(1)
    optimizer = nn.SGD([p, q])
    optimizer.zero_grad(set_to_none=False)
    assert (p.grad.tolist(), q.grad) == ([0.0], None)
    optimizer.zero_grad()
    assert p.grad is None


def test_a_model_is_copied_with_its_optimiser():
    parameters, loss = problem()
    optimizer = nn.optim.Adam(parameters)
    train(optimizer, loss, 2)
    copied, other = copy.deepcopy((parameters, optimizer))
    before = parameters[1].data.copy()
    for p in copied:
        p.grad = np.ones(p.shape)
    other.step()
    np.testing.assert_array_equal(parameters[1].data, before)
    assert (copied[1].data != before).all()


WRONG = {
    "negative": (lambda p: nn.optim.Adam([p], lr=-1.0), ValueError, "lr=-1.0 must not be negative"),
    "betas": (lambda p: nn.optim.Adam([p], betas=(0.9, 1.0)), ValueError, "less than 1"),
    "nesterov": (lambda p: nn.SGD([p], nesterov=True), ValueError, "needs a momentum"),
    "twice": (lambda p: nn.SGD([p, p]), ValueError, "twice"),
    "computed": (lambda p: nn.SGD([p * 2]), ValueError, "only leaves"),
    "array": (lambda p: nn.SGD([np.ones(2)]), TypeError, "got ndarray"),
    "vector": (lambda p: nn.optim.Muon([p]), ShapeError, r"has shape \(2,\)"),
    "adjust": (lambda p: nn.optim.Muon([nn.Parameter(np.eye(2))], adjust_lr_fn="x"), ValueError, "adjust_lr_fn='x'"),
    "search": (lambda p: nn.optim.LBFGS([p], line_search_fn="x"), ValueError, "strong_wolfe"),
    "groups": (lambda p: nn.optim.LBFGS([p]).add_param_group({"params": [nn.Parameter(1.0)]}), ValueError, "one group"),
    "closure": (lambda p: nn.optim.LBFGS([p]).step(), TypeError, "step\\(closure\\)"),
    "abstract": (lambda p: Optimizer([p], {}).update(1, 1, {}, {}), NotImplementedError, "must define update"),
    "sizes": (
        lambda p: nn.SGD([p]).load_state_dict(nn.SGD([nn.Parameter(1.0), p]).state_dict()),
        ValueError,
        "groups of",
    ),
    "none": (lambda p: nn.optim.minimize([], lambda: p), ValueError, "no parameters"),
    "vector size": (lambda p: utils.vector_to_parameters(np.ones(3), [p]), ShapeError, r"\(3,\), and the parameters 2"),
}


@pytest.mark.parametrize(("call", "kind", "words"), WRONG.values(), ids=list(WRONG))
def test_wrong_calls(call, kind, words):
    with pytest.raises(kind, match=words):
        call(nn.Parameter([1.0, 2.0]))


def test_a_state_that_does_not_fit_changes_nothing():
    parameters, loss = problem()
    optimizer = nn.optim.Adam(parameters)
    train(optimizer, loss, 1)
    state = optimizer.state_dict()
    state["state"][1]["exp_avg"] = np.zeros(7)
    state["param_groups"][0]["lr"] = 9.0
    with pytest.raises(ShapeError, match="exp_avg has shape"):
        optimizer.load_state_dict(state)
    state["state"] = {}
    state["param_groups"][0]["lr"] = -9.0
    with pytest.raises(ValueError, match="negative"):
        optimizer.load_state_dict(state)
    assert optimizer.param_groups[0]["lr"] == 1e-3
    assert len(optimizer.state) == 3


# -- L-BFGS and SciPy ----------------------------------------------------------------------------------------------


def valley():
    """Rosenbrock's valley, and its parameters."""
    x, y = nn.Parameter([-1.2]), nn.Parameter(1.0)
    return [x, y], lambda: ((1 - x) ** 2).sum() + (100 * (y - x**2) ** 2).sum()


def test_lbfgs_finds_the_end_of_the_valley():
    parameters, loss = valley()
    idle = nn.Parameter([[4.0]])
    train(nn.optim.LBFGS([*parameters, idle], max_iter=80, line_search_fn="strong_wolfe"), loss, 2)
    np.testing.assert_allclose([p.item() for p in parameters], [1, 1], rtol=1e-4)
    assert idle.item() == 4.0
    train(nn.optim.LBFGS(parameters, tolerance_grad=1.0), loss, 1)  # flat enough already
    train(nn.optim.LBFGS(parameters, tolerance_grad=0.0, tolerance_change=1.0), loss, 1)  # too little descent


def test_a_plain_number_is_a_loss_as_well():
    p = nn.Parameter([2.0])

    def closure():
        p.grad = 2 * p.data
        return float((p.data**2).sum())

    assert nn.optim.LBFGS([p], lr=0.5).step(closure) == 4.0
    assert abs(p.item()) < 1e-4


def test_an_interrupted_step_of_lbfgs_moves_nothing():
    parameters, loss = valley()
    optimizer = nn.optim.LBFGS(parameters)
    calls = []

    def torn():
        calls.append(1)
        if len(calls) == 5:
            raise KeyboardInterrupt
        optimizer.zero_grad()
        out = loss()
        out.backward()
        return out

    with pytest.raises(KeyboardInterrupt):
        optimizer.step(torn)
    assert [p.item() for p in parameters] == [-1.2, 1.0]
    assert not optimizer.state


LINES = {
    "parabola": lambda t: (t - 1) ** 2,
    "steep wall": lambda t: np.exp(5 * (t - 1)) - 5 * t,
    "valley": lambda t: (1 + t) ** -1.0 + 0.01 * t,
    "waves": lambda t: 0.05 * t**2 - np.sin(3 * t),
    "quartic": lambda t: (t - 2) ** 4 + 0.1 * t,
    "kink": lambda t: (np.sqrt((t - 1) ** 2 + 1e-8) - 0.02 * t) * 10,
    "cliff": lambda t: -t + 1e4 * np.maximum(t - 1, 0) ** 2,
    "far cliff": lambda t: -t + 1e3 * np.maximum(t - 1, 0) ** 9,
    "flat": lambda t: 1 / (1 + np.exp(5 * (t - 3))) + 1e-3 * t**2 - 0.1 * t,
}


@pytest.mark.parametrize("line", LINES.values(), ids=list(LINES))
def test_a_line_search_ends_where_the_strong_wolfe_conditions_hold(line):
    slope = grad(line)

    def at(t):
        t = float(t)
        return lbfgs.Point(t, float(line(t)), None, float(slope(t)))

    start = at(0.0)
    for first in np.logspace(-3, 2, 41):
        found, evaluations = lbfgs.wolfe(at, first, start, 1.0, 1e-9, 40)
        assert found.loss <= start.loss + 1e-4 * found.t * start.slope
        assert abs(found.slope) <= 0.9 * abs(start.slope)
        assert evaluations < 40


@pytest.mark.parametrize("method", ["L-BFGS-B", "BFGS", "Newton-CG", "trust-ncg", "Nelder-Mead"])
def test_scipys_minimisers(method):
    pytest.importorskip("scipy")
    parameters, loss = valley()
    idle = nn.Parameter([[4.0]])
    result = nn.optim.minimize([*parameters, idle], loss, method, tol=1e-8)
    assert result.fun < 1e-8
    np.testing.assert_allclose([p.item() for p in parameters], [1, 1], rtol=1e-3)
    assert idle.item() == 4.0 or method == "Nelder-Mead"


def test_minimize_takes_a_module_and_leaves_it_after_an_error(monkeypatch):
    pytest.importorskip("scipy")
    model, x = nn.Linear(2, 1, generator=0, dtype=np.float32), np.eye(2, dtype=np.float32)
    model.bias.requires_grad = False
    before = model.state_dict()
    result = nn.optim.minimize(model, lambda: ((model(x) - 3) ** 2).sum(), options={"maxiter": 50})
    assert result.success
    assert model.weight.dtype == np.float32
    np.testing.assert_allclose(model(x).data, 3, rtol=1e-5)
    np.testing.assert_array_equal(model.bias.data, before["bias"])
    model.load_state_dict(before)
    with pytest.raises(NonFiniteError, match="the loss is NaN"), np.errstate(invalid="ignore"):
        nn.optim.minimize(model, lambda: np.log(model.weight * 0 - 1).sum())
    np.testing.assert_array_equal(model.weight.data, before["weight"])
    monkeypatch.setitem(__import__("sys").modules, "scipy.optimize", None)
    with pytest.raises(ImportError, match=r"chainrule\[scipy\]"):
        nn.optim.minimize(model, lambda: model.weight.sum())


def test_a_loss_without_curvature():
    pytest.importorskip("scipy")
    p = nn.Parameter([2.0])
    nn.optim.minimize([p], lambda: p.sum() * 0 + 1.0, method="trust-ncg")
    assert p.item() == 2.0


# -- schedules -----------------------------------------------------------------------------------------------------


def sequential(optimizer):
    warm = lr_scheduler.LinearLR(optimizer, 0.1, total_iters=3)
    return lr_scheduler.SequentialLR(optimizer, [warm, lr_scheduler.CosineAnnealingLR(optimizer, 9)], [3])


def chained(optimizer):
    return lr_scheduler.ChainedScheduler(
        [lr_scheduler.ExponentialLR(optimizer, 0.9), lr_scheduler.StepLR(optimizer, 3)]
    )


MADE = {
    "multistep": lambda o: lr_scheduler.MultiStepLR(o, [2, 7]),
    "onecycle": lambda o: lr_scheduler.OneCycleLR(o, 1.0, 40),
    "lambda": lambda o: lr_scheduler.LambdaLR(o, lambda t: 0.9**t),
    "plateau": lambda o: lr_scheduler.ReduceLROnPlateau(o, patience=1),
    "sequential": sequential,
    "chained": chained,
}


@pytest.mark.parametrize("make", MADE.values(), ids=list(MADE))
def test_a_saved_schedule_continues(make):
    def advance(schedule, optimizer, times):
        seen = []
        for _ in times:
            schedule.step(*([1.0] if isinstance(schedule, lr_scheduler.ReduceLROnPlateau) else []))
            seen.append((schedule.get_last_lr(), optimizer.param_groups[0]["momentum"]))
        return seen

    optimizer, other = (nn.SGD([nn.Parameter(1.0)], lr=0.5, momentum=0.9) for _ in range(2))
    schedule = make(optimizer)
    advance(schedule, optimizer, range(5))
    state, moved = schedule.state_dict(), optimizer.state_dict()
    expected = advance(schedule, optimizer, range(5, 15))
    again = make(other)
    again.load_state_dict(state)
    other.load_state_dict(moved)
    assert advance(again, other, range(5, 15)) == expected


def test_a_schedule_resumes_from_its_time():
    optimizer = nn.SGD([nn.Parameter(1.0)], lr=0.5)
    with pytest.raises(KeyError, match="initial_lr"):
        lr_scheduler.ExponentialLR(optimizer, 0.9, last_epoch=3)
    optimizer.param_groups[0]["initial_lr"] = 1.0
    assert lr_scheduler.LambdaLR(optimizer, lambda t: 1 / t, last_epoch=3).get_last_lr() == [0.25]


def test_the_momentum_of_adam_cycles():
    optimizer = nn.optim.Adam([nn.Parameter(1.0)])
    lr_scheduler.OneCycleLR(optimizer, 1.0, 10)
    assert optimizer.param_groups[0]["betas"] == (0.95, 0.999)


WRONG_SCHEDULES = {
    "steps": (lambda o: lr_scheduler.OneCycleLR(o, 1.0), "total_steps"),
    "anneal": (lambda o: lr_scheduler.OneCycleLR(o, 1.0, 9, anneal_strategy="x"), "anneal_strategy='x'"),
    "momentum": (
        lambda o: lr_scheduler.OneCycleLR(nn.optim.Adagrad([nn.Parameter(1.0)]), 1.0, 9),
        "cycle_momentum=False",
    ),
    "too long": (lambda o: over(o), "step 3 of 2"),
    "mode": (lambda o: lr_scheduler.CyclicLR(o, 0.1, 1.0, mode="x"), "mode='x'"),
    "plateau": (lambda o: lr_scheduler.ReduceLROnPlateau(o, mode="x"), "mode='x'"),
    "factor": (lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=1.5), "factor=1.5"),
    "start": (lambda o: lr_scheduler.LinearLR(o, start_factor=0.0), "start_factor=0.0"),
    "restarts": (lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 0), "at least 1"),
    "each": (lambda o: lr_scheduler.LambdaLR(o, [abs, abs]), "2 entries, and the optimiser 1"),
    "milestones": (lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.StepLR(o, 1)], [3]), "there are 0"),
    "owners": (
        lambda o: lr_scheduler.ChainedScheduler([lr_scheduler.StepLR(o, 1)], nn.SGD([nn.Parameter(1.0)])),
        "different",
    ),
}


def over(optimizer):
    schedule = lr_scheduler.OneCycleLR(optimizer, 1.0, 2)
    for _ in range(3):
        schedule.step()


@pytest.mark.parametrize(("call", "words"), WRONG_SCHEDULES.values(), ids=list(WRONG_SCHEDULES))
def test_wrong_schedules(call, words):
    with pytest.raises(ValueError, match=words):
        call(nn.SGD([nn.Parameter(1.0)], lr=0.5, momentum=0.9))


def test_a_schedule_must_say_its_rate():
    with pytest.raises(NotImplementedError, match="must define rate"):
        lr_scheduler.LRScheduler(nn.SGD([nn.Parameter(1.0)]))


# -- gradients and weights as a whole ------------------------------------------------------------------------------


def test_clipping():
    p, q, idle = nn.Parameter([3.0, 0.0]), nn.Parameter(4.0), nn.Parameter(1.0)
    p.grad, q.grad = np.float32([3, 0]), np.float64(4.0)
    assert utils.clip_grad_norm_([p, q, idle], 10.0) == 5.0
    assert p.grad.tolist() == [3, 0]
    assert utils.clip_grad_norm_([p, q, idle], 1.0) == 5.0
    np.testing.assert_allclose([*p.grad, q.grad], [0.6, 0, 0.8], rtol=1e-6)
    assert p.grad.dtype == np.float32
    assert utils.clip_grad_norm_(p, 1.0, norm_type=np.inf) == pytest.approx(0.6)
    assert utils.clip_grad_norm_([idle], 1.0) == 0.0
    utils.clip_grad_value_([p, q], 0.5)
    np.testing.assert_allclose([*p.grad, q.grad], [0.5, 0, 0.5])
    q.grad = np.float64("nan")
    with pytest.raises(NonFiniteError, match="norm of the gradients is nan"):
        utils.clip_grad_norm_([q], 1.0, error_if_nonfinite=True)


def test_vectors_of_parameters():
    p, q = nn.Parameter(np.float32([[1, 2], [3, 4]])), nn.Parameter(5.0)
    vector = utils.parameters_to_vector([p, q])
    assert vector.data.tolist() == [1, 2, 3, 4, 5]
    (vector**2).sum().backward()
    assert q.grad == 10
    utils.vector_to_parameters(vector * 2, [p, q])
    assert (p.data.tolist(), q.item(), p.dtype) == ([[2, 4], [6, 8]], 10.0, np.float32)


class Normed(nn.Module):
    """A batch norm's bookkeeping, and nothing else."""

    def __init__(self):
        self.weight, self.momentum = nn.Parameter([1.0]), 0.1
        for name, value in (("running_mean", [5.0]), ("running_var", [1.0]), ("num_batches_tracked", 7)):
            self.register_buffer(name, np.array(value))

    def forward(self, x):
        if self.training:
            self.num_batches_tracked = self.num_batches_tracked + 1
            share = 1 / self.num_batches_tracked if self.momentum is None else self.momentum
            self.running_mean = self.running_mean + share * (x.mean() - self.running_mean)
        return self.weight * x


def test_averages_of_weights():
    model = Normed()
    mean, ema = (
        averaging.AveragedModel(model),
        averaging.AveragedModel(model, averaging.get_ema_avg_fn(0.9), use_buffers=True),
    )
    for number in (1.0, 2.0, 6.0):
        model.weight.data, model.running_mean = [number], np.array([number])
        mean.update_parameters(model)
        ema.update_parameters(model)
    assert (mean.module.weight.item(), mean.module.running_mean.item(), mean.n_averaged) == (pytest.approx(3.0), 6.0, 3)
    expected = 0.9 * (0.9 * 1 + 0.1 * 2) + 0.1 * 6
    assert (ema.module.weight.item(), ema.module.running_mean.item()) == (
        pytest.approx(expected),
        pytest.approx(expected),
    )
    assert mean(np.ones(1)).item() == pytest.approx(3.0)
    assert "n_averaged" in mean.state_dict()


def test_statistics_of_batch_norms_are_found_anew():
    model = Normed().eval()
    averaging.update_bn([(np.array([1.0, 3.0]), None), np.array([5.0])], nn.Sequential(model))
    assert model.running_mean.item() == pytest.approx(3.5)
    assert (model.momentum, model.training) == (0.1, False)
    averaging.update_bn([], nn.ReLU())


def test_cycles_resume_from_their_time_and_leave_the_momentum_alone():
    makes = (
        lambda o, **k: lr_scheduler.OneCycleLR(o, 1.0, 10, cycle_momentum=False, **k),
        lambda o, **k: lr_scheduler.CyclicLR(o, 0.1, 1.0, 4, cycle_momentum=False, **k),
    )
    for make in makes:
        optimizer = nn.SGD([nn.Parameter(1.0)], lr=0.5, momentum=0.7)
        schedule = make(optimizer)
        for _ in range(4):
            schedule.step()
        resumed = make(optimizer, last_epoch=2)
        schedule = make(nn.SGD([nn.Parameter(1.0)], lr=0.5, momentum=0.7))
        for _ in range(3):
            schedule.step()
        assert resumed.get_last_lr() == schedule.get_last_lr()
        assert optimizer.param_groups[0]["momentum"] == 0.7
