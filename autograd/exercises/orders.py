"""Whether a list of Values is in topological order, for the steps of "Build your own engine" that are about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .exercise import Answer, Finding
from .programs import Program


def ordered(answer: Answer, work: Program) -> Finding:
    """Whether ``order()`` of the last Value has each Value once, after its parents."""
    *_, nodes = work.run(answer.Value)
    return judged(f"the order of {', '.join(nodes)}", nodes, nodes[work.result], f"   {work}; {work.result}.order()")


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
    if any(id(node) not in names for node in found):
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
        return "reversed", f"Every Value stands before what it was made from: turn it round; {shown}."
    parent, child = late[0]
    return "order", (
        f"{child} stands before {parent}, which it was made from: append a Value once all of its parents are there; {shown}."
    )


def _short(names: list[str]) -> str:
    return ", ".join(names if len(names) <= 8 else [*names[:4], "…", *names[-3:]])


class Watched(tuple[Any, ...]):
    """Parents that count how often they are gone through."""

    times = 0

    def __iter__(self) -> Iterator[Any]:
        self.times += 1
        return super().__iter__()


def watch(nodes: Iterable[Any]) -> list[Watched]:
    """Put watched parents in place of those that the nodes have."""
    watched = []
    for node in nodes:
        node.parents = Watched(node.parents)
        watched.append(node.parents)
    return watched


def visits(answer: Answer, doublings: int) -> Finding:
    """Whether the parents of each Value are gone through once, where there are many ways to each."""
    title = f"{doublings} doublings, each Value visited once"
    node = answer.Value(1.0)
    nodes = {"a": node}
    for i in range(doublings):
        nodes[f"x{i + 1}"] = node = node + node
    watched = watch(nodes.values())
    node.order()
    most = max(each.times for each in watched)
    if most <= 2:
        return Finding(True, title)
    words = f"The parents of a Value are gone through {most} times: look whether it has been seen before, not after."
    return Finding(False, title, words, ("cost",))
