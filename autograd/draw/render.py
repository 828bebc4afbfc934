"""Finding a program that lays out a graph, and running it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from ..errors import AutogradError

VARIABLE = "AUTOGRAD_DOT"
_PATIENCE = 300  # seconds
ADVICE = (
    "Install one with  pip install 'chainrule[dot]'  (SVG and PNG), or Graphviz (also PDF; https://graphviz.org: "
    "apt-get install graphviz, brew install graphviz, winget install graphviz), or name a program in the environment "
    f"variable {VARIABLE}"
)


class RenderError(AutogradError, RuntimeError):
    """A picture that could not be made: no program for it, or a program that failed."""


@dataclass(frozen=True)
class Program:
    """A program with the command line of Graphviz's `dot`."""

    path: str

    @property
    def pure(self) -> bool:
        """Whether it is graphviz-pure, which writes no PDF."""
        return Path(self.path).stem == "graphviz-pure"


def find() -> Program | None:
    """The program named by AUTOGRAD_DOT, Graphviz's own `dot`, the one from PyPI in this environment, or None."""
    named = os.environ.get(VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise RenderError(f"{VARIABLE}={named!r} is no program that can be run: correct the variable or unset it")
        return Program(found)
    scripts = sysconfig.get_path("scripts")
    found = shutil.which("dot") or shutil.which("graphviz-pure", path=scripts) or shutil.which("graphviz-pure")
    return Program(found) if found else None


def need() -> Program:
    """As `find`, or an error that says how to get one."""
    program = find()
    if program is None:
        raise RenderError(f"no program was found that lays out graphs. {ADVICE}")
    return program


def run(source: str, kind: str, program: Program | None = None) -> bytes:
    """The picture of a DOT `source`: ``svg``, ``png``, ``pdf`` or another format of the program."""
    program = program or need()
    if kind == "pdf" and program.pure:
        raise RenderError(
            "graphviz-pure writes no PDF. Graphviz does: install it (https://graphviz.org: apt-get install graphviz, "
            "brew install graphviz, winget install graphviz); or write .svg and print that from a browser"
        )
    line = [program.path, f"-T{kind}", *(["-Gdpi=144"] if kind == "png" else [])]
    try:
        done = subprocess.run(  # noqa: S603 - the program that the user chose or installed
            line, input=source.encode(), capture_output=True, check=False, timeout=_PATIENCE
        )
    except subprocess.TimeoutExpired as error:
        raise RenderError(
            f"{program.path} was still at work after {_PATIENCE} s: show less with  draw(value, limit=…)  or fold "
            "modules with depth="
        ) from error
    if done.returncode or not done.stdout:
        words = done.stderr.decode(errors="replace").strip() or f"exit status {done.returncode}, and no picture"
        raise RenderError(f"{program.path} -T{kind} failed: {words}")
    return done.stdout


def svg(source: str, program: Program | None = None) -> str:
    """The picture as one ``<svg>`` element, with fonts that fall back to others of the same widths."""
    text = run(source, "svg", program).decode()
    return re.sub(r'font-family="Helvetica[^"]*"', f'font-family="{FONTS}"', text[text.index("<svg") :]).rstrip() + "\n"


FONTS = "Helvetica,Arial,'Liberation Sans',Arimo,sans-serif"
