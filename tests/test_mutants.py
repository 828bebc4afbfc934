"""Planted bugs are noticed: a few here, all of them by ``python -m tests.tools.mutants``."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.tools.mutants import known_equivalent
from tests.tools.plant import ROOT, Table

MUTANTS = {mutant.label: mutant for mutant in Table().mutants()}


def test_a_few_of_them():
    command = [sys.executable, "-m", "tests.tools.mutants", "--sample", "40", "--seed", "0", "--jobs", "1"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "40 mutants, 0 survive" in found.stdout, found.stdout + found.stderr


@pytest.mark.parametrize(
    "label",
    [
        "tan: 1 + out * out  →  1",  # a term left out
        "multiply: g * y  →  g",  # a factor left out
        "tanh: g * (1 - out * out)  →  -(g * (1 - out * out))",  # the sign
        "multiply: g * y  →  g / y",
        "multiply: y  →  x",  # one input for the other
        "sigmoid: out  →  x",
        "share: x > y  →  x <= y",
        "two_norm_rule: u.conj()  →  u",
        "sum: spread(g, x, **k)  →  g",  # a broadcast forgotten
        "divide: over(g, y)  →  g / y",
        "square: 2  →  3",
        "fit: g.sum(axis=stretched, keepdims=True)  →  g",
        "gaps: d == 0  →  d != 0",
        "erf: -x  →  x",
    ],
)
def test_every_kind_of_change_is_planted(label):
    assert label in MUTANTS


def test_a_mutant_is_one_change_of_the_file():
    mutant = MUTANTS["square: 2  →  3"]
    before, after = (ROOT / mutant.file).read_text().splitlines(), mutant.source.splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [(old.strip(), new.strip()) for old, new in changed] == [
        (
            "square = Op(np.square, lambda g, out, x: g * (2 * x))",
            "square = Op(np.square, lambda g, out, x: g * ((3) * x))",
        )
    ]
    assert mutant.rows == ("square",)


def test_what_a_rule_calls_belongs_to_its_rows():
    assert MUTANTS["count: not x.ndim  →  x.ndim"].rows == ("mean", "std", "var")


def test_each_equivalent_mutant_exists_and_has_a_reason():
    for label, reason in known_equivalent().items():
        assert label in MUTANTS, label
        assert len(reason.split()) >= 2, label
