"""The engine: what records a graph and carries cotangents through it. To be read in this order:

1. `value`: `Value`, and `record`, which writes a node.
2. `graph`: what a result was computed from, found without recursion.
3. `backward`: `sweep`, the chain rule.
4. `shapes`: `fit`, the one place where broadcasting is undone.
5. `witness`: what an array looked like when an operation was computed from it.
6. `mode`: whether operations are recorded.
7. `memory`: freed memory is kept.

And around it, what others ask of a `Value`: `held` (its numbers, and what they were computed from), `methods` (an array's
methods), `answers` (those that answer with plain numbers), `protocols` (NumPy's functions, containers, conversions), `convert`
(what it may hold, and may meet), `calls` (NumPy's functions of lists and keywords).
"""
