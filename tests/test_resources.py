"""What a graph costs: linear time, memory that reference counting gives back, and state that nothing can tear."""

from __future__ import annotations

import gc
import os
import platform
import signal
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

import autograd as ag
from autograd import Value, checkpoint, fixed_point, grad, implicit, no_grad
from autograd.engine.mode import is_recording, tracing
from autograd.rules import indexing, shaping


@pytest.fixture
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def rows_in_a_loop():
    x = Value(np.ones((400, 5)))
    total = 0.0
    for t in range(400):
        total = total + x[t, 0] * x[t].sum()
    total.backward()
    np.testing.assert_allclose(x.grad, [[6.0, 1, 1, 1, 1]] * 400)


def second_order():
    def f(x):
        total = 0.0
        for t in range(300):
            total = total + x[t] ** 3
        return total

    np.testing.assert_allclose(grad(lambda x: np.sum(grad(f)(x) ** 2))(np.ones(300)), np.full(300, 36.0))


VIEWS = {
    "transposed": lambda x: x.T, "swapped": lambda x: x.swapaxes(0, 1), "row": lambda x: x[:, 1:].T,
    "reshaped": lambda x: x.reshape(5, -1), "of a view": lambda x: x[1:].mT[::2].transpose(1, 0),
    "squeezed": lambda x: x.reshape(1, 60, 5).squeeze(0), "copied": lambda x: x.T.reshape(-1, 20),
}  # fmt: skip


def through_views(view):
    """Picks from a view that is made anew in every round; the true derivative is that of the picks all at once."""

    def in_a_loop(x):
        return sum(np.sum(view(x)[t] ** 2) for t in range(len(view(x))))

    x = np.arange(300.0).reshape(60, 5)
    np.testing.assert_array_equal(grad(in_a_loop)(x), grad(lambda x: np.sum(view(x) ** 2))(x))
    np.testing.assert_array_equal(
        grad(lambda x: np.sum(grad(in_a_loop)(x) ** 2))(x), 2 * grad(lambda x: np.sum(2 * view(x) ** 2))(x)
    )


def rows_of_a_column_view():
    through_views(VIEWS["transposed"])


def rows_of_a_reshaped_array():
    through_views(VIEWS["reshaped"])


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_picks_from_views(view):
    through_views(view)


@pytest.mark.parametrize("use", [rows_in_a_loop, second_order, rows_of_a_column_view, rows_of_a_reshaped_array])
def test_picks_in_a_loop_make_few_arrays_of_zeros(use, monkeypatch):
    """One for each pick would be quadratic."""
    made = []
    forward = indexing.scatter_all.forward
    monkeypatch.setattr(indexing.scatter_all, "forward", lambda *parts, **how: made.append(1) or forward(*parts, **how))
    use()
    assert 1 <= len(made) < 10


MANY = {
    "np.stack": np.stack, "np.concatenate": lambda xs: np.concatenate([x.reshape(1) for x in xs]), "Value": Value,
    "np.hstack": np.hstack,
}  # fmt: skip


@pytest.mark.parametrize("make", MANY.values(), ids=MANY)
def test_a_node_with_many_inputs_asks_its_rule_once(make, monkeypatch):
    """Once for every input, with all inputs at hand, would be quadratic."""
    asked = []
    for op in (shaping.stack_arrays, shaping.concatenate_arrays):
        (rule,) = op.rules
        monkeypatch.setattr(op, "rules", (lambda *args, rule=rule, **how: asked.append(1) or rule(*args, **how),))
    scalars = [Value(float(i)) for i in range(2000)]
    (make(scalars) * np.arange(2000.0)).sum().backward()
    assert len(asked) == 1
    assert [x.grad for x in scalars] == list(range(2000))


# -- memory ------------------------------------------------------------------------------------------------------


def use_checkpoint():
    v = Value(np.ones(50_000))
    np.sum(checkpoint(lambda x: np.sin(x) * x)(v)).backward()


def use_fixed_point():
    a = Value(2.0)
    fixed_point(lambda a: lambda x: 0.5 * (x + a / x), a, 1.0, lambda x, y: abs(x - y), 1e-9).backward()


def use_implicit():
    a = Value(np.ones(3))
    implicit(lambda a: np.sqrt(a), lambda x, a: x * x - a)(a).sum().backward()


def use_primitive():
    f = ag.primitive(lambda x: x * 2)
    ag.defvjp(f, lambda out, x: lambda g: g * 2)
    f(Value(np.ones(50_000))).sum().backward()


def use_odeint():
    from autograd.scipy.integrate import odeint

    np.sum(odeint(lambda y, t, a: -a * y, Value([1.0]), np.linspace(0, 1, 3), (Value(2.0),))).backward()


