"""A page that links every page, plot and picture in out/: ``out/index.html``.

What the examples write is grouped by the tutorial whose networks they rebuild, each with a caption; anything else follows.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator
from pathlib import Path
from string import Template

OUT = Path(os.environ.get("CHAINRULE_OUT") or Path(__file__).resolve().parent.parent / "out")  # run.py sets it

# Title, where it is, author, and the numbers of the examples that rebuild it.
TUTORIALS = (
    (
        "Machine Learning for Beginners: An Introduction to Neural Networks",
        "https://victorzhou.com/blog/intro-to-neural-networks/",
        "Victor Zhou; retold in Chinese",
        "01",
    ),
    (
        "Neural Network from scratch",
        "https://medium.datadriveninvestor.com/neural-network-from-scratch-9a6c49fdd357",
        "Data Driven Investor",
        "02 03",
    ),
    (
        "Building Neural Networks from Scratch with Python Code and Math in Detail — I",
        "https://pub.towardsai.net/building-neural-networks-from-scratch-with-python-code-and-math-in-detail-i-536fae5d7bbf",
        "Pratik Shukla, Roberto Iriondo",
        "04 05 06 07 08",
    ),
    (
        "Building an Artificial Neural Network using pure Numpy",
        "https://towardsdatascience.com/building-an-artificial-neural-network-using-pure-numpy-3fe21acc5815",
        "Towards Data Science",
        "09",
    ),
)
CAPTIONS = {
    "01_alice_graph": (
        "Alice’s loss, as a graph",
        "All weights 1, all biases 0: ∂L/∂w1 is 0.0215, as worked out by hand.",
    ),
    "01_two_two_one": ("The 2-2-1 network", "The loss in 1,000 epochs, and what 30 networks say of two strangers."),
    "02_perceptron": (
        "The perceptron",
        "A line that crosses both classes, and the line it ends at; misses in each pass.",
    ),
    "02_perceptron_graph": ("One miss", "max(0, −t·w·x): its gradient is the perceptron’s rule."),
    "03_multilayer_sigmoid": ("A disc in a ring", "2-8-8-1, sigmoids, the sum of squared errors: no line could do it."),
    "03_multilayer_sigmoid_graph": ("Two layers", "A small net on one point, forwards and backwards."),
    "04_one_weight": ("One weight by trial", "The error of W·x for 2·x: three guesses, and where the slope points."),
    "04_sigmoid_curves": ("Weight and bias", "What each does to a sigmoid."),
    "04_weight_update_graph": ("One update by hand", "∂E/∂w as a product of three factors."),
    "05_or_gate": ("The OR gate", "With a bias, without one, and the article’s derivative beside the gradient."),
    "05_or_gate_graph": ("Four points, one neuron", "½ Σ (o − t)² at the article’s first weights."),
    "06_virus": ("Who has the virus?", "What each symptom weighs, by the article’s derivative and by the gradient."),
    "06_virus_graph": ("One patient", "How one row of symptoms becomes a loss."),
    "07_linear_separability": (
        "One neuron, one line",
        "Two clouds and OR have one; XOR has none, and every output is ½.",
    ),
    "08_xor": ("XOR with a hidden layer", "Two neurons draw a line each, the third combines them."),
    "08_xor_graph": ("XOR, one point", "The trained 2-2-1 net on (0, 1)."),
    "09_mnist": ("784-100-200-10 on MNIST", "Accuracy and loss on training and test images."),
    "09_mnist_mistakes": ("Digits it gets wrong", "What they are, and what the net reads."),
    "explorer_alice": (
        "Backpropagation, step by step",
        "The 2-2-1 network on Alice: click w1, drag a weight, let it train.",
    ),
    "explorer_step": ("Before and after a step", "The same graph twice, its numbers side by side."),
    "explorer_training": ("A network that learns", "XOR in 400 steps, as a film beside its loss."),
    "explorer_mlp": ("Layers of arrays", "Click an element of a gradient to see the sum behind it."),
}

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gallery</title>
<style>
  :root { color-scheme: light dark; --line: #8885; }
  body {
    font: 16px/1.5 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif;
    margin: 2rem auto; padding: 0 1rem; max-width: 76rem;
  }
  h1 { font-size: 1.6rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
  ul { list-style: none; padding: 0; display: grid; gap: 1rem; }
  ul { grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
  a { display: block; border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
  a { text-decoration: none; color: inherit; }
  a:hover, a:focus-visible { outline: 3px solid #0072b2; }
  img { display: block; width: 100%; height: 11rem; box-sizing: border-box; padding: 0.4rem; }
  img { object-fit: contain; background: #fff; }
  h2 { margin-bottom: 0.2rem; } h2 + p { margin-top: 0; }
  p a, h2 a { display: inline; border: 0; text-decoration: underline; }
  strong, small { display: block; padding: 0 0.8rem; } strong { padding-top: 0.6rem; } small { padding-bottom: 0.7rem; }
  .page strong::before { content: "▶  "; color: #d55e00; }
</style>
</head>
<body>
<h1>What the examples wrote</h1>
<p>The networks of five “from scratch” tutorials, rebuilt with no derivative written by hand. Cards marked ▶ open a page
that steps through backpropagation; the others open the picture.</p>
$sections
</body>
</html>
""")
_PICTURES = (".png", ".svg")


