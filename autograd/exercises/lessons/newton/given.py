import numpy as np

from autograd import grad
