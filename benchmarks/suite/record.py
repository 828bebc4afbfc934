"""What a run leaves behind: a JSON file with every sample, and a page of the documentation."""

from __future__ import annotations

import datetime
import json
import platform
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from suite import plots, report
from suite.measure import Measurement, Row
from suite.peers import PEERS

BEGIN, END = "<!-- measured: written by `python3 run.py bench --write-docs` -->", "<!-- end of what was measured -->"


def machine() -> dict[str, str]:
    """What the figures depend on."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "processor": _processor(),
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "date": datetime.date.today().isoformat(),
    }


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def as_json(measurement: Measurement, rows: Iterable[Row]) -> dict[str, Any]:
    """All that was measured: samples are [process][repetition][phase] = [wall seconds, CPU seconds] of a repetition."""
    return {
        "machine": machine(),
        "plan": {k: v for k, v in asdict(measurement.plan).items() if k != "cache"},
        "peers": {
            name: {"title": PEERS[name].title, "versions": measurement.versions.get(name), "absent": measurement.absent.get(name)}
            for name in (*measurement.versions, *measurement.absent)
        },
        "rows": [
            {
                "name": row.name,
                "title": row.workload.heading(row.size),
                "size": row.size,
                "phases": row.workload.phases,
                "per": row.workload.per(row.size),
                "cells": {name: asdict(cell) for name, cell in row.cells.items()},
            }
            for row in rows
        ],
    }  # fmt: skip


def write_json(path: Path, measurement: Measurement, rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(as_json(measurement, rows)) + "\n", "utf-8")


def write_page(docs: Path, measurement: Measurement, rows: list[Row], names: list[str]) -> None:
    """Put tables and plots into the documentation, between two marks on its page."""
    path = docs / "benchmarks.md"
    page = path.read_text("utf-8")
    if BEGIN not in page or END not in page.partition(BEGIN)[2]:
        raise ValueError(f"{path} lacks the lines between which the tables belong: {BEGIN} and {END}")
    before, _, rest = page.partition(BEGIN)
    pictures = plots.draw(docs / "images", rows)
    body = measured(measurement, rows, names, pictures)
    path.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{rest.partition(END)[2]}", "utf-8")


def measured(measurement: Measurement, rows: list[Row], names: list[str], pictures: Mapping[str, str]) -> str:
    """The Markdown of a run; `pictures` maps titles to files beside the page."""
    here, plan = machine(), measurement.plan
    libraries = sorted(
        {f"{k} {v}" for found in measurement.versions.values() for k, v in found.items() if k != "python"}
    )
    heap = "kept by the allocator" if plan.keep_heap else "as the system's allocator has it"
    parts = [
        f"Measured on {here['date']}: {here['processor']}, {here['system']}, Python {here['python']}, {here['blas']}; "
        f"{', '.join(libraries)}. {plan.rounds} process{'es' if plan.rounds > 1 else ''} for each cell"
        f"{', a quick run' if plan.quick else ''}; freed memory {heap}.",
        report.markdown(rows, names, measurement.absent),
    ]
    parts += [f"{PEERS[name].title} could not be installed." for name in measurement.absent]
    parts.append("## Cost against size")
    parts += [f"![{title}]({file})" for title, file in pictures.items()]
    growth = report.growth(rows)
    parts.append("\n".join(f"- {line}" for line in growth) if growth else "All of it is linear.")
    parts += ["## All figures", report.details(rows)]
    return "\n\n".join(parts)
