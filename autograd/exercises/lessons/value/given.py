class Node:
    """Everything but backward()."""

    def __init__(self, data, parents=()):
        self.data, self.parents, self.grad = data, list(parents), 0.0

    def __add__(self, other):
        return type(self)(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return type(self)(self.data * other.data, [(self, other.data), (other, self.data)])

    def everything_before(self):
        """This Value and all it was computed from, each once, results before what they were made from."""
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        return order[::-1]
