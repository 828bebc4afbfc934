"""A multi-layer net: sigmoid layers of any sizes, the sum of squared errors, gradient descent with a learning rate.

The second article describes it in words; weights and biases begin at random. The task is one that no line can do: a
disc inside a ring.
"""

from __future__ import annotations

import itertools

import numpy as np
from _common import OUT, Row, claim, draw_graph, figure, known, print_table, save, scatter, shade

import nn
from autograd import no_grad

SIZES, STEPS, RATE = (2, 8, 8, 1), 2000, 0.05


def disc_in_ring(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """`n` points, the first half within radius 1, the others between 1.5 and 2.5; targets 1 and 0."""
    radius = np.where(np.arange(n) < n // 2, np.sqrt(rng.uniform(0, 1, n)), rng.uniform(1.5, 2.5, n))
    angle = rng.uniform(0, 2 * np.pi, n)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), (radius <= 1).astype(float)[:, None]


def sigmoid_net(sizes: tuple[int, ...], rng: np.random.Generator) -> nn.Sequential:
    """A linear layer and a sigmoid for each pair of neighbouring sizes; weights and biases from a standard normal."""
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.Sigmoid()]
    net = nn.Sequential(*layers)
    for parameter in net.parameters():
        nn.init.normal_(parameter, generator=rng)
    return net


def main() -> list[Row]:
    rng = np.random.default_rng(1)
    x, t = disc_in_ring(200, rng)
    net, cost = sigmoid_net(SIZES, rng), nn.SSELoss()
    print(net)
    optimizer = nn.SGD(net.parameters(), lr=RATE)
    history = nn.fit(net, cost, optimizer, nn.DataLoader(x, t, batch_size=len(x)), epochs=STEPS)
    costs = [epoch.loss for epoch in history]

    with no_grad():
        right = int(np.sum((net(x).data > 0.5) == t))
    rows = [
        claim("the cost falls", "yes", f"{costs[0]:.1f} → {costs[-1]:.3f}", costs[-1] < 0.01 * costs[0]),
        claim("points on the right side", f"{len(x)} of {len(x)}", f"{right} of {len(x)}", right == len(x)),
    ]
    print_table("A multi-layer sigmoid net, " + "-".join(map(str, SIZES)), rows)

    drawing, (left, curve) = figure("A disc in a ring", "The sum of squared errors", height=5)
    with no_grad():
        shade(left, lambda points: net(points).data, (-2.7, 2.7), (-2.7, 2.7))
    scatter(left, x, t[:, 0], size=35)
    left.set(aspect="equal", xlabel="x", ylabel="y")
    curve.plot(costs)
    curve.set(xlabel="step", ylabel="cost", yscale="log", xlim=(0, STEPS))
    print(f"  wrote {save(drawing, '03_multilayer_sigmoid.png')}")
    small = sigmoid_net((2, 2, 1), rng)
    picture = cost(small(known(x[:1], "x")), known(t[:1], "t"))
    picture.backward()
    print(f"  wrote {draw_graph(picture, OUT / '03_multilayer_sigmoid_graph.svg')}")
    return rows


if __name__ == "__main__":
    main()
