def descend(loss, parameters, rate, steps):
    raise NotImplementedError
