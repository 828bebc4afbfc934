class Value(Value):
    def backward(self):
        raise NotImplementedError
