def dL_dw1(w1, rest, x):
    w2, w3, w4, w5, w6, b1, b2, b3 = rest
    h1 = sigmoid(w1 * x[0] + w2 * x[1] + b1)
    h2 = sigmoid(w3 * x[0] + w4 * x[1] + b2)
    y = sigmoid(w5 * h1 + w6 * h2 + b3)
    dL_dy = -2 * (1 - y)
    dy_dh1 = y * (1 - y) * w5
    dh1_dw1 = h1 * (1 - h1) * x[0]
    return dL_dy * dy_dh1 * dh1_dw1
