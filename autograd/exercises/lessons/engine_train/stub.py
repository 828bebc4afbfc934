def train(layers, samples, targets, rate, epochs):
    raise NotImplementedError
