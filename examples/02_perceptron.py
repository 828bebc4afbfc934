"""The perceptron: is x greater than y? Two weights, no bias, and the rule that started it all (Rosenblatt, 1958).

The article adds the error times the input to the weights whenever a point is missed. That is gradient descent on the
perceptron loss max(0, −t·w·x), so nothing needs to be derived: `PerceptronLoss` is written forwards only.
"""

from __future__ import annotations

import numpy as np
from _common import INK, OUT, Row, claim, draw_graph, figure, known, print_table, save, scatter

import nn
from autograd import Value

POINTS, PASSES, RATE = 200, 100, 0.1


def main() -> list[Row]:
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (POINTS, 2))
    labels = np.where(points[:, 0] > points[:, 1], 1.0, -1.0)
    w = Value(np.random.default_rng(2).uniform(-1, 1, 2), name="w")
    start = w.numpy()
    loss, optimizer = nn.PerceptronLoss(), nn.SGD([w], lr=RATE)

    misses = []  # in each pass over the points
    for _ in range(PASSES):
        missed = 0
        for x, t in zip(points, labels, strict=True):
            error = loss(x @ w, t)
            missed += error.data > 0
            optimizer.zero_grad()
            error.backward(leaves_only=True)
            optimizer.step()
        misses.append(missed)
        if not missed:
            break

    wrong = int(np.sum(np.sign(points @ w.data) != labels))
    before = int(np.sum(np.sign(points @ start) != labels))
    miss = Value(start, name="w")
    first = int(np.argmax(np.sign(points @ start) != labels))
    error = loss(known(points[first], "x") @ miss, labels[first])
    error.backward()
    rule = -labels[first] * points[first]
    rows = [
        claim("points on the wrong side, before", "some", f"{before} of {POINTS}", before > 0),
        claim("points on the wrong side, after", "0", f"{wrong} of {POINTS}", wrong == 0),
        claim(
            "the line is x = y: w₁ / w₂", "-1", f"{w.data[0] / w.data[1]:.2f}", abs(w.data[0] / w.data[1] + 1) < 0.05
        ),
        claim(
            "gradient on a miss is −t·x",
            f"{rule[0]:.4f}, {rule[1]:.4f}",
            f"{miss.grad[0]:.4f}, {miss.grad[1]:.4f}",
            np.array_equal(miss.grad, rule),
        ),
    ]
    print_table("The perceptron x > y", rows)

    drawing, (left, right) = figure("Is x greater than y?", "Points missed in each pass", height=5.4)
    ends = np.array([-1.0, 1.0])
    scatter(left, points, labels > 0, size=40, names=("x > y", "x < y"))
    left.plot(ends, -start[0] / start[1] * ends, "--", color=INK, label=f"before: {before} of {POINTS} wrong")
    left.plot(ends, -w.data[0] / w.data[1] * ends, color=INK, label=f"after {len(misses)} passes: {wrong} wrong")
    left.set(xlim=(-1, 1), ylim=(-1, 1), xlabel="x", ylabel="y", aspect="equal")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2)
    right.plot(range(1, len(misses) + 1), misses, marker="o", markersize=4)
    right.set(xlabel="pass", ylabel="misses", ylim=(0, None), xticks=range(1, len(misses) + 1))
    print(f"  wrote {save(drawing, '02_perceptron.png')}")
    print(f"  wrote {draw_graph(error, OUT / '02_perceptron_graph.svg')}")
    return rows


if __name__ == "__main__":
    main()
