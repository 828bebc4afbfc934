import numpy as np

DIAGNOSIS = ""
