"""Programs as users of a NumPy differentiation library write them, against answers that are known."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("scipy")

PROGRAMS = Path(__file__).parent.parent / "examples" / "programs"
_spec = importlib.util.spec_from_file_location("programs", PROGRAMS / "run.py")
assert _spec is not None
assert _spec.loader is not None
programs = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(programs)
pytestmark = pytest.mark.unmeasured


@pytest.mark.parametrize("name", programs.NAMES)
def test_the_known_answer(name):
    rows = programs.rows(name)
    assert rows
    for what, computed, known, tolerance in rows:
        assert computed == pytest.approx(known, rel=tolerance, abs=tolerance), what
