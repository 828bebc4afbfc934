def train(layers, samples, targets, rate, epochs):
    parameters = [p for layer in layers for p in layer.parameters()]
    return descend(lambda: mean_square(layers, samples, targets), parameters, rate, epochs)
