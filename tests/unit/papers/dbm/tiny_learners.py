"""A learner of images small enough for exact likelihoods."""

import numpy as np

from saigen.papers.dbm import enumeration
from saigen.papers.dbm.learner import Learner

PARAMS = {
    "method": "lmi",
    "learner": "lmi",
    "reading": "as_run",
    "final_sweep": True,
    "marginal": False,
    "init": "small",
    "centre": "data",
    "sweeps": 3,
    "pretraining_steps": 0,
    "depth": 2,
    "hidden": 3,
    "batch_size": 40,
    "learning_rate": 0.1,
    "most_steps": 1000,
    "coupled_sweeps": 100,
}
#: Two clusters of four pixels, with a little noise.
IMAGES = np.array([[1, 1, 0, 0]] * 18 + [[0, 0, 1, 1]] * 18 + [[1, 0, 1, 0]] * 4, np.float32)


def learner(**changes):
    """A learner of the tiny images, at its initial values."""
    made = Learner({**PARAMS, **changes}, IMAGES.shape[1], IMAGES.mean(0))
    for name, value in made.initial(0).items():
        made.variables[name].assign(value)
    return made


def exact_log_likelihood(made):
    machine = made.machine()
    weights = [np.asarray(w, np.float64) for w in machine.weights]
    biases = [np.asarray(b, np.float64) for b in machine.biases]
    return enumeration.log_likelihoods(weights, biases, IMAGES).mean()
