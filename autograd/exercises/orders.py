"""Whether a list of Values is in topological order, for the steps of "Build your own engine" that are about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from .exercise import Answer, Finding
from .programs import Program, program
from .truth import ALONE


def ordered(answer: Answer, work: Program) -> Finding:
    """Whether ``order()`` of the last Value has each Value once, after its parents."""
    *_, nodes = work.run(answer.Value)
    found = judged(f"the order of {', '.join(nodes)}", nodes, nodes[work.result], f"   {work}; {work.result}.order()")
    if found.kinds == ("order",) and not ALONE.get() and (words := _habit(answer)):
        return replace(found, message=found.message.replace(_APPEND, words))
    if found.kinds == ("reversed",) and not ALONE.get() and not _only_turned(answer):
        return replace(found, message=found.message.replace(_TURN, _NOT_TURNED))
    return found


def judged(title: str, nodes: dict[str, Any], last: Any, where: str) -> Finding:
    """The finding on ``last.order()``, asked twice; `nodes` are all the Values that belong there."""
    for again in (False, True):
        found = last.order()
        kind, words = _fault(nodes, last, found, again)
        if kind:
            return Finding(False, title, f"{words}\n{where}", (kind,))
    return Finding(True, title)


def _fault(nodes: dict[str, Any], last: Any, found: Any, again: bool) -> tuple[str, str]:
    """The first thing that is wrong with an order, and in words; nothing if it is right."""
    if not isinstance(found, list):
        kind = "None: is a `return` missing?" if found is None else f"a {type(found).__name__}."
        return "type", f"order() should return a list of Values, and returns {kind}"
    names = {id(node): name for name, node in nodes.items()}
    strange = [node for node in found if id(node) not in names]
    if strange and all(isinstance(node, type(last)) for node in strange):
        return (
            "shared",
            "order() returns Values that were listed when it was called before: the list, or the set of what was seen, is kept "
            "(what a parameter has by default is made once).",
        )
    if strange:
        return "type", "order() should return the Values themselves, and here is something else among them."
    given = [names[id(node)] for node in found]
    shown = f"here it is [{_short(given)}]"
    listed = set(given)
    twice = next((name for name in given if given.count(name) > 1), None) if len(given) != len(listed) else None
    lacking = [name for name in nodes if name not in listed]
    if again and (twice or lacking):
        return (
            "shared",
            f"Asked for a second time, order() gives another answer: the list, or the set of what was seen, is kept; {shown}.",
        )
    if twice:
        return (
            "twice",
            f"{twice} stands there {given.count(twice)} times: remember which Values have been seen, and look when it is their "
            f"turn; {shown}.",
        )
    twins = [(name, there) for name in lacking for there in given if nodes[there].data == nodes[name].data]
    if twins:
        name, twin = twins[0]
        words = f"{name} is missing, and {twin} has the same number: two Values may have one, and are two all the same"
        return "same", f"{words}; {shown}."
    if lacking:
        kind = "self" if lacking == [names[id(last)]] else "incomplete"
        return (
            kind,
            f"{_short(lacking)} {'is' if len(lacking) == 1 else 'are'} missing: each Value belongs there, this one too; {shown}.",
        )
    place = {name: i for i, name in enumerate(given)}
    late = [(names[id(p)], name) for name in given for p in nodes[name].parents if place[names[id(p)]] > place[name]]
    if not late:
        return "", ""
    if len(late) == sum(len(node.parents) for node in nodes.values()):
        return "reversed", f"Every Value stands before what it was made from: {_TURN}; {shown}."
    parent, child = late[0]
    return "order", (f"{child} stands before {parent}, which it was made from: {_APPEND}; {shown}.")


# -- usual ways to a wrong order --------------------------------------------------------------------------------------

Turn = Callable[[Iterable[Any]], Iterable[Any]]
_TURNS: tuple[Turn, ...] = (tuple, lambda nodes: tuple(nodes)[::-1])
_LARGER = (
    program("c = a * b; d = c + a; e = b * d; f = d * e", a=2.0, b=-3.5),
    program("p = a + b; q = p * a; r = q + p; s = p + r; t = s * q", a=2.0, b=-3.5),
)


def _only_turned(answer: Answer) -> bool:
    """Whether the lists are right once they are turned round."""
    for work in _LARGER:
        *_, nodes = work.run(answer.Value)
        try:
            given = nodes[work.result].order()[::-1]
        except Exception:  # the student's
            return False
        if _fault(nodes, nodes[work.result], given, again=False)[0]:
            return False
    return True


def _habit(answer: Answer) -> str:
    """What is said of the way that gives all the lists that an answer gives; empty if none does."""
    try:
        lasts = [list(work.run(answer.Value))[-1][work.result] for work in _LARGER]
        given = [list(map(id, last.order())) for last in lasts]
    except Exception:  # the student's: an order that is wrong here may stop there
        return ""
    for way, words in _WAYS.items():
        for turn in _TURNS:
            if [list(map(id, way(last, turn))) for last in lasts] == given:
                return words
    return ""


def _marked_on_the_stack(last: Any, turn: Turn) -> list[Any]:
    order, seen, stack = [], {id(last)}, [(last, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
            continue
        stack.append((node, True))
        fresh = [parent for parent in turn(dict.fromkeys(node.parents)) if id(parent) not in seen]
        seen |= set(map(id, fresh))
        stack += [(parent, False) for parent in fresh]
    return order


def _noted_before_its_parents(last: Any, turn: Turn) -> list[Any]:
    order: list[Any] = []
    stack = [last]
    while stack:
        node = stack.pop()
        if not any(node is other for other in order):
            order.append(node)
            stack += turn(tuple(node.parents))
    return order[::-1]


def _level_by_level(last: Any, turn: Turn) -> list[Any]:
    order = [last]
    for node in order:
        order += [p for p in turn(dict.fromkeys(node.parents)) if not any(p is other for other in order)]
    return order[::-1]


def _by_shortest_way(last: Any, turn: Turn) -> list[Any]:
    """The furthest first, by the fewest steps from the last one; those that are as far stay as they were met."""
    steps = {id(last): (0, last)}
    order = [last]
    for node in order:
        for parent in turn(tuple(node.parents)):
            if id(parent) not in steps:
                steps[id(parent)] = (steps[id(node)][0] + 1, parent)
                order.append(parent)
    return [node for _, node in sorted(steps.values(), key=lambda pair: -pair[0])]


def _counted_once(last: Any, turn: Turn) -> list[Any]:
    """Each Value as soon as all that were made from it are there, of which one that uses it twice was counted once."""
    users: dict[int, set[int]] = {id(last): set()}
    todo = [last]
    while todo:
        node = todo.pop()
        for parent in node.parents:
            if id(parent) not in users:
                users[id(parent)] = set()
                todo.append(parent)
            users[id(parent)].add(id(node))
    waiting, ready, order = {key: len(each) for key, each in users.items()}, [last], []
    while ready:
        node = ready.pop()
        order.append(node)
        for parent in turn(tuple(node.parents)):
            waiting[id(parent)] -= 1
            if waiting[id(parent)] == 0:
                ready.append(parent)
    return order[::-1]


def _moved_when_met_again(last: Any, turn: Turn) -> list[Any]:
    order, queue = [last], [last]
    for node in queue:
        for parent in turn(tuple(node.parents)):
            if any(parent is other for other in queue):
                order = [other for other in order if other is not parent]
            else:
                queue.append(parent)
            order.append(parent)
    return order[::-1]


_APPEND = "append a Value once all of its parents are there"
_TURN = "turn it round"
_NOT_TURNED = f"{_APPEND} (turned round, such a list is right in small graphs only)"
_WAYS: dict[Callable[[Any, Turn], list[Any]], str] = {
    _marked_on_the_stack: "a Value counts as seen when it is put where it waits, and may still wait there when one that was made "
    "from it is done; mark it when its turn comes",
    _noted_before_its_parents: "each Value is noted before its parents, and the list turned round, which is another order; "
    f"{_APPEND}",
    _level_by_level: f"this goes level by level, and a Value may be needed further down than where it is met first; {_APPEND}",
    _by_shortest_way: "this goes by the shortest way to each Value, and the longest counts, past all that were made of it; "
    f"{_APPEND}",
    _counted_once: "a Value that another one uses twice (a + a) is waited for once and taken off twice: count uses, not Values; "
    f"{_APPEND}",
    _moved_when_met_again: f"a Value that is met again is moved, and what it was made from is not; {_APPEND}",
}


def _short(names: list[str]) -> str:
    return ", ".join(names if len(names) <= 8 else [*names[:4], "…", *names[-3:]])


_A_FEW = 6  # Kahn's way takes three


class Watched(tuple[Any, ...]):
    """Parents that count how often they are gone through: from either end, by an index, or as a slice."""

    times = 0

    def __iter__(self) -> Iterator[Any]:
        self.times += 1
        return super().__iter__()

    def __reversed__(self) -> Iterator[Any]:
        return reversed(tuple(self))

    def __getitem__(self, index: Any) -> Any:
        self.times += isinstance(index, slice) or index in (0, -len(self))
        return super().__getitem__(index)


def watch(nodes: Iterable[Any]) -> list[Watched]:
    """Put watched parents in place of those that the nodes have."""
    watched = []
    for node in nodes:
        node.parents = Watched(node.parents)
        watched.append(node.parents)
    return watched


def visits(answer: Answer, doublings: int) -> Finding:
    """Whether the parents of each Value are gone through a few times at most, where there are 2ⁿ ways to the first."""
    title = f"{doublings} doublings, each Value visited a few times at most"
    node = answer.Value(1.0)
    nodes = {"a": node}
    for i in range(doublings):
        nodes[f"x{i + 1}"] = node = node + node
    watched = watch(nodes.values())
    node.order()
    most = max(each.times for each in watched)
    if most <= _A_FEW:
        return Finding(True, title)
    words = f"The parents of a Value are gone through {most} times: look whether it has been seen before, not after."
    return Finding(False, title, words, ("cost",))
