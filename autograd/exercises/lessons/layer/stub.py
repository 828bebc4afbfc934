class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return np.where(self.mask, x, 0)

    def backward(self, g, x):
        """g is the incoming gradient, x the input that it belongs to."""
        return g * self.mask
