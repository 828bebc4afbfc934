class Value:
    def __init__(self, data):
        raise NotImplementedError

    def __add__(self, other):
        raise NotImplementedError
