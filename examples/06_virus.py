"""Who has the virus? Eight people, four symptoms, one sigmoid neuron; and which symptom matters most.

Two of the eight contradict each other (the same symptoms, once ill and once not), so no network fits them all.
As in the OR example, the results of the article's wrong derivative and of the true gradient stand side by side.
"""

from __future__ import annotations

import numpy as np
from _article4 import EPOCHS, gradient_check, loss, train_like_the_article, train_with_autograd
from _common import OUT, RED, TEAL, Row, claim, draw_graph, figure, known, number, print_side_by_side, print_table, save

from autograd import Value

SYMPTOMS = ("loss of smell", "weight loss", "runny nose", "body pain")
X = np.array(
    [[1, 0, 0, 1], [1, 0, 0, 0], [0, 0, 1, 1], [0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 1, 0]],
    dtype=float,
)
T = np.array([1, 1, 0, 0, 1, 1, 0, 0], dtype=float)
WEIGHTS, BIAS = [0.1, 0.2, 0.3, 0.4], 0.3

# Quantity, and the number with the article's derivative and with the true gradient.
EXPECTED = {
    "loss of smell": ("10.1634992", "7.54803841"),
    "weight loss": ("0.45744949", "0.51360866"),
    "runny nose": ("2.97441782", "2.27524757"),
    "body pain": ("2.9938138", "2.27832381"),
    "bias": ("-6.07764153", "-4.62022258"),
    "(1, 0, 0, 1)": ("0.999159", "0.994547"),
    "(0, 0, 1, 0)": ("0.042974", "0.087466"),
    "(1, 0, 1, 0)": ("0.999142", "0.99453"),
}


def main() -> list[Row]:
    neurons = [train(X, T, WEIGHTS, BIAS) for train in (train_like_the_article, train_with_autograd)]
    columns = []
    for column, neuron in enumerate(neurons):
        found = dict(zip(SYMPTOMS, neuron.weights, strict=True)) | {"bias": neuron.bias}
        found |= {str(p): neuron(p) for p in ((1, 0, 0, 1), (0, 0, 1, 0), (1, 0, 1, 0))}
        columns.append([number(name, texts[column], found[name]) for name, texts in EXPECTED.items()])
    print_side_by_side(
        f"The virus, after {EPOCHS:,} epochs", *columns, heads=("the article's derivative", "the true gradient")
    )
    checks = gradient_check(X, T, WEIGHTS, BIAS)
    print_table("Which derivative is the gradient of the loss?", checks, "true", "check says")
    wrong = int(np.sum((neurons[1](X) > 0.5) != T))
    order = [SYMPTOMS[i] for i in np.argsort(-neurons[1].weights)]
    findings = [
        claim("matters most", "loss of smell", order[0], order[0] == "loss of smell"),
        claim("matters least", "weight loss", order[-1], order[-1] == "weight loss"),
        claim("people it cannot fit", "1 of 8", f"{wrong} of 8", wrong == 1),
    ]
    print_table("What it learned", findings)

    drawing, (left, right) = figure("What each symptom weighs", "The loss ½·Σ(o − t)²")
    places = np.arange(len(SYMPTOMS))
    left.barh(places - 0.2, neurons[1].weights, 0.38, color=TEAL, label="the gradient")
    left.barh(places + 0.2, neurons[0].weights, 0.38, color=RED, label="the article's derivative")
    left.set_yticks(places, SYMPTOMS)
    left.invert_yaxis()
    left.set_xlabel("weight after training")
    left.legend(loc="lower right")
    right.plot(neurons[1].losses, label="the gradient")
    right.plot(neurons[0].losses, label="the article's derivative")
    right.set(xlabel="epoch", ylabel="loss", xscale="log", xlim=(1, EPOCHS), ylim=(0, None))
    right.legend()
    print(f"  wrote {save(drawing, '06_virus.png')}")
    picture = loss(Value(WEIGHTS, name="w"), Value(BIAS, name="b"), known(X[:1], "x"), known(T[:1], "t"))
    picture.backward()
    print(f"  wrote {draw_graph(picture, OUT / '06_virus_graph.svg')}")
    return columns[0] + columns[1] + checks + findings


if __name__ == "__main__":
    main()
