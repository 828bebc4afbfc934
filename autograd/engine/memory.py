"""Freed memory is kept for the next array, where the C library would give it back to the system.

glibc hands every array of more than 128 KiB back when it is freed, and gets the next one page by page, each page with an
interrupt and filled with zeros: half of the time of a program on arrays of some megabytes. Its threshold is dynamic: it
rises to the size of the largest block that was freed so far (malloc's manual, M_MMAP_THRESHOLD; at most 32 MiB), and up
to twice that much free memory is then kept. So one block of almost that size is taken, not touched, and freed.

It happens once, when the first backward pass meets an array. With ``CHAINRULE_KEEP_MEMORY=0`` in the environment it does
not, and a program that sets malloc's thresholds itself is left alone by glibc. Other C libraries do not notice.
"""

from __future__ import annotations

import functools
import os

import numpy as np

_ALMOST_32_MIB = 2**25 - 2**13


@functools.cache
def keep_freed_memory() -> bool:
    """Raise glibc's threshold, the first time that it is called; whether it did."""
    if os.environ.get("CHAINRULE_KEEP_MEMORY") == "0":
        return False
    np.empty(_ALMOST_32_MIB, np.uint8)
    return True
