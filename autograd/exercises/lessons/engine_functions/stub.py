class Value(Value):
    def exp(self):
        raise NotImplementedError

    def sigmoid(self):
        raise NotImplementedError
