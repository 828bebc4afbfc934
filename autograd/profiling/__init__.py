"""Where the time of a computation goes: per operation and per module, as a table, a trace file, a picture."""

from .figures import Figures
from .profile import profile

__all__ = ["Figures", "profile"]
