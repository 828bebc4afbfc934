"""Campaigns: many draws, or cases, of one kind. The tests take some of each kind, and all with ``run.py test --thorough``."""

from __future__ import annotations

import os

VARIABLE = "CHAINRULE_THOROUGH"  # an environment variable, which reaches the processes that tests start
THOROUGH = bool(os.environ.get(VARIABLE))


def draws(some: int, all_of_them: int) -> int:
    """How many to take."""
    return all_of_them if THOROUGH else some
