"""Another library has the import name `autograd`: a mixture of the two is noticed and named."""

import importlib
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FIX = "pip uninstall -y autograd chainrule, and install chainrule from its folder again"


@pytest.fixture
def site(tmp_path):
    """A folder with copies of both packages, as pip would install them."""
    for package in ("autograd", "nn"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def error_of(site, statement):
    """The last line of what Python says to `statement`, run where the packages of `site` are the only ones of ours."""
    code = (
        "import sys; sys.meta_path = [f for f in sys.meta_path if 'editable' not in repr(f)]; "
        f"sys.path = [{str(site)!r}, *(p for p in sys.path if p not in ('', {str(ROOT)!r}))]; {statement}"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=site, check=False, env={"PYTHONPATH": ""}
    )
    return run.stderr.strip().splitlines()[-1] if run.returncode else ""


def test_an_installation_of_our_own_is_fine(site):
    assert error_of(site, "import nn") == ""


def overwritten(site):
    (site / "autograd" / "__init__.py").write_text("from .differential_operators import grad\n")
    (site / "autograd" / "differential_operators.py").write_text("grad = None\n")


def init_removed(site):
    (site / "autograd" / "__init__.py").unlink()


def theirs_beside_ours(site):
    (site / "autograd-1.9.1.dist-info").mkdir()


def module_removed(site):
    (site / "autograd" / "engine" / "shapes.py").unlink()


@pytest.mark.parametrize(
    ("damage", "statement"),
    [
        (overwritten, "import nn"),
        (init_removed, "import nn"),
        (theirs_beside_ours, "import autograd"),
        (theirs_beside_ours, "import nn"),
        (module_removed, "import autograd"),
    ],
)
def test_a_mixture_is_reported_with_the_folder_and_the_fix(site, damage, statement):
    damage(site)
    message = error_of(site, statement)
    assert message.startswith("ImportError")
    assert str(site / "autograd") in message
    assert FIX in message


def test_a_missing_dependency_is_reported_as_such(site):
    message = error_of(site, "sys.modules['numpy'] = None; import autograd")
    assert "numpy" in message
    assert FIX not in message


def test_the_checks_in_this_very_process(monkeypatch):
    """The same two errors where coverage sees them: reloading with a foreign, or an incomplete, autograd."""
    import autograd
    import nn

    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "autograd.errors", None)
        with pytest.raises(ImportError, match=r"autograd\.errors"):
            importlib.reload(autograd)
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "autograd", types.ModuleType("autograd"))
        sys.modules["autograd"].__file__ = "elsewhere.py"
        with pytest.raises(ImportError, match=r"from elsewhere\.py is another library"):
            importlib.reload(nn)
