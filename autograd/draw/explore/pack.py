"""What a page holds, said once and briefly; `unpack.mjs` is the way back."""

from __future__ import annotations

from typing import Any

from . import sweep
from .arrays import Json

_Facts = tuple[tuple[str, Any], ...]
_STATS = ("min", "max", "mean", "zero", "nan", "inf")  # those at the end are left out where they are 0


def structure(facts: dict[str, Json]) -> dict[str, Json]:
    """The facts of `sweep.structure`, where nodes that differ in their inputs and names alone share what is said of them."""
    sorts: dict[_Facts, int] = {}
    paths: dict[tuple[int, ...], int] = {}
    kinds, within, titles = [], [], {}
    for key, node in enumerate(facts["nodes"]):
        shared = {name: fact for name, fact in node.items() if name not in ("inputs", "calls")}
        within.append(paths.setdefault(tuple(node["calls"]), len(paths)))
        if node["title"] not in (node["symbol"], node["kind"], "constant"):
            titles[key] = shared.pop("title")
        kinds.append(sorts.setdefault(_frozen(shared), len(sorts)))
    return {
        **facts,
        "nodes": [node["inputs"] for node in facts["nodes"]],
        "sorts": [dict(sort) for sort in sorts],
        "kinds": kinds,
        "paths": list(paths),
        "within": within if len(paths) > 1 else [],
        "titles": titles,
        "steps": None,  # the operations, newest first
    }


def _frozen(facts: dict[str, Json]) -> _Facts:
    return tuple((name, tuple(fact) if isinstance(fact, list) else fact) for name, fact in facts.items())


def moments(snapshots: list[dict[str, Json]], live: bool) -> dict[str, Json]:
    """The snapshots of `sweep.numbers`, and the shapes of their arrays. What a live page computes itself is left out."""
    grids: dict[_Facts, int] = {}
    digits = 9 if len(snapshots[0]["values"]) > sweep.MANY else 17
    first = snapshots[0]["terms"]

    def brief(x: Json) -> Json:
        if isinstance(x, float):
            return float(f"{x:.{digits}g}")
        if not isinstance(x, dict):
            return x
        grid = _frozen({name: x[name] for name in ("shape", "dtype", "rows", "cols", "block")})
        facts = [_short(x["stats"].get(name), 9 if digits > 9 else 4) for name in _STATS]
        while facts and not facts[-1]:
            facts.pop()
        parts = [grids.setdefault(grid, len(grids)), facts]
        return [*parts, x["cells"]] if x["cells"] else parts

    def term(key: str, i: int, term: Json) -> Json:
        if term is None:
            return 0
        factors, shared = term.get("factors"), (first[key][i] or {}).get("factors")
        if factors and shared and factors is not shared and _places(factors) == _places(shared):
            factors = {"by": factors["by"]}
        parts = [brief(term["local"]), brief(term["product"])]
        if factors:
            return [*parts, factors]
        return parts if parts != [None, None] else 1

    written = [
        {
            "label": moment["label"],
            "values": [brief(x) for x in moment["values"]],
            "grads": [brief(x) for x in moment["grads"]],
            "terms": None
            if live
            else [[term(key, i, t) for i, t in enumerate(terms)] for key, terms in moment["terms"].items()],
        }
        for moment in snapshots
    ]
    return {"snapshots": written, "grids": [dict(grid) for grid in grids]}


def _places(factors: Json) -> tuple[Any, Any]:
    return factors["to"], factors["from"]


def _short(x: Json, digits: int) -> Json:
    return float(f"{x:.{digits}g}") if isinstance(x, float) else x
