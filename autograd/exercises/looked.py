"""A quick look at an answer that has been changed: which findings are right, part by part."""

from __future__ import annotations

from typing import Any

from ..check.running import MOST_TICKS, Held, bounded, held, helpers
from .bugs import BROKEN
from .exercise import DIAGNOSIS, Answer, Finding
from .form import Exercise
from .guard import TimeUpError
from .module import NAME, kept_depth, run
from .truth import ZEROS, Zeros

_TIMES, _FEWEST_TICKS = 5, 5_000  # rounds and calls: as many times those of the solution, and no fewer


def is_to_find(finding: Finding) -> bool:
    """Whether this is about a fault that the student is to find."""
    return finding.title == BROKEN or finding.kinds == (DIAGNOSIS,)


class Look:
    """Looks at one text after the other; the first is what the student wrote.

    Args:
        exercise: whose derivatives are known (`truth.KNOWN`), and of which nothing else is believed (`truth.ALONE`).
        above: what stands above the answer, and is not changed.

    `ticks` is the number of rounds and calls after which an answer counts as endless.
    """

    def __init__(self, exercise: Exercise, above: str) -> None:
        self._look, self._head = exercise.look, compile(above, "<given>", "exec")
        self._begin: int | None = None  # the first finding that was wrong in what the student wrote
        self.ticks = MOST_TICKS
        self._zeros, self._holds = Zeros(), True
        self(exercise.solution)
        self.ticks, self._begin = min(MOST_TICKS, max(_FEWEST_TICKS, _TIMES * self._used)), None
        self._zeros, self._holds = Zeros(), True

    def __call__(self, text: str) -> list[bool] | None:
        """Which findings are right; None where the answer does not run.

        What a single number rests on may be an accident (3 + 3 is 2 · 3): that is not enough.
        """
        findings, ran = self._found(text)
        self._zeros.first = False
        if self._begin is None:
            self._begin = next((i for i, finding in enumerate(findings) if not finding.passed), len(findings))
            self._holds = self._stopped  # then the rest of it is looked at all the same, here and after each change
        found = [part for finding in findings for part in (*finding.parts, *finding.trials, finding.passed)]
        numbers = sum(2 - finding.single for finding in findings[self._begin :])
        return [*found, *([] if ran and numbers > 1 else [False])] if found else None

    def parts(self, text: str) -> list[bool]:
        """Which parts of the finding that was wrong are right: what is so in another one may be by accident."""
        return [part for finding in self._found(text)[0][self._begin :][:1] for part in finding.parts]

    @kept_depth()
    def _found(self, text: str) -> tuple[list[Finding], bool]:
        """What is found up to the first that is wrong, and whether the answer did not stop."""
        findings: list[Finding] = []
        ran = False
        hold = Held()
        names: dict[str, Any] = {"__name__": NAME, **helpers(self.ticks), "_held_": hold}
        token = ZEROS.set(self._zeros)
        try:
            exec(self._head, names)  # noqa: S102 - what is given
            tree = bounded(text)
            run(held(tree) if self._holds else tree, names, "<edited>")
            for finding in self._look(Answer(names)):
                if is_to_find(finding):
                    continue
                findings.append(finding)
                if not finding.passed:
                    break
            ran = not hold.stopped
        except TimeUpError:
            raise
        except BaseException:  # noqa: S110 - the student's: SystemExit too
            pass
        finally:
            ZEROS.reset(token)
        self._stopped = hold.stopped
        self._used = self.ticks - names["_tick_"].left
        return findings, ran
