"""The edit that makes a wrong answer right, found by trying: it says where in the user's own line the fault is.

Nothing is believed that was not tried: a source with one edit is run, and judged by numbers. Where no single edit will do, one
that makes more of the answer right, and nothing wrong, is kept, and the search goes on from there.
"""

from __future__ import annotations

import ast
import itertools
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from .edits import edits, moves
from .source import Edit, Source

Judge = Callable[[str], Sequence[bool] | None]  # which parts of an answer are right; None: it does not run
SECONDS = 2.0  # of computing that a search may take
_MOST_EDITS = 3  # that one answer may need
_TRIED = 5  # changes that make an answer better, of each of which it is tried to go on
_MOST_TRANSPOSES = 16  # of which pairs are tried
_RULED = ("assignment", "sides", "exchange")  # what is done in several lines at once
_REWRITTEN = ("brackets", "operator")  # after which one more edit of the same text is tried
_FINISHING = ("function", "sign", "number", "name", "sum", "transpose")
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_MOST_LIKELY = 60  # edits of which pairs are tried
# Words by which a second change may be larger than the smallest, and how many are still tried.
_HARDLY, _MORE = 0.4, 300
# Of words that only move; of a name, since many fit by accident.
_LEAST = {"brackets": 2.5, "exchange": 1.5, "sequence": 1.5, "indentation": 1.5, "ones": 2.0, "name": 2.1}
# Of a product that is missing at the end, a division by a length, a statement that is one too many.
_MOST = {"forgotten": 1.9, "length": 2.0, "surplus": 0.9}
_UNLIKELY = 6.0
_WORD = re.compile(r"[\w.]+|\*\*|//|[<>=!]=|[^\s\w.(),=]")
_NAME = re.compile(r"[^\W\d]\w*")
_TICKS = 10_000  # times that the loops of an edited answer may go round


@dataclass(frozen=True)
class Repair:
    """One edit in words: the kind of thing that is wrong, its line, the line's number, and old and new text at a column."""

    kind: str
    number: int
    line: str
    column: int
    old: str
    new: str
    said: str = ""

    def __str__(self) -> str:
        what = self.said or (f"`{self.old}` should be `{self.new}`" if self.old else f"`{self.new}` is missing")
        lead = f"   line {self.number}: "
        return f"{_WORDS[self.kind]}: {what}.\n{lead}{self.line}\n{' ' * (len(lead) + self.column)}{'^' * max(1, len(self.old))}"


_WORDS = {
    "factor": "A factor is wrong", "term": "A term is wrong", "sign": "A sign is wrong", "power": "A power is wrong",
    "operator": "An operator is wrong", "order": "The order is wrong", "brackets": "The brackets are in the wrong place",
    "comparison": "A comparison is wrong", "function": "A function is wrong", "axis": "An axis is wrong",
    "keepdims": "An axis is wrong", "ddof": "A count is wrong", "number": "A number is wrong", "name": "A name is wrong",
    "index": "An index is wrong", "transpose": "A transpose is wrong", "sum": "A sum is wrong",
    "assignment": "An assignment is wrong", "statement": "A statement is wrong", "call": "A function is called too early",
    "sides": "The sides of an assignment are interchanged", "exchange": "Two names are interchanged",
    "sequence": "The order of two statements is wrong", "indentation": "The indentation is wrong",
}  # fmt: skip


def repairs(
    source: str, judge: Judge, confirm: Callable[[str], bool], number: int = 1, seconds: float = SECONDS
) -> list[list[Repair]]:
    """The ways to make `source` right, each a list of edits; one way, or two that both fit; none found: an empty list.

    Args:
        source: of the answer that is wrong.
        judge: a quick look at a changed source.
        confirm: the whole check, for what passed the quick look.
        number: of its first line.
        seconds: of computing, after which the search ends without a result.
    """
    until = time.process_time() + seconds
    begun: list[tuple[str, Sequence[bool] | None, list[Repair]]] = [(source, judge(source), [])]
    try:
        while begun:  # depth first, from what gained the most
            source, found, made = begun.pop()
            right, better = _round(source, found, judge, until)
            if ways := _confirmed(source, right, confirm):
                return [[replace(one, number=one.number + number - 1) for one in [*made, *way]] for way in ways]
            if len(made) < _MOST_EDITS:
                begun += [
                    (_applied(source, each), flags, [*made, *_shown(source, each)]) for each, flags in better[::-1]
                ]
    except (SyntaxError, _OutOfTimeError):
        pass
    return []


