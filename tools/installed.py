"""Print which of the requirements given as arguments are not met here. Run by the environment's own Python."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement


def unmet(requirements: list[str]) -> list[str]:
    """Those of the requirements, and of what the packages require in turn, that are not installed in a fitting version."""
    found: list[str] = []
    waiting = [(line, "") for line in requirements]
    seen = set(waiting)
    for line, extra in waiting:  # grows as it is walked
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate({"extra": extra}):
            continue
        try:
            version, requires = facts(wanted.name)
        except PackageNotFoundError:
            found.append(line)
            continue
        if not wanted.specifier.contains(version, prereleases=True):
            found.append(line)
        new = {(each, extra) for each in requires for extra in ("", *wanted.extras)} - seen
        seen |= new
        waiting += sorted(new)
    return found


def facts(name: str) -> tuple[str, list[str]]:
    """The version of an installed package, and what it requires.

    Raises:
        PackageNotFoundError: it is not there, or only in part: no metadata, or a folder of its own is missing.
    """
    package = distribution(name)
    metadata = (package.read_text("METADATA") or "").partition("\n\n")[0]  # to parse the whole takes ten times as long
    head = [line.partition(": ") for line in metadata.splitlines()]
    versions = [value for key, _, value in head if key == "Version"]
    files = (package.read_text("RECORD") or "").splitlines()  # comes last in an installation
    folders = {line.partition("/")[0] for line in files if "/" in line} - {"__pycache__"}
    if not (versions and folders and all(package.locate_file(folder).exists() for folder in folders)):
        raise PackageNotFoundError(name)
    return versions[0], [value for key, _, value in head if key == "Requires-Dist"]


if __name__ == "__main__":
    for line in unmet(sys.argv[1:]):
        print(line)
