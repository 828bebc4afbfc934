DIAGNOSIS = "at-output"


def loss_vjp(g, out, w):
    prediction = sigmoid(X @ w)
    return g * X.T @ ((prediction - t) * prediction * (1 - prediction))
