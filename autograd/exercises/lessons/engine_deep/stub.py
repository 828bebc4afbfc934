class Value(Value):
    def order(self):
        raise NotImplementedError
