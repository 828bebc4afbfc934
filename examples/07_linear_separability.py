"""Linear separability: a single neuron draws a line. Where a line is enough it finds one; XOR has none."""

from __future__ import annotations

import numpy as np
from _common import INK, Row, claim, figure, print_table, save, scatter, shade

import nn
from autograd import no_grad

STEPS, RATE = 3000, 1.0
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def data_sets() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Points and their classes."""
    rng = np.random.default_rng(0)
    clouds = np.concatenate([rng.normal((0.2, 0.75), 0.12, (40, 2)), rng.normal((0.8, 0.25), 0.12, (40, 2))])
    return {
        "Two clouds": (clouds, np.repeat([1.0, 0.0], 40)),
        "OR": (CORNERS, np.array([0.0, 1.0, 1.0, 1.0])),
        "XOR": (CORNERS, np.array([0.0, 1.0, 1.0, 0.0])),
    }


def one_neuron(x: np.ndarray, t: np.ndarray) -> nn.Sequential:
    """A trained neuron: two weights, a bias, a sigmoid."""
    net = nn.Sequential(nn.Linear(2, 1, generator=0), nn.Sigmoid())
    optimizer, loss = nn.SGD(net.parameters(), lr=RATE), nn.MSELoss()
    for _ in range(STEPS):
        error = loss(net(x), t[:, None])
        optimizer.zero_grad()
        error.backward(leaves_only=True)
        optimizer.step()
    return net


def main() -> list[Row]:
    rows = []
    drawing, axes = figure("Two clouds, one line", "OR: a line is enough", "XOR: no line, ½ everywhere", width=4.2)
    for axis, (name, (x, t)) in zip(axes, data_sets().items(), strict=True):
        net = one_neuron(x, t)
        with no_grad():
            out = net(x).data[:, 0]
            shade(axis, lambda points, net=net: net(points).data, (-0.3, 1.3), (-0.3, 1.3))
        right = int(np.sum((out > 0.5) == t))
        scatter(axis, x, t > 0.5, size=120 if len(x) == 4 else 40)
        if len(x) == 4:
            for corner, number in zip(x, out, strict=True):
                axis.annotate(f"{number:.2f}", corner, (0, 11), textcoords="offset points", ha="center")
        axis.set(aspect="equal", xlabel="x₁", ylabel="x₂")
        if name == "XOR":
            axis.text(0.5, 0.5, "no side is taken:\n0.50 at every point", ha="center", va="center", color=INK)
            rows.append(claim("XOR: no line separates it", "at most 3 of 4", f"{right} of 4", right <= 3))
            rows.append(
                claim(
                    "XOR: the best it can do", "½ everywhere", f"{out.min():.3f} to {out.max():.3f}", np.ptp(out) < 0.01
                )
            )
        else:
            rows.append(claim(f"{name}: a line separates", "all", f"{right} of {len(x)}", right == len(x)))
    print_table("One neuron, one line", rows)
    print(f"  wrote {save(drawing, '07_linear_separability.png')}")
    return rows


if __name__ == "__main__":
    main()
