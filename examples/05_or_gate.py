"""The OR gate: one sigmoid neuron learns it with a bias, and without a bias cannot.

Without a bias the neuron's input at (0, 0) is 0 whatever the weights are, so its output there is ½ for ever.
The article's hand-written derivative is wrong, too: `_article4.py` says how, and here both results stand side by side.
"""

from __future__ import annotations

import numpy as np
from _article4 import EPOCHS, gradient_check, loss, train_like_the_article, train_with_autograd
from _common import (
    OUT,
    Row,
    draw_graph,
    figure,
    known,
    number,
    print_side_by_side,
    print_table,
    save,
    scatter,
    shade,
)

from autograd import Value

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
T = np.array([0.0, 1.0, 1.0, 1.0])
WEIGHTS, BIAS = [0.1, 0.2], 0.3
HEADS = ("the article's derivative", "the true gradient")

# Quantity, and the number with the article's derivative and with the true gradient.
WITH_BIAS = {
    "w₁": ("7.00922425", "5.36546322"),
    "w₂": ("7.00953281", "5.36551912"),
    "bias": ("-3.14905135", "-2.42759823"),
    "(1, 0)": ("0.97937", "0.949687"),
    "(1, 1)": ("0.999981", "0.999752"),
    "(0, 0)": ("0.041129", "0.081092"),
    "(0, 1)": ("0.979376", "0.949689"),
}
WITHOUT_BIAS = {
    "w₁": ("4.6169307", "3.36072259"),
    "w₂": ("4.61995023", "3.36211564"),
    "(1, 0)": ("0.990214", "0.966454"),
    "(0, 0)": ("0.5", "0.5"),
    "(1, 1)": ("0.999903", "0.998798"),
}


def main() -> list[Row]:
    rows: list[Row] = []
    with_bias = [train(X, T, WEIGHTS, BIAS) for train in (train_like_the_article, train_with_autograd)]
    without = [train(X, T, WEIGHTS, None) for train in (train_like_the_article, train_with_autograd)]
    for title, neurons, expected in (("with", with_bias, WITH_BIAS), ("without", without, WITHOUT_BIAS)):
        columns = []
        for column, neuron in enumerate(neurons):
            found = {"w₁": neuron.weights[0], "w₂": neuron.weights[1], "bias": neuron.bias}
            found |= {f"({a}, {b})": neuron([a, b]) for a in (0, 1) for b in (0, 1)}
            columns.append([number(name, texts[column], found[name]) for name, texts in expected.items()])
        print_side_by_side(f"OR {title} a bias, after {EPOCHS:,} epochs", *columns, heads=HEADS)
        rows += columns[0] + columns[1]
    checks = gradient_check(X, T, WEIGHTS, BIAS)
    print_table("Which derivative is the gradient of the loss?", checks, "true", "check says")

    drawing, (left, middle, right) = figure(
        "OR with a bias", "OR without: ½ at (0, 0)", "The loss ½·Σ(o − t)²", width=4.6
    )
    for axis, neuron in ((left, with_bias[1]), (middle, without[1])):
        shade(axis, neuron, (-0.3, 1.3), (-0.3, 1.3))
        scatter(axis, X, T > 0.5, size=120)
        for x in X:
            axis.annotate(f"{neuron(x):.3f}", x, (0, 11), textcoords="offset points", ha="center")
        axis.set(aspect="equal", xlabel="x₁", ylabel="x₂")
    right.plot(with_bias[0].losses, label="with a bias, the article's derivative")
    right.plot(with_bias[1].losses, label="with a bias, the gradient")
    right.plot(without[0].losses, "--", label="without, the article's derivative")
    right.plot(without[1].losses, "--", label="without, the gradient")
    right.set(xlabel="epoch", ylabel="loss", xscale="log", xlim=(1, EPOCHS), ylim=(0, None))
    right.legend()
    print(f"  wrote {save(drawing, '05_or_gate.png')}")
    picture = loss(Value(WEIGHTS, name="w"), Value(BIAS, name="b"), known(X, "x"), known(T, "t"))
    picture.backward()
    print(f"  wrote {draw_graph(picture, OUT / '05_or_gate_graph.svg')}")
    return rows + checks


if __name__ == "__main__":
    main()
