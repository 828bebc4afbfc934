"""Pages that step through backpropagation, and a gallery of everything in out/.

`explorer_alice.html` is the 2-2-1 network of the articles: click w1 to find ∂L/∂w1 = 0.0214 and the eleven factors that
make it. `explorer_step.html` compares it before and after a step of gradient descent, `explorer_training.html` is the
film of an XOR network that learns, `explorer_mlp.html` has layers of arrays.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import gallery

from autograd import Value, scope, trace_lines
from autograd.draw import Recorder, draw
from autograd.functions import log_softmax, relu, sigmoid

OUT = gallery.OUT
NAMES = ("w1", "w2", "w3", "w4", "w5", "w6", "b1", "b2", "b3")


def named(value: Value, name: str) -> Value:
    value.name = name
    return value


def alice(p: dict[str, Value]) -> Value:
    """The loss of the 2-2-1 network on Alice, who is (−2, −1) and whose output should be 1."""
    x1, x2 = Value(-2.0, name="x1", requires_grad=False), Value(-1.0, name="x2", requires_grad=False)
    h1 = named(sigmoid(p["w1"] * x1 + p["w2"] * x2 + p["b1"]), "h1")
    h2 = named(sigmoid(p["w3"] * x1 + p["w4"] * x2 + p["b2"]), "h2")
    y_pred = named(sigmoid(p["w5"] * h1 + p["w6"] * h2 + p["b3"]), "y_pred")
    return named((1 - y_pred) ** 2, "L")


def two_pages_of_alice(out: Path) -> list[Path]:
    """All weights 1, all biases 0, as in the article; and the same again after one step."""
    p = {name: Value(1.0 if name[0] == "w" else 0.0, name=name) for name in NAMES}
    with trace_lines():
        before = alice(p)
    picture = draw(before)
    first = picture.html(out / "explorer_alice.html", title="The 2-2-1 network, Alice alone")
    before.backward()
    p = {name: Value(x.data - 0.5 * x.grad, name=name) for name, x in p.items()}
    with trace_lines():
        after = alice(p)
    labels = ("before the step", "after the step")
    draw(before).render(out / "explorer_alice.svg")
    draw(after, gradients=True).render(out / "explorer_step.svg")
    return [first, picture.html(out / "explorer_step.html", compare=after, labels=labels, title="One step of descent")]


def film_of_xor(out: Path, steps: int = 400) -> Path:
    """A 2-4-1 network learns XOR; a moment is kept every 20 steps."""
    rng = np.random.default_rng(3)
    x, target = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0.0, 1.0, 1.0, 0.0])
    shapes = {"W1": (2, 4), "b1": (4,), "w2": (4,), "b2": ()}
    p = {name: Value(rng.normal(size=shape), name=name) for name, shape in shapes.items()}
    film = Recorder(every=20)
    for _ in range(steps):
        with scope("hidden layer"):
            hidden = np.tanh(x @ p["W1"] + p["b1"])
        with scope("output layer"):
            predicted = named(sigmoid(hidden @ p["w2"] + p["b2"]), "predicted")
        loss = named(((predicted - target) ** 2).mean(), "loss")
        film.record(loss)
        loss.backward()
        for parameter in p.values():
            parameter.data -= 1.0 * parameter.grad
            parameter.grad = None
    draw(loss).render(out / "explorer_training.svg")
    return film.html(out / "explorer_training.html", title="A 2-4-1 network learns XOR")


def layers(out: Path) -> Path:
    """784-100-200-10 with ReLU and softmax cross-entropy, on a batch of eight random pictures."""
    rng = np.random.default_rng(0)
    h, sizes = rng.random((8, 784)), (784, 100, 200, 10)
    with trace_lines(), scope("MLP"):
        for i in range(3):
            weight = Value(rng.normal(size=sizes[i : i + 2]) * np.sqrt(2 / sizes[i]), name=f"W{i + 1}")
            with scope("Linear"):
                h = h @ weight + Value(np.zeros(sizes[i + 1]), name=f"b{i + 1}")
            h = relu(h) if i < 2 else h
    with trace_lines():
        loss = named(-(log_softmax(h) * np.eye(10)[rng.integers(0, 10, 8)]).sum(axis=1).mean(), "loss")
    draw(loss, gradients=True).render(out / "explorer_mlp.svg")
    return draw(loss).html(out / "explorer_mlp.html", title="784-100-200-10, softmax cross-entropy")


def main(out: Path = OUT) -> list[Path]:
    """Write the pages, and the gallery that links them."""
    out.mkdir(exist_ok=True)
    written = [*two_pages_of_alice(out), film_of_xor(out), layers(out)]
    written.append(gallery.write(out))
    for path in written:
        print(f"  wrote {path}")
    return written


if __name__ == "__main__":
    main()
