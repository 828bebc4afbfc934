"""NumPy's whole namespace: every function has a derivative, is a constant, or is refused with a reason."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import numpy as np
import pytest

from autograd import UnsupportedError, Value
from autograd.rules import CONSTANTS, MAKERS, REFUSALS, TABLE, numpy_function
from autograd.rules.namespace import RELEASE, kinds, page


def functions(module):
    return {name: f for name in module.__all__ if callable(f := getattr(module, name)) and not inspect.isclass(f)}


@pytest.mark.parametrize("module", [np, np.linalg, np.fft], ids=lambda m: m.__name__)
def test_no_function_is_forgotten(module):
    known = TABLE.keys() | CONSTANTS | MAKERS | REFUSALS.keys()
    forgotten = {n for n, f in functions(module).items() if f not in known}
    assert not forgotten, f"give these a row, or put them into rules/constants.py: {sorted(forgotten)}"


def test_no_function_is_in_two_lists():
    rows = {f for f, rule in TABLE.items() if getattr(rule, "rules", True)}
    lists = [rows, CONSTANTS, MAKERS, REFUSALS.keys()]
    assert sum(map(len, lists)) == len(set().union(*lists))


UNASKED = {np.asmatrix, np.bmat}  # they convert without asking NumPy's protocols


@pytest.mark.parametrize("function", [f for f in REFUSALS if f not in UNASKED], ids=lambda f: f.__name__)
def test_a_refusal_says_why(function):
    x = Value(np.ones((2, 2)))
    arguments = {
        np.copyto: 2,
        np.place: 3,
        np.put: 3,
        np.putmask: 3,
        np.put_along_axis: 4,
        np.nextafter: 2,
        np.polydiv: 2,
    }
    arguments[np.fill_diagonal] = 2
    with pytest.raises(UnsupportedError, match=re.escape(REFUSALS[function])):
        function(*[x] * arguments.get(function, 1))


def test_a_name_that_numpy_does_not_have_is_left_out():
    assert numpy_function("linalg.norm") is np.linalg.norm
    assert numpy_function("no_such_function") is None


def test_the_documentation_shows_the_lists():
    document = Path(__file__).parent.parent / "docs" / "numpy.md"
    text = document.read_text()
    if RELEASE in text:
        assert text == page(), "run  python -m autograd.rules.namespace > docs/numpy.md"
    else:  # another release of NumPy has a few names more or less
        here = {name for names in kinds(np).values() for name in names}
        assert sum(f"`{name}`" in text for name in here) >= 0.98 * len(here)


def test_the_page_has_no_empty_list():
    assert all(kinds(np).values())
