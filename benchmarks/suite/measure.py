"""Every row of the table: its peers in turns, in several rounds, and their results compared before a time counts."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from suite.digest import TOLERANCE, difference
from suite.peers import PEERS, RIGHT, interpreter, variables
from suite.process import Failed, Process, TooLong
from suite.workloads import Workload
from tools import environment


@dataclass(frozen=True)
class Plan:
    """How long to measure. In a quick run a peer has one process for all rows, else a new one for each row and round."""

    quick: bool
    rounds: int
    seconds: float
    least: int
    most: int
    limit: float  # seconds after which a process that has not answered is ended
    core: int
    keep_heap: bool
    cache: Path


@dataclass
class Cell:
    """What one peer did with one row: samples[process][repetition][phase] = (wall seconds, CPU seconds)."""

    samples: list[list[list[tuple[float, float]]]] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)  # bytes at the peak, above what was there before
    fault: str = ""  # why there are no times
    fatal: bool = False  # whether the run has failed with it

    def times(self, phase: int, clock: int) -> list[float]:
        return [repetition[phase][clock] for process in self.samples for repetition in process]

    def median(self, phase: int, clock: int) -> float:
        return statistics.median(self.times(phase, clock))

    def stop(self, fault: str, fatal: bool) -> None:
        self.samples, self.memory, self.fault, self.fatal = [], [], fault, fatal


@dataclass(frozen=True)
class Row:
    """A workload at a size, and the cells of the peers that have it."""

    workload: Workload
    size: int
    cells: dict[str, Cell]

    @property
    def name(self) -> str:
        return self.workload.row(self.size)

    def times(self, phase: int, clock: int = 1) -> dict[str, float]:
        """The median of each peer, for one of what the row counts; by default of CPU time."""
        per = self.workload.per(self.size)
        return {name: cell.median(phase, clock) / per for name, cell in self.cells.items() if cell.samples}


class Measurement:
    """The processes of a run. Leaving its `with` ends them.

    `offers` has the workloads of each peer, `versions` what is installed for it, and `absent` why nothing is.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.offers: dict[str, list[str]] = {}
        self.versions: dict[str, dict[str, str]] = {}
        self.absent: dict[str, str] = {}
        self._lines: dict[str, list[str]] = {}
        self._alive: dict[str, Process] = {}

    def __enter__(self) -> Measurement:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._alive.values():
            process.end()

    def meet(self, names: Iterable[str]) -> None:
        """Install peers, and ask each what it has.

        Raises:
            Failed: a peer is installed, and does not start.
        """
        for name in names:
            try:
                self._lines[name] = interpreter(PEERS[name], self.plan.cache)
            except (environment.SetupError, OSError) as error:
                self.absent[name] = str(error)
        for name in self._lines:
            self._process(name)
            self._done(name)

    def rows(self, wanted: Iterable[tuple[Workload, int]]) -> Iterator[Row]:
        """One row after the other, measured."""
        slow: set[tuple[str, str]] = set()
        for workload, size in wanted:
            names = [
                n for n, offers in self.offers.items() if workload.name in offers and (n, workload.name) not in slow
            ]
            row = Row(workload, size, {name: Cell() for name in names})
            right = self._right(row) if workload.name in self.offers[RIGHT] else None
            for _ in range(self.plan.rounds):
                for name, cell in row.cells.items():
                    if not cell.fault:
                        self._measure(name, row, right)
            if workload.grows:
                slow |= {(name, workload.name) for name, cell in row.cells.items() if cell.fault}
            yield row

    def _process(self, name: str) -> Process:
        """The process of a peer: the one there is, or a new one."""
        if name not in self._alive:
            line, plan = self._lines[name], self.plan
            self._alive[name] = Process(line, name, plan.core, variables(plan.keep_heap), plan.limit)
            said = self._alive[name].hello()
            self.offers[name], self.versions[name] = said["offers"], said["versions"]
        return self._alive[name]

    def _done(self, name: str, broken: bool = False) -> None:
        if broken or not self.plan.quick:
            self._alive.pop(name).end()

    def _right(self, row: Row) -> Any:
        """The results by hand."""
        answer = self._process(RIGHT).ask(name=row.workload.name, size=row.size, seconds=0, least=0, most=0)
        self._done(RIGHT)
        return answer["digest"]

    def _measure(self, name: str, row: Row, right: Any) -> None:
        """One more process, or one more turn of the one there is."""
        plan, cell = self.plan, row.cells[name]
        request = {"name": row.workload.name, "size": row.size}
        try:
            answer = self._process(name).ask(**request, seconds=plan.seconds, least=plan.least, most=plan.most)
        except TooLong:
            self._done(name, broken=True)
            return None if cell.samples else cell.stop(f"> {plan.limit:.0f} s", fatal=False)
        except Failed as error:
            self._done(name, broken=True)
            return cell.stop(f"failed: {error}", fatal=True)
        self._done(name)
        if right is not None and not (apart := difference(answer["digest"], right)) <= TOLERANCE:
            return cell.stop(f"wrong result: {apart:.1e} from the one by hand", fatal=True)
        cell.samples.append(answer["samples"])
        if answer["memory"] is not None:
            cell.memory.append(answer["memory"])
        return None


def processor(chosen: int | None) -> int:
    """The one on which peers run: by default the last that this process may use; -1 where that cannot be had."""
    if not hasattr(os, "sched_getaffinity"):
        return -1
    return max(os.sched_getaffinity(0)) if chosen is None else chosen
