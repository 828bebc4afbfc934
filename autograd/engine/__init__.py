"""The engine: what records a graph and carries cotangents through it. To be read in this order:

1. `value`: `Value`, and `record`, which writes a node.
2. `graph`: what a result was computed from, found without recursion.
3. `backward`: `sweep`, the chain rule.
4. `shapes`: `fit`, the one place where broadcasting is undone.
5. `methods`: what a `Value` shares with an array.
6. `convert`: what a `Value` may hold.
7. `mode`: whether operations are recorded.
"""
