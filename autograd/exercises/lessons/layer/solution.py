DIAGNOSIS = "surplus"


class ReLU:
    def forward(self, x):
        return np.where(x > 0, x, 0)

    def backward(self, g, x):
        """g is the incoming gradient, x the input that it belongs to."""
        return g * (x > 0)
