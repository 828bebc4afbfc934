"""Data to train on: found on this machine or downloaded, checked, and read."""

from __future__ import annotations

from .images import DataUnavailableError, IdxFile, mnist, read_idx

__all__ = ["DataUnavailableError", "IdxFile", "mnist", "read_idx"]
