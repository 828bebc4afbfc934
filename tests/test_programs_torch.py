"""Programs that were written for PyTorch, with the changes that docs/networks.md names: every figure is PyTorch's."""

from __future__ import annotations

import ast
import json

import numpy as np
import pytest

import nn
from nn import interchange
from tests.programs import DATA, PROGRAMS, figures, weights
from tests.translation import Translator, rules, translated


def start(model: nn.Module) -> None:
    shapes = {name: array.shape for name, array in interchange.to_torch(model).items()}
    names = [name for name, _ in model.named_parameters()]
    state = {name: weights(name, shapes[name]) for name in names}
    assert interchange.from_torch(model, state, strict=False).unexpected_keys == []


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_figures_are_pytorchs(path):
    if path.stem == "pretrained":
        pytest.importorskip("safetensors")
    source = translated(path.read_text(encoding="utf-8"), Translator())
    assert "torch." not in source
    expected = json.loads((DATA / "programs.json").read_text(encoding="utf-8"))[path.stem]
    np.testing.assert_allclose(figures(path, source, start), expected, rtol=1e-9, atol=1e-12)


def test_every_row_of_the_table_is_needed():
    translator = Translator()
    for path in PROGRAMS:
        translated(path.read_text(encoding="utf-8"), translator)
    assert {rule.text for rule in rules()} == translator.used


TEMPLATES = {
    "x.view(*a) → x.reshape(a)": ("f(y).view(n, -1)", "f(y).reshape((n, -1))"),
    "torch.zeros(*a, **k) → np.zeros(a, **k)": ("torch.zeros((1, 2), dtype=d)", "np.zeros((1, 2), dtype=d)"),
    "x.sum(dim=i) → x.sum(axis=i)": ("x.sum(dim=0, keepdim=True)", None),
    "x.t() → x.T": ("x.s()", None),
    "x.split(n, dim=i) → np.split(x, x.shape[i] // n, axis=i)": ("q.split(4, 1)", None),
    "torch.f(x, dim=i) → np.f(x, axis=i)": ("torch.any(m, dim=1)", "np.any(m, axis=1)"),
    "_, y = torch.max(x, i) → y = np.argmax(x, i)": ("_, p = torch.max(z, 1)", "p = np.argmax(z, 1)"),
    "from torch.optim import * → from nn.optim import *": (
        "from torch.optim import SGD, Adam",
        "from nn.optim import SGD, Adam",
    ),
}


@pytest.mark.parametrize("text", TEMPLATES)
def test_a_template(text):
    """A row is about what it says, and about nothing that is only like it."""
    (rule,) = (rule for rule in rules() if rule.text == text)
    program, expected = TEMPLATES[text]
    (statement,) = ast.parse(program).body
    new = rule.apply(statement.value if isinstance(statement, ast.Expr) else statement)
    assert (None if new is None else ast.unparse(ast.fix_missing_locations(new))) == expected
