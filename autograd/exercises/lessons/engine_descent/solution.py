def descend(loss, parameters, rate, steps):
    losses = []
    for _ in range(steps):
        for p in parameters:
            p.grad = 0.0
        out = loss()
        out.backward()
        losses.append(out.data)
        for p in parameters:
            p.data -= rate * p.grad
    return losses
