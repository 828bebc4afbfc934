"""The page's modules as one script: a page is one file, and a browser would fetch each module from an address of its own."""

from __future__ import annotations

import re
from collections.abc import Callable

_IMPORT = re.compile(r'^import \{([\w,\s]+)\} from "\./(\w+)\.mjs";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:const (\w+)|function (\w+))", re.MULTILINE)
_COMMENT = re.compile(r"^ *//.*\n|^ +|^\n", re.MULTILINE)
_SPACE = re.compile(r'("[^"]*"|`[^`]*`)| ?([=!(){}\[\],;:?<>&|*]+) ?|(?<![-+]) ([-+]) (?![-+])')


def bundle(entry: str, read: Callable[[str], str]) -> str:
    """The module `entry` and all that it imports, directly or not, as blocks that share the names which they export.

    A module is what `read` says of its name. It imports by ``import { a, b } from "./other.mjs";`` and exports by the word
    ``export`` before a ``const`` or ``function``. Comments, indentation and spaces that mean nothing are left out.

    Raises:
        ValueError: a name that is imported is not exported, two modules export one name, or they import in a circle.
    """
    exports: dict[str, list[str]] = {}
    blocks: list[str] = []

    def add(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise ValueError(f"modules import one another in a circle: {' → '.join((*path, name))}")
        if name in exports:
            return
        source = read(name)
        for listed, other in _IMPORT.findall(source):
            add(other, (*path, name))
            wanted = {word for word in re.split(r"[,\s]+", listed) if word}
            if missing := wanted - set(exports[other]):
                raise ValueError(f"{name}.mjs imports {', '.join(sorted(missing))}, which {other}.mjs does not export")
        own = [constant or function for constant, function in _EXPORT.findall(source)]
        for other, names in exports.items():
            if twice := set(own) & set(names):
                raise ValueError(f"{name}.mjs and {other}.mjs both export {', '.join(sorted(twice))}")
        exports[name] = own
        blocks.append(block(source))

    add(entry, ())
    return f"let {', '.join(name for names in exports.values() for name in names)};\n{''.join(blocks)}"


def block(source: str) -> str:
    """A module as a block: what it exports are variables from outside, everything else is its own."""
    inner = _COMMENT.sub("", _IMPORT.sub("", source))
    inner = re.sub(r"^export const (\w+)", r"\1", inner, flags=re.MULTILINE)
    inner = re.sub(r"^export function (\w+)", r"\1 = function", inner, flags=re.MULTILINE)
    inner = re.sub(r"^\}$", "};", inner, flags=re.MULTILINE)
    return "{\n" + "".join(map(_close, inner.splitlines())) + "}\n"


def _close(line: str) -> str:
    """The line without spaces that mean nothing, unless it is hard to tell where in it a string or a pattern ends, and without
    its end where the statement goes on or is closed."""
    unclear = "'" in line or "/" in line or line.count("`") > 2
    closed = line if unclear else _SPACE.sub(r"\1\2\3", line)
    return closed if closed[-1] in ";{,(" and "//" not in closed else f"{closed}\n"


def plain_css(source: str) -> str:
    """A style sheet without comments and without spaces that mean nothing."""
    return re.sub(r"\s*([{};,]|:(?= ))\s*", r"\1", re.sub(r"/\*.*?\*/\s*", "", source, flags=re.DOTALL))
