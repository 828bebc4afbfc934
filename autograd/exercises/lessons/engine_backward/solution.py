class Value(Value):
    def backward(self):
        self.grad = 1.0
        for node in reversed(self.order()):
            node._backward()
