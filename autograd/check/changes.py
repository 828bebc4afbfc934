"""The changes of a source that are worth trying, the smallest first: one edit, or several that belong together."""

from __future__ import annotations

import ast
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from .edits import edits, moves
from .source import NAME, Change, Edit, apart, words

UNLIKELY = 6.0  # words: what is no slip of the pen, and may fit all the same
_MOST_TRANSPOSES = 16  # of which pairs are tried
_RULED = ("assignment", "sides", "exchange")  # what is done in several lines at once
_REWRITTEN = ("brackets", "operator")  # after which one more edit of the same text is tried
_FINISHING = ("function", "sign", "number", "name", "sum", "transpose")
_MOST_LIKELY, _MOST_NAMED = 60, 20  # edits of which pairs are tried, and those of them that are of a name
# Of words that only move; of a name, since many fit by accident.
_LEAST = {"brackets": 1.4, "across": 2.5, "exchange": 1.5, "sequence": 1.5, "indentation": 1.5, "ones": 2.0, "name": 1.6,
          "attribute": 2.1, "product": 1.5, "point": 2.5, "extreme": 1.8, "moved": 1.8, "part": 1.9}  # fmt: skip
# Of a product that is missing at the end, what is dropped, a division by a length, a statement that is one too many, …
_MOST = {"forgotten": 1.9, "drop": 1.4, "two": 1.4, "length": 2.0, "root": 2.6, "block": 1.3, "size": 1.5,
         "surplus": 0.9, "start": 0.9, "paired": 1.0, "kept": 1.2, "before": 1.4, "along": 1.5, "argument": 1.4,
         "centred": 1.7, "part": 2.4, "twice": 1.5, "one": 1.6, "squared": 1.8, "whole": 1.5, "eye": 1.6, "rows": 1.6,
         "sums": 1.4, "one of it": 1.2, "rebound": 1.1, "buffered": 1.5, "turned": 1.2, "bounds": 1.4}  # fmt: skip
_ALIKE, _SAME = 0.6, 0.5  # words by which a second slip of the same kind is likelier than another; one in the same text
_PART = 0.35  # of its words that a part costs which is known to be one of what is right
_FORGOTTEN = 0.8  # words by which a change is less likely after which something has been computed for nothing
_CLEARED = 2.5  # words by which a change is less likely where what is computed is right


class Known(NamedTuple):
    """What is known of a source: kinds and old texts of the changes made, where that was, and where the source is right."""

    kinds: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    made: tuple[tuple[int, int], ...] = ()
    right: tuple[tuple[int, int], ...] = ()


NOTHING = Known()


def ordered(source: str, known: Known, more: Sequence[Change] = ()) -> Iterator[tuple[float, Change]]:
    """All changes of a source and how large each is, one sort after the other, and never a smaller one after a larger one."""
    most = 0.0
    for changes in sorts(source, known, more):
        for cost, change in changes:
            most = max(most, cost)
            if not any(a <= edit.start and edit.stop <= b for edit in change for a, b in known.made):
                yield most, change


def sorts(source: str, known: Known = NOTHING, more: Sequence[Change] = ()) -> Iterator[Iterable[tuple[float, Change]]]:
    """One edit, or one of `more`, also wherever else a line or the whole says the same; an edited edit; two; the unlikely."""
    replacing, adding, completing = edits(source)
    elsewhere = moves(source)

    def by_size(changes: Iterable[Change]) -> list[tuple[float, Change]]:
        return sorted(((_cost(source, change, known), change) for change in changes), key=lambda pair: pair[0])

    alike = [*_alike(source, replacing, by_line=True), *_alike(source, [*replacing, *adding], by_line=False)]
    ones = [(edit,) for edit in [*replacing, *adding, *completing]]
    every = by_size(dict.fromkeys([*ones, *more, *alike, *_of_one_rule(replacing), *elsewhere]))
    likely = [(cost, change) for cost, change in every if cost < UNLIKELY]
    yield likely
    yield ((0, (again,)) for edit in replacing if edit.kind in _REWRITTEN for again in _edited_again(source, edit))
    transposes = [edit for edit in adding if edit.kind == "transpose"][:_MOST_TRANSPOSES]
    named = [change for _, change in likely if any(edit.kind == "name" for edit in change)][:_MOST_NAMED]
    others = [change for _, change in likely if all(edit.kind not in ("transpose", "name") for edit in change)]
    first = [*others[:_MOST_LIKELY], *named]
    both = [(*one, *other) for one, other in itertools.combinations(first, 2)]
    pairs = [*itertools.combinations(transposes, 2), *both]
    yield by_size(change for change in pairs if all(itertools.starmap(apart, itertools.combinations(change, 2))))
    yield every[len(likely) :]


