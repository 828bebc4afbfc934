class Value(Node):
    def backward(self):
        self.grad = 1.0
        for node in self.everything_before():
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
