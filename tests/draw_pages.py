"""What a page of the explorer holds, as `sweep` wrote it down: pack.py backwards."""

import json
import re

STATS = ("min", "max", "mean", "zero", "nan", "inf")


def data_of(text):
    """The data in a page."""
    packed = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])
    titles = {int(key): title for key, title in packed["titles"].items()}
    nodes = []
    for key, inputs in enumerate(packed["nodes"]):
        facts = {**packed["sorts"][packed["kinds"][key]], "inputs": inputs}
        facts["calls"] = packed["paths"][packed["within"][key] if packed["within"] else 0]
        nodes.append({**facts, "title": titles.get(key, facts.get("title"))})

    def array(x):
        if not isinstance(x, list):
            return x
        grid, facts, *cells = x
        stats = dict(zip(STATS, facts + [0] * (len(STATS) - len(facts)), strict=True))
        return {**packed["grids"][grid], "stats": stats, "cells": cells[0] if cells else []}

    moments = [
        {**m, "values": [array(x) for x in m["values"]], "grads": [array(x) for x in m["grads"]]}
        for m in packed["snapshots"]
    ]
    return {**packed, "nodes": nodes, "snapshots": moments}
