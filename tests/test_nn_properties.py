"""Properties of networks and trainings that are drawn at random (tests/random_networks.py), held against each other."""

from __future__ import annotations

import copy
import gc
import itertools
import pickle
from typing import Any

import numpy as np
import pytest

import nn
from autograd import Value, grad, no_grad
from nn import training
from nn.functional import cross_entropy
from nn.optim import averaging
from tests.random_networks import Draw

TARGETS = np.array([0, 1, 2, 1, 0, 2, 2, 1, 0])
seeds = pytest.mark.parametrize("seed", range(30))


def raw(value: Any) -> Any:
    return value.raw if isinstance(value, Value) else value


def assert_same(a: Any, b: Any, what: str = "") -> None:
    np.testing.assert_array_equal(raw(a), raw(b), err_msg=what)
    assert raw(a).dtype == raw(b).dtype, what


def assert_same_state(a: dict[str, Any], b: dict[str, Any]) -> None:
    assert a.keys() == b.keys()
    for name, array in a.items():
        assert_same(array, b[name], name)


@seeds
def test_float32_stays_float32(seed):
    draw = Draw(seed)
    model, x = draw.network()
    outputs: list[tuple[str, Any]] = []

    def note(module: Any, args: Any, output: Any) -> None:
        parts = output if isinstance(output, tuple) else (output,)
        outputs.extend((type(module).__name__, part.dtype) for part in parts if hasattr(part, "dtype"))

    for module in model.modules():
        module.register_forward_hook(note)
    optimizer = draw.optimizer(model)
    schedule = draw.schedule(optimizer)
    leaf = Value(x) if x.dtype.kind == "f" else x
    for _ in range(2):
        optimizer.zero_grad()
        cross_entropy(model(leaf), TARGETS).backward()
        optimizer.step()
        schedule.step()
    kinds = dict(outputs)
    kinds |= {name: p.dtype for name, p in model.named_parameters()}
    kinds |= {f"gradient of {name}": p.grad.dtype for name, p in model.named_parameters() if p.grad is not None}
    kinds |= {name: b.dtype for name, b in model.named_buffers() if b.dtype.kind == "f"}
    kinds |= {f"{key} of {p.name}": array.dtype for p, state in optimizer.state.items() for key, array in state.items()
              if isinstance(array, np.ndarray | np.generic)}  # fmt: skip
    kinds |= {"input": leaf.grad.dtype} if isinstance(leaf, Value) else {}
    assert {name: kind for name, kind in kinds.items() if kind != np.float32} == {}
    assert all(p.grad is None for p in model.parameters() if not p.requires_grad)