def use_transformations():
    grad(lambda x: np.sum(grad(lambda z: np.sum(z**3))(x) ** 2))(np.ones(100))
    ag.hessian(lambda x: np.sum(x**3))(np.ones(5))
    ag.linearize(np.sin, np.ones(3))[1](np.ones(3))


def caught_error():
    v = Value(np.zeros((300, 300)))
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.inv(v)
    with pytest.raises(ag.ShapeError):
        v @ np.ones(7)


USES = [use_checkpoint, use_fixed_point, use_implicit, use_primitive, use_odeint, use_transformations, caught_error]


@pytest.mark.parametrize("use", USES)
def test_nothing_is_left_for_the_garbage_collector(use, no_collector):
    use()  # the first time imports and caches
    gc.collect()
    tracemalloc.start()
    use()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(5):
        use()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert gc.collect() == 0
    assert grown < 200_000  # one array would be more; what there is are Python's stocks of small objects


def test_rounds_of_a_checkpointed_chain_stay_below_the_peak_of_the_plain_one(no_collector):
    def chain(x):
        for _ in range(20):
            x = np.tanh(x) * 1.01
        return x

    def peak(f, rounds):
        v = Value(np.ones(40_000))
        tracemalloc.start()
        for _ in range(rounds):
            v.grad = None
            np.sum(f(f(f(v)))).backward(leaves_only=True)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(checkpoint(chain), 8) < peak(chain, 1)


FAULTS = """
import resource
import sys

import numpy as np

from autograd import Value, grad

x = np.ones(200_000)


def faults_of_a_round():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        [np.tanh(x) for _ in range(8)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


faults_of_a_round()
before = faults_of_a_round()
if sys.argv[1] == "grad":
    grad(np.sum)(x)
else:
    Value(x).sum().backward()
faults_of_a_round()
print(before, faults_of_a_round())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries keep their memory as they like")
@pytest.mark.parametrize(("how", "keep"), [("grad", "1"), ("backward", "1"), ("backward", "0")])
def test_freed_memory_is_kept_from_the_first_backward_pass_on(how, keep):
    """Eight arrays of 1.6 MB, freed and made again, are 390 pages each that the system has to bring in, or none."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MALLOC_")} | {"CHAINRULE_KEEP_MEMORY": keep}
    run = [sys.executable, "-c", FAULTS, how]
    printed = subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout
    before, after = map(int, printed.split())
    assert before > 5000
    assert (after < 500) if keep == "1" else (after > 5000)


# -- interrupts --------------------------------------------------------------------------------------------------


def interrupt(*_):
    raise KeyboardInterrupt


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer to interrupt with")
def test_an_interrupt_at_any_moment_leaves_no_setting_changed(no_collector):
    """Without the collector: an interrupt inside the callbacks that others hang on it is theirs, and pytest reports it."""
    settings = np.geterr()
    before = signal.signal(signal.SIGALRM, interrupt)
    interrupted = 0
    v, w = Value(np.ones(10)), Value(2.0)
    try:
        for k in range(300):
            y = np.sum(np.exp(v * w) * w) + w
            v.grad = w.grad = None
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-5 + k * 1e-6)
                y.backward()
                grad(lambda x: np.sum(np.log(x) * x))(np.ones(3))
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                interrupted += 1
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            assert (v.grad is None) == (w.grad is None)
            assert is_recording() is True
            assert not tracing.get()
            assert np.geterr() == settings
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted > 20


class Torn(KeyboardInterrupt):
    pass


def test_a_step_of_an_optimiser_is_whole_or_not_at_all():
    import nn

    class Stubborn(Value):
        """A parameter whose number cannot be set, for once."""

        __slots__ = ()
        broken = True

        def take_over(self, new):
            if Stubborn.broken and new is not self.raw:
                raise Torn
            super().take_over(new)

    params = [Value([1.0, 2.0]), Stubborn([3.0])]
    for p in params:
        p.grad = np.ones(p.shape)
    optimizer = nn.SGD(params, lr=0.5, momentum=0.9)
    with pytest.raises(Torn):
        optimizer.step()
    np.testing.assert_array_equal(params[0].data, [1.0, 2.0])
    Stubborn.broken = False
    optimizer.step()
    np.testing.assert_array_equal(params[0].data, [0.5, 1.5])
    np.testing.assert_array_equal(params[1].data, [2.5])
    optimizer.step()  # the velocity was not counted twice
    np.testing.assert_allclose(params[1].data, [2.5 - 0.5 * 1.9])


def test_a_rule_that_raises_leaves_nothing_half_done():
    f = ag.primitive(lambda x: x * 2)

    def raising(out, x):
        def pull(g):
            raise Torn

        return pull

    ag.defvjp(f, raising)
    v, w = Value(1.0), Value(2.0)
    y = f(v) * w + w
    with pytest.raises(Torn):
        y.backward()
    assert (v.grad, w.grad, is_recording()) == (None, None, True)
    with no_grad():
        assert not is_recording()
