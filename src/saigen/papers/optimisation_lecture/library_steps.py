"""BFGS and L-BFGS as TensorFlow Probability has them, on Rosenbrock's function."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

METHODS: dict[str, Callable] = {
    "BFGS (TFP)": tfp.optimizer.bfgs_minimize,
    "L-BFGS (TFP)": tfp.optimizer.lbfgs_minimize,
}


class Course(NamedTuple):
    """How a minimisation went: iterations, evaluations of value and gradient, the last value."""

    iterations: int
    evaluations: int
    end: float


def rosenbrock(x: tf.Tensor) -> tf.Tensor:
    """Return Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)² for x [n]."""
    return tf.reduce_sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def minimise(method: str, start: np.ndarray, tolerance: float, most: int) -> Course:
    """Run a method from `start` [n] float64, until no slope is above `tolerance`."""

    @tf.function
    def run():
        return METHODS[method](
            lambda x: tfp.math.value_and_gradient(rosenbrock, x),
            initial_position=tf.constant(start, tf.float64),
            tolerance=tolerance,
            max_iterations=most,
        )

    found = run()
    counts = (int(found.num_iterations), int(found.num_objective_evaluations))
    return Course(*counts, float(found.objective_value))