@seeds
def test_what_is_saved_or_copied_is_the_same_and_apart(seed, tmp_path):
    model, x = Draw(seed).network()
    model(x)  # moves the statistics
    model.eval()
    y = raw(model(x))
    assert_same(model(x), y)
    other, _ = Draw(seed).network()
    for p in other.parameters():
        p.data = p.raw * 0
    nn.save(tmp_path / "model.npz", model.state_dict())
    other.load_state_dict(nn.load(tmp_path / "model.npz"))
    for twin in (other.eval(), copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert_same(twin(x), y)
        assert_same_state(twin.state_dict(), model.state_dict())
        arrays = [p.raw for p in twin.parameters()] + twin.buffers()
        own = [p.raw for p in model.parameters()] + model.buffers()
        assert not any(np.shares_memory(a, b) for a, b in zip(arrays, own, strict=True))
        assert [p.requires_grad for p in twin.parameters()] == [p.requires_grad for p in model.parameters()]
        for array in twin.buffers():
            array += 1
        for p in twin.parameters():
            p.data = p.raw + 1
    assert_same(model(x), y)
    model.train()
    twin = copy.deepcopy(model)
    drawn = []
    for one in (model, twin):  # each draws from generators of its own, which are in one state, or from the shared one
        nn.manual_seed(1)
        drawn.append(one(x))
    assert_same(*drawn)


@seeds
def test_an_example_does_not_depend_on_the_batch_it_is_in(seed):
    model, x = Draw(seed, np.float64, statistics=False).network()
    model.eval()
    y = raw(model(x))
    alone = np.concatenate([raw(model(x[i : i + 1])) for i in range(len(x))])
    np.testing.assert_allclose(alone, y, rtol=1e-9, atol=1e-10)
    with no_grad():
        silent = model(x)
    assert not isinstance(silent, Value) or (silent.op is None and not silent.requires_grad)
    np.testing.assert_allclose(raw(silent), y, rtol=1e-9, atol=1e-10)


@seeds
def test_derivatives_are_the_limits_of_differences(seed):
    nn.manual_seed(seed)
    model, x = Draw(seed, np.float64, chance=False, smooth=True).network()
    weights = [p for p in model.parameters() if p.requires_grad]
    rng = np.random.default_rng(seed)
    here = [p.raw + 0.01 * rng.normal(size=p.shape) for p in weights]
    way, other = ([rng.normal(size=p.shape) for p in weights] for _ in range(2))

    def slope(step: float, along: Any, *, create_graph: bool = False) -> Any:
        """The derivative in the direction `way`, a step from here."""
        for p, start, d in zip(weights, here, along, strict=True):
            p.data = start + step * d
        found = grad(cross_entropy(model(x), TARGETS), weights, create_graph=create_graph, allow_unused=True)
        return sum((g * d).sum() for g, d in zip(found, way, strict=True) if g is not None)

    def loss(step: float) -> float:
        for p, start, d in zip(weights, here, way, strict=True):
            p.data = start + step * d
        return cross_entropy(model(x), TARGETS).item()

    e = 1e-6
    assert slope(0, way) == pytest.approx((loss(e) - loss(-e)) / (2 * e), rel=1e-5, abs=1e-7)
    curve = slope(0, way, create_graph=True)
    second = grad(curve, weights, allow_unused=True)
    found = sum((g * d).sum() for g, d in zip(second, other, strict=True) if g is not None)
    assert found == pytest.approx((slope(e, other) - slope(-e, other)) / (2 * e), rel=1e-4, abs=1e-5)


@seeds
def test_a_step_leaves_nothing_for_the_collector(seed):
    draw = Draw(seed)
    model, x = draw.network()
    optimizer = draw.optimizer(model)

    def steps(n: int) -> None:
        for _ in range(n):
            optimizer.zero_grad()
            cross_entropy(model(x), TARGETS).backward()
            optimizer.step()

    gc.disable()
    gc.freeze()  # what is there already need not be walked
    try:
        steps(2)
        assert gc.collect() == 0
        before = len(gc.get_objects())
        steps(6)
        assert len(gc.get_objects()) < before + 16
        assert gc.collect() == 0
    finally:
        gc.unfreeze()
        gc.enable()


class Tempered(nn.Module):
    """A loss with a parameter, that draws."""

    def __init__(self) -> None:
        self.heat = nn.Parameter(np.ones((), np.float32))
        self.generator = np.random.default_rng(0)

    def forward(self, output: Any, targets: Any) -> Any:
        return cross_entropy(output * self.heat * np.float32(self.generator.uniform(0.9, 1)), targets)


class Averaged(training.Callback):
    def __init__(self, model: nn.Module) -> None:
        self.average = averaging.AveragedModel(model, averaging.get_ema_avg_fn(0.9))

    def on_step(self, run: Any) -> None:
        self.average.update_parameters(run.model)

    def state_dict(self) -> dict[str, Any]:
        return dict(self.average.state_dict())

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.average.load_state_dict(state_dict)


class Killed(training.Callback):
    """After so many batches, behind the checkpoint."""

    last = True

    def __init__(self, batches: int) -> None:
        self.left = batches

    def on_batch_end(self, run: Any) -> None:
        self.left -= 1
        if self.left == 0:
            raise SystemExit


class Enough(training.Callback):
    """Ends the training within its second epoch."""

    def on_batch_end(self, run: Any) -> None:
        run.stop = run.stop or (run.epoch, run.batch) == (1, 2)


def right(output: Any, targets: Any) -> Any:
    return np.mean(output.argmax(axis=1) == targets)


def trained(seed: int, *last: training.Callback, spoilt: bool = False) -> tuple[Any, ...]:
    """A training that is drawn; `spoilt` begins it with other weights, which a checkpoint must replace."""
    nn.manual_seed(seed + spoilt)
    draw = Draw(seed)
    model, x = draw.network()
    loss = draw.one(Tempered(), cross_entropy)
    optimizer = draw.optimizer(model)
    if isinstance(loss, nn.Module):
        optimizer.add_param_group({"params": loss.parameters()})
    schedule = draw.schedule(optimizer)
    sampler = draw.one(
        {},
        {"shuffle": True},
        {"sampler": nn.data.WeightedRandomSampler(np.arange(1, 10), 9, generator=draw.seed)},
        {"sampler": nn.data.RandomSampler(x, replacement=True, num_samples=12, generator=draw.seed)},
    )
    loader = nn.DataLoader(x, TARGETS, batch_size=draw.one(3, 5), drop_last=draw.maybe(), generator=draw.seed,
                           num_workers=draw.one(0, 0, 2), **sampler)  # fmt: skip
    callbacks = [
        training.LRSchedule(schedule, draw.one("epoch", "step")),
        Averaged(model),
        *[training.GradientClipping(draw.one(0.1, 1.0))] * draw.maybe(),
        *[training.EarlyStopping("right", draw.one(0, 4), mode="max")] * draw.maybe(),
        *[Enough()] * draw.maybe(0.3),
    ]
    if spoilt:
        for p in model.parameters():
            p.data = p.raw + 1
    history = nn.fit(model, loss, optimizer, loader, nn.DataLoader(x, TARGETS, batch_size=4), epochs=3,
                     accumulate=draw.one(1, 2, 3), callbacks=[*callbacks, *last], metrics={"right": right})  # fmt: skip
    figures = [(epoch.figures(), epoch.lr) for epoch in history]
    states = {f"{key} {i}": np.asarray(entry) for i, state in optimizer.state_dict()["state"].items()
              for key, entry in state.items()}  # fmt: skip
    extra = loss.state_dict() if isinstance(loss, nn.Module) else {}
    return figures, {**model.state_dict(), **states, **extra, "output": raw(model(x))}, callbacks[1].state_dict()


@seeds
def test_the_same_seed_brings_the_same_bits(seed):
    one, other = trained(seed), trained(seed)
    assert one[0] == other[0]
    assert_same_state(one[1], other[1])
    assert_same_state(one[2], other[2])


@seeds
def test_a_training_that_is_killed_goes_on_with_the_same_bits(seed, tmp_path):
    whole, rng, path = trained(seed), np.random.default_rng(seed), tmp_path / "run.npz"

    def attempt(kill: int) -> tuple[Any, ...]:
        checkpoint = training.Checkpoint(path, every=1 + seed % 2)
        return trained(seed, checkpoint, Killed(kill), spoilt=path.exists())

    for _ in range(3):
        try:
            attempt(int(rng.integers(1, 6)))
        except SystemExit:
            continue
    resumed = attempt(0)
    assert resumed[0] == whole[0]
    assert_same_state(resumed[1], whole[1])
    assert_same_state(resumed[2], whole[2])


@pytest.mark.parametrize("seed", range(60))
def test_parameters_of_one_buffer_are_moved_as_each_alone(seed):
    """Frozen and not, with gradients and without, given other data or another dtype; saved, loaded, at other rates."""
    rng = np.random.default_rng(seed)
    name, options = [
        ("SGD", {"lr": 0.01}), ("SGD", {"lr": 0.01, "momentum": 0.9, "dampening": 0.1, "weight_decay": 0.1}),
        ("Adam", {"amsgrad": True, "weight_decay": 0.1}), ("AdamW", {}), ("NAdam", {}), ("RAdam", {}), ("Adamax", {}),
        ("RMSprop", {"momentum": 0.5, "centered": True}), ("Adagrad", {"lr_decay": 0.1}), ("Adadelta", {}), ("Lion", {}),
        ("Muon", {}),
    ][seed % 12]  # fmt: skip
    shapes: Any = [(2, 3), (4, 4), (60, 50)] if name == "Muon" else [(3,), (2, 3), (), (1,), (200, 200), (0, 2)]
    dtypes = [np.float32, np.float64]
    kind = getattr(nn.optim, name)
    together = [
        nn.Parameter(np.asarray(rng.normal(size=shapes[rng.integers(len(shapes))]), rng.choice(dtypes)))
        for _ in range(rng.integers(1, 6))
    ]
    apart = [nn.Parameter(p.raw.copy()) for p in together]
    optimizer, others = kind(together, **options), [kind([p], **options) for p in apart]
    for _ in range(10):
        for p, q in zip(together, apart, strict=True):
            change = rng.random()
            if change < 0.1:
                p.requires_grad = q.requires_grad = not p.requires_grad
            elif change < 0.2:
                p.data, q.data = np.asarray(p.raw * 2), np.asarray(q.raw * 2)
            elif change < 0.25:
                other = dtypes[p.dtype == np.float32]
                p.data, q.data = np.asarray(p.raw, other), np.asarray(q.raw, other)
            p.grad = None if rng.random() < 0.15 else np.asarray(rng.normal(size=p.shape), p.dtype)
            q.grad = None if p.grad is None else p.grad.copy()
        if rng.random() < 0.2:
            state = optimizer.state_dict()
            optimizer = kind(together, **options)
            optimizer.load_state_dict(state)
        if rng.random() < 0.2:
            for group in itertools.chain(optimizer.param_groups, *(o.param_groups for o in others)):
                group["lr"] /= 2
        for o in (optimizer, *others):
            o.step()
        for p, q in zip(together, apart, strict=True):
            assert (p.dtype, p.shape) == (q.dtype, q.shape)
            tolerance = 1e-5 if p.dtype == np.float32 else 1e-12
            np.testing.assert_allclose(p.raw, q.raw, rtol=tolerance, atol=tolerance)
