class Neuron:
    def __init__(self, weights, bias):
        raise NotImplementedError

    def __call__(self, inputs):
        raise NotImplementedError

    def parameters(self):
        raise NotImplementedError


class Layer:
    def __init__(self, neurons):
        raise NotImplementedError

    def __call__(self, inputs):
        raise NotImplementedError

    def parameters(self):
        raise NotImplementedError
