class Value(Value):
    def __mul__(self, other):
        raise NotImplementedError
