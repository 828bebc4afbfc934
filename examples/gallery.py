"""A page that links every page, plot and picture in out/: ``out/index.html``."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path
from string import Template

OUT = Path(os.environ.get("CHAINRULE_OUT") or Path(__file__).resolve().parent.parent / "out")  # run.py sets it

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gallery</title>
<style>
  :root { color-scheme: light dark; --line: #8885; }
  body {
    font: 16px/1.5 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif;
    margin: 2rem auto; padding: 0 1rem; max-width: 76rem;
  }
  h1 { font-size: 1.6rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
  ul { list-style: none; padding: 0; display: grid; gap: 1rem; }
  ul { grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
  a { display: block; border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
  a { text-decoration: none; color: inherit; }
  a:hover, a:focus-visible { outline: 3px solid #0072b2; }
  img { display: block; width: 100%; height: 10rem; object-fit: contain; background: #fff; }
  span { display: block; padding: 0.5rem 0.8rem; }
  .page span { font-weight: bold; } .page span::before { content: "▶  "; color: #d55e00; }
</style>
</head>
<body>
<h1>Gallery</h1>
<p>Pages marked ▶ step through backpropagation. Everything here was written by the examples.</p>
$sections
</body>
</html>
""")
_PICTURES = (".png", ".svg")


def write(out: Path = OUT) -> Path:
    """Write the gallery of what is in `out`, one section for each example (the word before the first underscore)."""
    sections: dict[str, dict[str, list[Path]]] = {}
    for path in sorted(out.iterdir()):
        if path.suffix in (".html", *_PICTURES) and path.name != "index.html":
            sections.setdefault(path.stem.partition("_")[0], {}).setdefault(path.stem, []).append(path)
    content = "\n".join(_section(stems) for stems in sections.values())
    page = out / "index.html"
    page.write_text(_PAGE.substitute(sections=content or "<p>There is nothing yet.</p>"), encoding="utf-8")
    return page


def _section(stems: dict[str, list[Path]]) -> str:
    """One example: its name is that of its plot rather than of its graph."""
    first = min(stems, key=lambda stem: stem.endswith("_graph"))
    title = first.partition("_")[2] if first[0].isdigit() else first.partition("_")[0]
    return f"<h2>{_title(title)}</h2>\n<ul>\n{''.join(_card(stem, paths) for stem, paths in stems.items())}</ul>"


def _card(stem: str, paths: list[Path]) -> str:
    """A page with the picture that belongs to it, or either alone."""
    picture = next((html.escape(path.name) for path in paths if path.suffix in _PICTURES), None)
    page = next((html.escape(path.name) for path in paths if path.suffix == ".html"), None)
    image = f'<img src="{picture}" alt="" loading="lazy">' if picture else ""
    kind = ' class="page"' if page else ""
    return (
        f'<li><a{kind} href="{page or picture}">{image}<span>{_title(stem.partition("_")[2] or stem)}</span></a></li>\n'
    )


def _title(stem: str) -> str:
    words = re.sub(r"[_-]+", " ", stem).strip()
    return html.escape(words[:1].upper() + words[1:])


if __name__ == "__main__":
    print(f"wrote {write()}")
