class Neuron:
    def __init__(self, weights, bias):
        self.weights = [Value(w) for w in weights]
        self.bias = Value(bias)

    def __call__(self, inputs):
        return (sum(w * x for w, x in zip(self.weights, inputs)) + self.bias).sigmoid()

    def parameters(self):
        return [*self.weights, self.bias]


class Layer:
    def __init__(self, neurons):
        self.neurons = neurons

    def __call__(self, inputs):
        return [neuron(inputs) for neuron in self.neurons]

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]
