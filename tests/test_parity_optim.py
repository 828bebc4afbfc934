"""Optimisers and schedules do what PyTorch's do: numbers of torch==2.13.0, made by tests/tools/parity_optim.py."""

import numpy as np
import pytest

import nn
from nn.optim import averaging, lr_scheduler
from tests.tools import parity_optim as parity

with np.load(parity.PLACE) as _golden:
    GOLDEN = dict(_golden)


def run(make, dtype, chosen=slice(None), steps=parity.STEPS):
    """All parameters after some steps, flat, and the optimiser."""
    x, t, *arrays = parity.start(dtype)
    parameters = [nn.Parameter(a) for a in arrays]
    optimizer = make(parameters[chosen])

    def closure():
        optimizer.zero_grad()
        out = parity.loss(np.tanh, x, t, *parameters)
        out.backward()
        return out

    for _ in range(steps):
        optimizer.step(closure)
    assert all(p.raw.dtype == dtype for p in parameters)
    assert all(s.dtype == dtype for state in optimizer.state.values() for s in state.values() if hasattr(s, "dtype"))
    return np.concatenate([np.ravel(p.raw) for p in parameters]), optimizer


@pytest.mark.parametrize(
    ("name", "options", "dtype"), parity.RUNS, ids=[f"{parity.label(*o)} {dtype}" for *o, dtype in parity.RUNS]
)
def test_ten_steps(name, options, dtype):
    extra = {"inputs_first": False} if name == "Muon" else {}
    chosen = slice(2) if name == "Muon" else slice(None)
    found, _ = run(lambda ps: getattr(nn.optim, name)(ps, **options, **extra), dtype, chosen)
    expected = GOLDEN[f"{parity.label(name, options)} {dtype}"]
    tolerance = parity.DTYPES[dtype]
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * abs(expected).max())


@pytest.mark.parametrize(("name", "options"), parity.SCHEDULES, ids=[parity.label(*o) for o in parity.SCHEDULES])
def test_thirty_times(name, options):
    optimizer = nn.SGD([{"params": [nn.Parameter([0.0])], "lr": lr} for lr in (0.5, 0.2)], momentum=0.9)

    def schedule(name, options):
        home = averaging if name == "SWALR" else lr_scheduler
        made = parity.functions(options, schedule)
        return getattr(home, name)(*([] if name == "ChainedScheduler" else [optimizer]), **made)

    found = parity.rates(optimizer, schedule(name, options), name)
    np.testing.assert_allclose(found, GOLDEN[parity.label(name, options)], rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("dtype", parity.DTYPES)
def test_lion_is_the_recurrence_of_its_paper(dtype):
    """Algorithm 2 of Chen et al., number by number; PyTorch has no Lion."""
    options = {"lr": 0.03, "betas": (0.7, 0.8), "weight_decay": 0.2}
    found, _ = run(lambda ps: nn.optim.Lion(ps, **options), dtype)
    x, t, *arrays = parity.start(dtype)
    momentum = [np.zeros_like(a) for a in arrays]
    for _ in range(parity.STEPS):
        values = [nn.Parameter(a) for a in arrays]
        parity.loss(np.tanh, x, t, *values).backward()
        for i, v in enumerate(values):
            c = np.asarray(0.7 * momentum[i] + (1 - 0.7) * v.grad)
            arrays[i] = np.asarray(arrays[i] - 0.03 * (np.sign(c) + 0.2 * arrays[i]), dtype)
            momentum[i] = 0.8 * momentum[i] + (1 - 0.8) * v.grad
    expected = np.concatenate([np.ravel(a) for a in arrays])
    np.testing.assert_allclose(found, expected, rtol=parity.DTYPES[dtype])
    up, _ = run(lambda ps: nn.optim.Lion(ps, lr=0.03, maximize=True), dtype, steps=1)
    down, _ = run(lambda ps: nn.optim.Lion(ps, lr=0.03), dtype, steps=1)
    np.testing.assert_allclose(up + down, 2 * run(lambda ps: nn.SGD(ps, lr=0.0), dtype)[0], rtol=1e-5)


@pytest.mark.parametrize(("adjust", "scale"), [("original", 3**0.5), ("match_rms_adamw", 0.2 * 6**0.5)])
def test_muon_measures_a_matrix_of_inputs_and_outputs(adjust, scale):
    """`Linear`'s weight has its outputs second."""
    wide, tall = nn.Parameter(np.zeros((2, 6))), nn.Parameter(np.zeros((6, 2)))
    g = np.random.default_rng(0).normal(size=(2, 6))
    wide.grad, tall.grad = g, g.T
    nn.optim.Muon([wide], lr=1.0, adjust_lr_fn=adjust).step()
    nn.optim.Muon([tall], lr=1.0, adjust_lr_fn=adjust, inputs_first=False).step()
    np.testing.assert_allclose(wide.data, tall.data.T)
    values = np.linalg.svd(wide.data, compute_uv=False) / scale
    assert ((values > 0.6) & (values < 1.3)).all()  # nearly orthogonal
