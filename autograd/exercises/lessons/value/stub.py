class Value(Node):
    def backward(self):
        raise NotImplementedError