def write(out: Path = OUT) -> Path:
    """Write the gallery of what is in `out`."""
    stems: dict[str, list[Path]] = {}
    for path in sorted(out.iterdir()):
        if path.suffix in (".html", *_PICTURES) and path.name != "index.html":
            stems.setdefault(path.stem, []).append(path)
    content = "\n".join(_sections(stems))
    page = out / "index.html"
    page.write_text(_PAGE.substitute(sections=content or "<p>There is nothing yet.</p>"), encoding="utf-8")
    return page


def _sections(stems: dict[str, list[Path]]) -> Iterator[str]:
    """The explorer, each tutorial, and what remains."""
    left = dict(stems)

    def taken(prefixes: str) -> dict[str, list[Path]]:
        return {stem: left.pop(stem) for stem in list(left) if stem.partition("_")[0] in prefixes.split()}

    if pages := taken("explorer"):
        yield _section("The explorer", "", pages)
    for title, address, author, numbers in TUTORIALS:
        if mine := taken(numbers):
            yield _section(f'<a href="{address}">{html.escape(title)}</a>', f"<p>{html.escape(author)}</p>", mine)
    if left:
        yield _section("Further pages", "", left)


def _section(title: str, below: str, stems: dict[str, list[Path]]) -> str:
    cards = "".join(_card(stem, paths) for stem, paths in sorted(stems.items(), key=_graphs_last))
    return f"<h2>{title}</h2>{below}\n<ul>\n{cards}</ul>"


def _graphs_last(card: tuple[str, list[Path]]) -> tuple[str, bool, str]:
    """Of each example its plot first: it shows what the example is about."""
    stem = card[0]
    return stem.partition("_")[0], stem.endswith("_graph"), stem


def _card(stem: str, paths: list[Path]) -> str:
    """A page with the picture that belongs to it, or either alone."""
    picture = next((html.escape(path.name) for path in paths if path.suffix in _PICTURES), None)
    page = next((html.escape(path.name) for path in paths if path.suffix == ".html"), None)
    title, caption = CAPTIONS.get(stem, (_title(stem), ""))
    image = f'<img src="{picture}" alt="" loading="lazy">' if picture else ""
    words = f"<strong>{html.escape(title)}</strong><small>{html.escape(caption)}</small>"
    kind = ' class="page"' if page else ""
    return f'<li><a{kind} href="{page or picture}">{image}{words}</a></li>\n'


def _title(stem: str) -> str:
    words = re.sub(r"[_-]+", " ", stem).strip()
    return words[:1].upper() + words[1:]


if __name__ == "__main__":
    print(f"wrote {write()}")
