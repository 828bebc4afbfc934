"""What a check found: a verdict, a table, the worst elements, and in words what is probably wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from ..columns import columns

Verdict = Literal["pass", "fail", "inconclusive"]


@dataclass(frozen=True)
class Diagnosis:
    """One likely cause of a wrong derivative: a short `kind` for programs, a `sentence` for people."""

    kind: str
    sentence: str


@dataclass(frozen=True)
class Element:
    """One derivative: of which output element with respect to which input element, and the two values."""

    input: str
    index: tuple[int, ...]
    component: str
    output: str
    analytic: float
    numeric: float
    error: float
    status: str

    @property
    def place(self) -> str:
        """``x[1, 2]``, with the real or imaginary component of a complex number named."""
        index = f"[{', '.join(map(str, self.index))}]" if self.index else ""
        return f"{self.input}{index}" + (f".{self.component}" if self.component else "")


@dataclass(frozen=True)
class Row:
    """The count of derivatives with respect to one input, by verdict."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    passed: int
    kinks: int
    unsure: int
    failed: int
    worst: float


@dataclass
class Report:
    """The result of a check. It is true only if the verdict is "pass"; printed, it is a table.

    `rows` counts per input, `worst` lists the elements that are furthest off, `diagnoses` say what is probably wrong,
    `edits` what to change in the source of a hand-written one, and `notes` what else is worth knowing. The same `seed`
    repeats the same check.
    """

    name: str
    verdict: Verdict
    mode: str
    seed: int
    evaluations: int
    rows: list[Row] = field(default_factory=list)
    worst: list[Element] = field(default_factory=list)
    diagnoses: list[Diagnosis] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    find_edits: Callable[[], list[Diagnosis]] = field(default=list, repr=False, compare=False)

    def __bool__(self) -> bool:
        return self.verdict == "pass"

    @property
    def kinds(self) -> list[str]:
        """The kinds of the diagnoses, the most telling first."""
        return [diagnosis.kind for diagnosis in self.diagnoses]

    @cached_property
    def edits(self) -> list[Diagnosis]:
        """What to change in the source of a hand-written derivative so that it is right, each tried out; two ways if both fit.

        They are looked for when this is first read (or the report printed), for three seconds at most.
        """
        return self.find_edits()

    def __getstate__(self) -> dict[str, Any]:
        """A copy elsewhere cannot look for edits: it has those that were found before."""
        return {**self.__dict__, "find_edits": list}

    def __str__(self) -> str:
        lines = [f"{self.verdict.upper()}: {self.name}"]
        said = [d for d in self.diagnoses if d.kind != "unknown"] if self.edits else self.diagnoses
        for diagnosis in [*said, *self.edits]:
            first, *rest = diagnosis.sentence.splitlines()
            lines += [f"  * {first}", *(f"    {line}" for line in rest)]
        if self.rows:
            lines += ["", *columns(_ROW_TITLES, [_row_cells(row) for row in self.rows], left=2)]
        if self.worst:
            lines += ["", *columns(_ELEMENT_TITLES, [_element_cells(element) for element in self.worst], left=2)]
        lines += ["", *(f"  {note}" for note in self.notes)] if self.notes else []
        lines += ["", f"  {self.mode}; {self.evaluations} evaluations; seed={self.seed}"]
        return "\n".join(lines)

    __repr__ = __str__


_ROW_TITLES = ("with respect to", "shape", "dtype", "right", "kink", "unsure", "wrong", "difference")
_ELEMENT_TITLES = ("element", "of", "given", "finite differences", "±", "verdict")


def _row_cells(row: Row) -> tuple[str, ...]:
    counts = (str(n) if n else "." for n in (row.passed, row.kinks, row.unsure, row.failed))
    return (row.name, str(row.shape), row.dtype, *counts, f"{row.worst:.1e}")


def _element_cells(e: Element) -> tuple[str, ...]:
    return (e.place, e.output, f"{e.analytic:.10g}", f"{e.numeric:.10g}", f"{e.error:.0e}", e.status)
