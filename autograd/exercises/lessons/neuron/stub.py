def sigmoid_slope(x):
    return sigmoid(x) * (1 - sigmoid(x))


def loss_vjp(g, out, w):
    prediction = sigmoid(X @ w)
    return g * X.T @ ((prediction - t) * sigmoid_slope(prediction))
