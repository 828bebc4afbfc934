import numpy as np

DIAGNOSIS = ""
ids = np.array([1, 3, 1, 1, 0])