def _of_one_rule(some: list[Edit]) -> Iterator[Change]:
    """All edits of one rule, those of neighbouring lines, and those of one name."""
    rules: dict[str, list[Edit]] = {}
    targets: dict[tuple[str, str], list[Edit]] = {}
    for edit in some:
        if edit.kind in _RULED or edit.rule.startswith("drop") or edit.rule == "two":
            rules.setdefault(edit.rule, []).append(edit)
            targets.setdefault((edit.rule, edit.new.partition(" ")[0]), []).append(edit)
    for same in rules.values():
        for i in range(len(same)):
            for j in range(i + 2, len(same) + 1):
                if all(itertools.starmap(apart, itertools.pairwise(same[i:j]))):
                    yield tuple(same[i:j])
    for same in targets.values():
        if len(same) > 1 and all(itertools.starmap(apart, itertools.pairwise(same))):
            yield tuple(same)


def _alike(source: str, some: list[Edit], *, by_line: bool) -> Iterator[Change]:
    """The same edit at each place of a line, or of the whole source, where it can be made."""
    groups: dict[tuple[str, str, str, int], list[Edit]] = {}
    for edit in some:
        line = source.count("\n", 0, edit.start) if by_line else 0
        groups.setdefault((edit.kind, source[edit.start : edit.stop], edit.new, line), []).append(edit)
    for same in groups.values():
        if len(same) > 1 and all(itertools.starmap(apart, itertools.pairwise(same))):
            yield tuple(same)


def _edited_again(source: str, edit: Edit) -> Iterator[Edit]:
    """An edit, and one more in the text that it has put there."""
    once = edit.apply(source)
    end = edit.start + len(edit.new)
    try:
        more = edits(once)
    except SyntaxError:
        return
    for again in itertools.chain(*more):
        if edit.start <= again.start and again.stop <= end and again.kind in _FINISHING:
            whole = again.apply(once)
            twice = Edit(edit.kind, edit.start, edit.stop, whole[edit.start : len(whole) - (len(once) - end)])
            if not _forgets(source, twice):
                yield twice


def _forgets(source: str, edit: Edit) -> bool:
    """Whether something has been computed for nothing after an edit: that is no slip, but another way."""
    computed = _computed(source)
    texts = source[edit.start : edit.stop], edit.new
    old, new = ([name for name in NAME.findall(text) if name in computed] for text in texts)
    return any(0 < old.count(name) - new.count(name) == computed[name] for name in old)


@lru_cache(maxsize=1_000)
def _computed(source: str) -> dict[str, int]:
    """How often each variable is used that an operation makes the value of."""
    tree = ast.parse(source)
    used = Counter(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    made = (node for node in ast.walk(tree) if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp))
    return {each.id: used[each.id] for node in made for each in node.targets if isinstance(each, ast.Name)}


def _cost(source: str, change: Change, known: Known) -> float:
    """How large a change is: the words and signs that it writes, and half of what it strikes out beyond those; again, half."""
    costs = sorted(_cost_of_one(source, edit, edit.kind in known.kinds) for edit in change)
    size = costs[-1] + sum(costs[:-1]) / 2
    if all(edit.unlikely for edit in change):  # a name that is another wherever it stands may be a slip
        size += UNLIKELY
    if known.right and any(a <= edit.start and edit.stop <= b for edit in change for a, b in known.right):
        size += _CLEARED
    again = change[0].kind in known.kinds
    return size - again * (_ALIKE + _SAME * (source[change[0].start : change[0].stop] in known.texts))


@lru_cache(maxsize=50_000)  # most are parts of many changes
def _cost_of_one(source: str, edit: Edit, again: bool) -> float:
    """How large an edit is by itself, where one of its kind was made before (`again`) or not."""
    written, struck = _counted(source[edit.start : edit.stop], edit.new)
    cost = max(_LEAST.get(edit.kind, 1.0), _LEAST.get(edit.rule, 1.0), written + max(0, struck - written) / 2)
    cost = max(_LEAST["part"], _PART * cost) if edit.rule == "part" else cost
    cost = min(cost, _MOST.get(edit.rule.partition(" ")[0], cost))
    another = not again and edit.kind != "name" and _forgets(source, edit)
    return cost + _FORGOTTEN * another


@lru_cache(maxsize=50_000)
def _counted(old: str, new: str) -> tuple[int, int]:
    """How many words a change of a text writes, and how many it strikes out."""
    mine, right = words(old), words(new)
    kept = (mine & right).total()
    return right.total() - kept, mine.total() - kept


def deed(source: str, change: Change) -> tuple[Counter[str], Counter[str]]:
    """The words that a change writes, and those that it strikes out."""
    written, struck = Counter[str](), Counter[str]()
    for edit in change:
        mine, right = words(source[edit.start : edit.stop]), words(edit.new)
        written, struck = written + (right - mine), struck + (mine - right)
    return written, struck
