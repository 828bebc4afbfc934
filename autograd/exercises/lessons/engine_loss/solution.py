def predict(layers, inputs):
    for layer in layers:
        inputs = layer(inputs)
    return inputs[0]


def mean_square(layers, samples, targets):
    squares = [(target - predict(layers, sample)) ** 2 for sample, target in zip(samples, targets)]
    return sum(squares) / len(squares)
