"""Derivatives over an array that is larger than the memory: three models on a local Dask cluster of two processes.

Each worker may use 400 MB; the array has 800 MB and is never whole anywhere. The same Python function, and the same derivative
rules, then run on NumPy, a slice at a time, for comparison. ``python examples/dask_regression.py [--rows N] [--kill]``

With ``--kill`` one of the two processes is killed while the first model is computed: another takes its place, and what it had is
computed again.
"""

from __future__ import annotations

import argparse
import os
import signal
import time

import dask
import dask.array as da
import numpy as np
from distributed import Client, LocalCluster

from autograd import value_and_grad

FEATURES, CHUNK = 50, 50_000


def make(rows):
    """Features, targets and labels, made chunk by chunk when they are needed."""
    x = da.random.default_rng(0).normal(size=(rows, FEATURES), chunks=(CHUNK, FEATURES))
    t = x @ np.linspace(-1, 1, FEATURES)
    return x, t, (t > 0.5).astype(float)


def linear(p, x, t, _):
    return np.mean((x @ p["w"] - t) ** 2)


def logistic(p, x, _, label):
    z = x @ p["w"]
    return np.mean(np.logaddexp(0, z) - label * z)


def two_layers(p, x, t, _):
    return np.mean((np.tanh(x @ p["W"] + p["b"]) @ p["v"] - t) ** 2)


def parameters():
    rng = np.random.default_rng(1)
    w = {"w": rng.normal(size=FEATURES) / 10}
    net = {"W": rng.normal(size=(FEATURES, 8)) / 10, "b": np.zeros(8), "v": rng.normal(size=8)}
    return {linear: w, logistic: w, two_layers: net}


def by_slices(model, p, data):
    """The same value and gradient with NumPy, a chunk at a time: the mean of the chunks' means."""
    total, sums, chunks = 0.0, dict.fromkeys(p, 0.0), list(zip(*(d.to_delayed().ravel() for d in data), strict=True))
    for parts in chunks:
        value, gradient = value_and_grad(model)(p, *dask.compute(*parts, scheduler="synchronous"))
        total += value / len(chunks)
        sums = {k: sums[k] + gradient[k] / len(chunks) for k in p}
    return total, sums


def killing(client, answer):
    """Kill a worker once both have begun; the identity of the process that is no more."""
    before = client.run(os.getpid)
    while not answer.done() and not all(client.processing().values()):
        time.sleep(0.01)
    victim = before[sorted(before)[0]]
    os.kill(victim, signal.SIGKILL)
    return victim


def main(rows=2_000_000, memory="400MB", in_processes=True, kill=False):
    """(model, value on Dask, value on NumPy, largest difference of the gradients) for each model.

    With `kill`, a worker is killed while the first is computed.
    """
    data = make(rows)
    results = []
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, memory_limit=memory, processes=in_processes, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        for model, p in parameters().items():
            answer = client.compute(dask.delayed(value_and_grad(model)(p, *data)))
            if kill and model is linear:
                victim = killing(client, answer)
            value, gradient = answer.result()
            expected, slope = by_slices(model, p, data)
            difference = max(np.max(abs(gradient[k] - slope[k])) for k in p)
            results.append((model.__name__, float(value), float(expected), float(difference)))
        if kill:
            client.wait_for_workers(2)
            assert victim not in client.run(os.getpid).values()
    return results


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--kill", action="store_true", help="kill a worker while it computes")
    options = parser.parse_args()
    rows = options.rows
    print(f"{rows:,} rows of {FEATURES} numbers: {rows * FEATURES * 8 / 1e6:,.0f} MB; 400 MB for each of two workers\n")
    for name, value, expected, difference in main(rows, kill=options.kill):
        print(f"{name:<12} loss on Dask {value:.12f}   on NumPy {expected:.12f}   gradients differ by {difference:.1e}")
