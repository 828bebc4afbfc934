"""XOR: no line separates it, and a hidden layer of two neurons does. Each draws a line, the third combines them."""

from __future__ import annotations

import numpy as np
from _common import OUT, Row, claim, draw_graph, figure, known, print_table, save, scatter, shade

import nn
from autograd import no_grad

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
T = np.array([[0.0], [1.0], [1.0], [0.0]])
STEPS, RATE = 3000, 1.0


def main() -> list[Row]:
    net = nn.Sequential(nn.Linear(2, 2, generator=3), nn.Tanh(), nn.Linear(2, 1, generator=4), nn.Sigmoid())
    optimizer, loss = nn.SGD(net.parameters(), lr=RATE, momentum=0.5), nn.MSELoss()
    history = nn.fit(net, loss, optimizer, nn.DataLoader(X, T, batch_size=len(X)), epochs=STEPS)

    with no_grad():
        out = net(X).data[:, 0]
    rows = [
        claim(f"({x[0]:g}, {x[1]:g})", f"{t[0]:g}", f"{o:.4f}", abs(o - t[0]) < 0.05)
        for x, t, o in zip(X, T, out, strict=True)
    ]
    print_table("XOR with two hidden neurons", rows)

    drawing, (left, right) = figure("XOR with a hidden layer", "The mean squared error", height=5)
    with no_grad():
        shade(left, lambda points: net(points).data, (-0.3, 1.3), (-0.3, 1.3))
    scatter(left, X, T[:, 0] > 0.5, size=120)
    left.set(aspect="equal", xlabel="x₁", ylabel="x₂")
    right.plot([epoch.loss for epoch in history])
    right.set(xlabel="step", ylabel="loss", yscale="log", xlim=(0, STEPS))
    print(f"  wrote {save(drawing, '08_xor.png')}")
    error = loss(net(known(X[1:2], "x")), known(T[1:2], "t"))
    error.backward()
    print(f"  wrote {draw_graph(error, OUT / '08_xor_graph.svg')}")
    return rows


if __name__ == "__main__":
    main()
