"""Where the time of a computation goes: per operation and per module, as a table, a trace file, a picture.

What sums up and draws is imported when it is first asked for.
"""

from .clock import profile

__all__ = ["profile"]
