def dL_dw1(w1, rest, x):
    w2, w3, w4, w5, w6, b1, b2, b3 = rest
    h1 = sigmoid(w1 * x[0] + w2 * x[1] + b1)
    h2 = sigmoid(w3 * x[0] + w4 * x[1] + b2)
    y = sigmoid(w5 * h1 + w6 * h2 + b3)
    raise NotImplementedError
