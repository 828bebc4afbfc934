"""What optimisers share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import Value


def replace_all(moved: Sequence[tuple[Value, Any, Any]]) -> None:
    """Give each (parameter, old data, new data) its new data: all of them, or if that is interrupted none."""
    try:
        for parameter, _, new in moved:
            parameter.take_over(new)
    except BaseException:
        for parameter, old, _ in moved:
            parameter.take_over(old)
        raise
