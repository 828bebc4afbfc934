"""The tables in docs/conventions.md, evaluated row by row."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from autograd import Value, grad
from autograd import functions as F

TEXT = (Path(__file__).parent.parent / "docs" / "conventions.md").read_text()
NAMES = {"np": np, "F": F}


def rows(heading):
    """The code cells of the table under `heading`."""
    section = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [
        tuple(cells[:3])
        for cells in (re.findall(r"`([^`]+)`", line) for line in section.splitlines())
        if len(cells) == 3
    ]


FIRST = [*rows("At kinks and corners"), *rows("At zeros and infinities")]
SECOND = rows("Second derivatives")


def function(expression):
    return lambda x: eval(expression, NAMES | {"x": x})


def at(point):
    value = eval(point, NAMES)
    return np.array(value) if isinstance(value, list) else np.float64(value)


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value", "ignore:overflow")
@pytest.mark.parametrize(("expression", "point", "derivative"), FIRST)
def test_first_derivative(expression, point, derivative):
    x = Value(at(point))
    function(expression)(x).backward()
    np.testing.assert_allclose(x.grad, at(derivative), rtol=1e-14)
    np.testing.assert_allclose(grad(function(expression))(at(point)), at(derivative), rtol=1e-14)


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
@pytest.mark.parametrize(("expression", "point", "derivative"), SECOND)
def test_second_derivative(expression, point, derivative):
    np.testing.assert_allclose(grad(grad(function(expression)))(at(point)), at(derivative), rtol=1e-14)


def test_the_tables_were_found():
    assert len(FIRST) >= 35
