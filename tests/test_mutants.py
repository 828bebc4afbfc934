"""Planted bugs are noticed: a few here, all of them by ``python -m tests.tools.mutants``, with and without ``--code``."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import pytest

from tests.tools.mutants import known_equivalent
from tests.tools.plant import ROOT, Table
from tests.tools.plant_code import CONCERNED, code_mutants, files

pytestmark = pytest.mark.unmeasured


@cache
def rules():
    return {mutant.label: mutant for mutant in Table().mutants()}


@cache
def code():
    return {mutant.label: mutant for mutant in code_mutants()}


# Of the code around the rules: one of each kind of change.
FEW = [
    "tracing.Trace._run: x.live, x.died = (False, now)  →  pass",
    "transforms._hessian_product: grad(f, argnum)  →  grad(f)",
    "custom._solution.pull: sign > 0  →  sign <= 0",
    "graph._check: raise changed(f'a Value ({describe(younger)})', node.op.name if node.op is not None else 'an operation')"
    "  →  pass",
    "opaque._is_number: alone and kind in 'iub'  →  kind in 'iub'",
]


def planted(*options: str) -> str:
    """What the tool prints. It runs in a process of its own: it forks, which is not safe beside the threads of other tests."""
    command = [sys.executable, "-m", "tests.tools.mutants", "--jobs", "1", "--trusted", *options]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout + found.stderr


@pytest.mark.timeout(900)  # one that no sample notices meets all tests of derivatives
@pytest.mark.parametrize(
    "options",
    [["--sample", "20", "--seed", "1"], ["--code", *(word for label in FEW for word in ("--label", label))]],
    ids=["rules", "around them"],
)
def test_a_few_of_them(options):
    found = planted(*options)
    assert f"{20 if '--sample' in options else len(FEW)} mutants, 0 survive" in found, found


@pytest.mark.parametrize(
    "label",
    [
        "tracing.PullBack.__init__: inputs or begun  →  inputs and begun",
        "tracing.PullBack.__init__: begun or len(inputs) > 1  →  len(inputs) > 1",  # a condition left out
        "graph.reachable: number >= oldest  →  number > oldest",  # off by one
        "tracing.PullBack.complete: -1j  →  1j",  # a sign
        "backward.sweep: give_up(node)  →  pass",  # a statement left out
        "transforms._way_back: enable_grad()  →  __import__('contextlib').nullcontext()",
        "transforms._transposed.push: PullBack(pulled, u, begun=inputs)  →  PullBack(pulled, u)",  # an argument dropped
        "witness.is_safe: False  →  True",
        "witness._places: 1  →  2",
    ],
)
def test_every_kind_of_change_of_code_is_planted(label):
    assert label in code()


def test_code_mutants_are_python_and_have_tests():
    for mutant in list(code().values())[::25]:
        compile(mutant.source, mutant.file, "exec")
        assert all((ROOT / "tests" / f"test_{name}.py").exists() for name in mutant.tests)
    assert {mutant.file for mutant in code().values()} <= {str(path.relative_to(ROOT)) for path, _ in files()}
    assert all(any(mutant.file.startswith(f"autograd/{name}") for mutant in code().values()) for name in CONCERNED)


@pytest.mark.parametrize(
    "label",
    [
        "tan: 1 + out * out  →  1",  # a term left out
        "multiply: g * y  →  g",  # a factor left out
        "tanh: g * (1 - out * out)  →  -(g * (1 - out * out))",  # the sign
        "multiply: g * y  →  g / y",
        "multiply: y  →  x",  # one input for the other
        "sigmoid: out  →  x",
        "_won: x > y  →  x <= y",
        "two_norm_rule: direction(x, axis=axis).conj()  →  direction(x, axis=axis)",
        "sum: spread(g, x, **k)  →  g",  # a broadcast forgotten
        "divide: over(g, y)  →  g / y",
        "square: 2  →  3",
        "fit: g.sum(axis=stretched, keepdims=True)  →  g",
        "gaps: d == 0  →  d != 0",
        "erf: -x  →  x",
    ],
)
def test_every_kind_of_change_is_planted(label):
    assert label in rules()


def test_a_mutant_is_one_change_of_the_file():
    mutant = rules()["square: 2  →  3"]
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
    assert rules()["count: not x.ndim  →  x.ndim"].rows == ("mean", "std", "var")


def test_each_equivalent_mutant_exists_and_has_a_reason():
    for label, reason in known_equivalent().items():
        assert label in rules() or label in code(), label
        assert len(reason.split()) >= 2, label