class _OutOfTimeError(Exception):
    pass


_Change = tuple[Edit, ...]


def _round(
    source: str, found: Sequence[bool] | None, judge: Judge, until: float
) -> tuple[list[_Change], list[tuple[_Change, Sequence[bool]]]]:
    """The smallest changes that make everything right, and any hardly larger; and what gains without a loss, most first."""
    right: list[_Change] = []
    better: list[tuple[_Change, Sequence[bool]]] = []
    most, left = math.inf, _MORE
    for changes in _sorts(source):
        for cost, change in changes:
            left -= bool(right)
            if cost > most or not left:
                break
            if time.process_time() > until:
                if right:
                    break
                raise _OutOfTimeError
            flags = judge(_applied(source, change))
            if not flags:
                continue
            if all(flags):
                right.append(change)
                most = min(most, cost + _HARDLY)
            elif found and sum(flags) > sum(found) and all(b or not a for a, b in zip(found, flags, strict=False)):
                better.append((change, flags))
        if right or better:
            break
    return right, sorted(better, key=lambda pair: -sum(pair[1]))[:_TRIED]


@dataclass(frozen=True)
class Slip:
    """A small change of a source, and how large it is."""

    size: float
    source: str
    change: _Change

    @property
    def shown(self) -> list[Repair]:
        return _shown(self.source, self.change)

    @property
    def applied(self) -> str:
        return _applied(self.source, self.change)

    def meets(self, other: Slip) -> bool:
        """Whether both change something in the same place."""
        return not all(_apart(mine, its) for mine in self.change for its in other.change)

    @property
    def keeps(self) -> bool:
        """Whether all names are still there: what is left of the source is as much as it was."""
        return not any(_NAME.search(word) for word in self._words()[1])

    @property
    def drops(self) -> bool:
        """Whether nothing new is written: something is left out, or stands elsewhere."""
        return not self._words()[0]

    @property
    def exchanges(self) -> bool:
        """Whether a function's arguments stand in each other's places, which loses nothing that was computed."""
        functions = (n for n in ast.walk(ast.parse(self.source)) if isinstance(n, ast.arguments))
        arguments = {argument.arg for each in functions for argument in each.args}
        written, struck = self._words()
        return {*written, *struck} <= arguments

    def resembles(self, other: Slip) -> bool:
        """Whether both do the same thing, or something to the same words, in one source and in another."""
        mine, its = self.change[0], other.change[0]
        return self._words() == other._words() or self._old == other._old or bool(mine.said and mine.kind == its.kind)

    @property
    def _old(self) -> list[str]:
        return [self.source[edit.start : edit.stop] for edit in self.change]

    def _words(self) -> tuple[Counter[str], Counter[str]]:
        """What is written, and what is struck out."""
        written, struck = Counter[str](), Counter[str]()
        for edit in self.change:
            mine, right = (Counter(_WORD.findall(t)) for t in (self.source[edit.start : edit.stop], edit.new))
            written, struck = written + (right - mine), struck + (mine - right)
        return written, struck

    @property
    def put(self) -> str:
        """What the change puts where, shown with enough around it to be understood."""
        if self.change[0].said:
            said = self.change[0].said.replace(" belongs ", " stands ").replace(" is one too many", " is left out")
            return f"in which {said}"
        return f"with {' and '.join(dict.fromkeys(map(self._put, self.change)))}"

    def _put(self, edit: Edit) -> str:
        source = Source(self.source)
        around = [n for n in ast.walk(source.tree) if isinstance(n, (ast.expr, ast.stmt))]
        spans = [source.span(n) for n in around if not isinstance(n, (ast.Name, ast.Constant, ast.FunctionDef))]
        start, stop = min(
            (s for s in spans if s[0] <= edit.start and edit.stop <= s[1] and _NAME.search(self.source[slice(*s)])),
            key=lambda span: span[1] - span[0],
            default=(edit.start, edit.stop),
        )
        new = edit.apply(self.source)[start : stop + len(edit.new) - (edit.stop - edit.start)]
        return f"`{_bare(new)}` in place of `{self.source[start:stop]}`"


