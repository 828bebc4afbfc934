class Value(Value):
    def __init__(self, data, parents=(), op=""):
        self.data = data
        self.parents = parents
        self.op = op

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), "+")
