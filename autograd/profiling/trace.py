"""A profile as a file for https://ui.perfetto.dev: spans on a line of time, those that ran within others below them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from .figures import labels
from .noted import Event, Scopes


def write(path: str | PathLike[str], events: Iterable[Event], origin: int) -> None:
    """Write the spans of `events`, in microseconds since `origin`.

    A forward operation lies within the spans of its modules, which were measured. A backward operation lies within spans
    that are made here: a sweep goes back through a module's nodes one after the other, and whatever stands next to each
    other of one module is one span of it.
    """
    ordered = sorted(events, key=lambda event: (event.thread, event.start, -event.end))
    named = labels(event.scopes for event in ordered) | {(): ""}
    spans = [_span(event, named, origin) for event in ordered]
    spans += [_span(event, named, origin) for event in _backward_scopes(ordered)]
    spans.sort(key=lambda span: (span["tid"], span["ts"], -span["dur"]))
    Path(path).write_text(json.dumps({"traceEvents": spans, "displayTimeUnit": "ms"}), encoding="utf-8")


def _span(event: Event, named: dict[Scopes, str], origin: int) -> dict[str, Any]:
    place = named[event.scopes]
    name = event.name or place.rpartition("/")[2]
    arguments = {"module": place, "bytes": event.bytes} if event.kind == "forward" else {"module": place}
    return {
        "name": name if event.kind != "backward" else f"{name} backward",
        "cat": event.kind if event.name else "module",
        "ph": "X",  # a complete event: a start and a duration
        "ts": (event.start - origin) / 1e3,
        "dur": (event.end - event.start) / 1e3,
        "pid": os.getpid(),
        "tid": event.thread,
        "args": arguments,
    }


def _backward_scopes(ordered: list[Event]) -> Iterator[Event]:
    """The spans of modules on the way back."""
    open_at: list[int] = []  # when the scopes of `last` began on the way back
    last: Event | None = None
    for event in ordered:
        if last is not None and event.thread == last.thread and event.start < last.end:
            continue  # inside of it: a rule that is recorded
        scopes = event.scopes if event.kind == "backward" else ()
        kept = _shared(last, event, scopes)
        yield from _closed(last, open_at, kept)
        open_at = open_at[:kept] + [event.start] * (len(scopes) - kept)
        last = event
    yield from _closed(last, open_at, 0)


def _shared(last: Event | None, event: Event, scopes: Scopes) -> int:
    """How many of the open scopes `event` is in too."""
    if last is None or last.thread != event.thread or last.kind != "backward":
        return 0
    depth = 0
    while depth < min(len(scopes), len(last.scopes)) and scopes[depth] == last.scopes[depth]:
        depth += 1
    return depth


def _closed(last: Event | None, open_at: list[int], kept: int) -> Iterator[Event]:
    """Spans of the scopes that end with `last`, all but the first `kept`."""
    if last is not None:
        for depth in range(kept, len(open_at)):
            yield last._replace(name="", scopes=last.scopes[: depth + 1], start=open_at[depth])