def likely(source: str, most: float) -> list[Slip]:
    """Every change of a source that may be one slip of the pen and is no larger than `most` (words), the smallest first."""
    sizes = ((size, change) for size, change in next(_sorts(source)) if size <= most and change[0].rule != "forgotten")
    return [Slip(size, source, change) for size, change in sizes]


def _cost(source: str, change: _Change) -> float:
    """How large a change is: the words and signs that it writes, and half of what it strikes out beyond those; again, half."""
    costs = []
    for edit in change:
        mine, right = (Counter(_WORD.findall(text)) for text in (source[edit.start : edit.stop], edit.new))
        written, struck = (right - mine).total(), (mine - right).total()
        cost = max(_LEAST.get(edit.kind, 1.0), _LEAST.get(edit.rule, 1.0), written + max(0, struck - written) / 2)
        costs.append(min(cost, _MOST.get(edit.rule, cost)))
    unlikely = all(edit.unlikely for edit in change)  # a name that is another wherever it stands may be a slip
    return max(costs) + sum(sorted(costs)[:-1]) / 2 + _UNLIKELY * unlikely


def _sorts(source: str) -> Iterator[Iterable[tuple[float, _Change]]]:
    """One edit, also wherever else a line or the whole says the same; an edited edit; two edits; what is unlikely."""
    replacing, adding, completing = edits(source)
    elsewhere = moves(source)

    def ordered(changes: Iterable[_Change]) -> list[tuple[float, _Change]]:
        return sorted(((_cost(source, change), change) for change in changes), key=lambda pair: pair[0])

    alike = [*_alike(source, replacing, by_line=True), *_alike(source, [*replacing, *adding], by_line=False)]
    ones = [(edit,) for edit in [*replacing, *adding, *completing]]
    every = ordered(dict.fromkeys([*ones, *alike, *_of_one_rule(replacing), *elsewhere]))
    likely = [(cost, change) for cost, change in every if cost < _UNLIKELY]
    yield likely
    yield ((0, (again,)) for edit in replacing if edit.kind in _REWRITTEN for again in _edited_again(source, edit))
    transposes = [edit for edit in adding if edit.kind == "transpose"][:_MOST_TRANSPOSES]
    first = [change for _, change in likely if all(edit.kind not in ("transpose", "name") for edit in change)][
        :_MOST_LIKELY
    ]
    both = [(*one, *other) for one, other in itertools.combinations(first, 2)]
    pairs = [*itertools.combinations(transposes, 2), *both]
    yield ordered(change for change in pairs if all(itertools.starmap(_apart, itertools.combinations(change, 2))))
    yield every[len(likely) :]


def _of_one_rule(some: list[Edit]) -> Iterator[_Change]:
    """All edits of one rule, those of neighbouring lines, and those of one name."""
    rules: dict[str, list[Edit]] = {}
    targets: dict[tuple[str, str], list[Edit]] = {}
    for edit in some:
        if edit.kind in _RULED:
            rules.setdefault(edit.rule, []).append(edit)
            targets.setdefault((edit.rule, edit.new.partition(" ")[0]), []).append(edit)
    for same in rules.values():
        for i in range(len(same)):
            for j in range(i + 2, len(same) + 1):
                if all(itertools.starmap(_apart, itertools.pairwise(same[i:j]))):
                    yield tuple(same[i:j])
    for same in targets.values():
        if len(same) > 1 and all(itertools.starmap(_apart, itertools.pairwise(same))):
            yield tuple(same)


