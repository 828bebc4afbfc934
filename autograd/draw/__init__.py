"""Pictures of a graph: in a notebook, a file, a terminal, a document, and a page that steps through backpropagation.

from autograd.draw import draw, tree

draw(loss)                          # in a notebook: the picture
draw(loss).render("graph.svg")      # or .png, .pdf, .dot, .mmd
print(tree(loss))                   # in a terminal
draw(loss).html("backprop.html")    # in a browser, step by step
"""

from __future__ import annotations

from .explore.page import Page
from .explore.recorder import Recorder
from .micrograd import draw_dot, trace
from .picture import Picture, draw, tree
from .render import RenderError

__all__ = ["Page", "Picture", "Recorder", "RenderError", "draw", "draw_dot", "trace", "tree"]