def _alike(source: str, some: list[Edit], *, by_line: bool) -> Iterator[_Change]:
    """The same edit at each place of a line, or of the whole source, where it can be made."""
    groups: dict[tuple[str, str, str, int], list[Edit]] = {}
    for edit in some:
        line = source.count("\n", 0, edit.start) if by_line else 0
        groups.setdefault((edit.kind, source[edit.start : edit.stop], edit.new, line), []).append(edit)
    for same in groups.values():
        if len(same) > 1 and all(itertools.starmap(_apart, itertools.pairwise(same))):
            yield tuple(same)


def _edited_again(source: str, edit: Edit) -> Iterator[Edit]:
    """An edit, and one more in the text that it has put there."""
    once = edit.apply(source)
    end = edit.start + len(edit.new)
    for again in itertools.chain(*edits(once)):
        if edit.start <= again.start and again.stop <= end and again.kind in _FINISHING:
            whole = again.apply(once)
            yield Edit(edit.kind, edit.start, edit.stop, whole[edit.start : len(whole) - (len(once) - end)])


def _apart(one: Edit, other: Edit) -> bool:
    return one.start != other.start and (one.stop <= other.start or other.stop <= one.start)


def _applied(source: str, change: _Change) -> str:
    for edit in sorted(change, key=lambda edit: -edit.start):
        source = edit.apply(source)
    return source


def _confirmed(source: str, right: list[_Change], confirm: Callable[[str], bool]) -> list[list[Repair]]:
    """The first change that passes the whole check, and the first in another place: more would be the same in other clothes."""
    chosen: list[_Change] = []
    for change in right:
        if all(_apart(a, b) for other in chosen for a in change for b in other) and confirm(_applied(source, change)):
            chosen.append(change)
            if len(chosen) == 2:
                break
    return [[*_shown(source, change)] for change in chosen]


def _shown(source: str, change: _Change) -> list[Repair]:
    return [_described(source, edit) for edit in sorted(change, key=lambda edit: edit.start)]


def _described(source: str, edit: Edit) -> Repair:
    at = edit.start if edit.place < 0 else edit.place
    start = source.rfind("\n", 0, at) + 1
    line = source[start:].partition("\n")[0]
    old, new = source[at : max(edit.stop, at + 1)].partition("\n")[0], edit.new.removeprefix(", ")
    new = _bare(new)
    column, number = at - start - (len(line) - len(line.lstrip())), source.count("\n", 0, at) + 1
    return Repair(edit.kind, number, line.strip(), column, old if edit.stop > at else "", new, edit.said)


def _bare(text: str) -> str:
    """An expression without the brackets around the whole of it."""
    return text[1:-1] if text.startswith("(") and text.endswith(")") and _balanced(text[1:-1]) else text


def _balanced(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True


# -- running what was edited ------------------------------------------------------------------------------------------


class EndlessError(Exception):
    """A loop of an edited answer did not come to its end."""


def bounded(source: str) -> ast.Module:
    """The syntax tree of a source whose loops end, if need be with an `EndlessError`: they call ``_tick_``, made by `tick`.

    Raises:
        SyntaxError: it is not Python.
    """
    tree = ast.parse(source)
    for loop in _loops(tree):
        call = ast.copy_location(ast.Expr(ast.Call(ast.Name("_tick_", ast.Load()), [], [])), loop.body[0])
        loop.body.insert(0, ast.fix_missing_locations(call))
    return tree


def _loops(node: ast.AST) -> Iterator[ast.While | ast.For]:
    """All loops in a block of statements and those inside."""
    for name in _BLOCKS:
        for inner in getattr(node, name, ()):
            if isinstance(inner, (ast.While, ast.For)):
                yield inner
            yield from _loops(inner)


def tick() -> Callable[[], None]:
    """What each round of a loop calls, once made for one run."""
    rounds = iter(range(_TICKS))

    def count() -> None:
        if next(rounds, None) is None:
            raise EndlessError

    return count
