"""A training small enough to be run hundreds of times: a noisy descent on a parabola.

It has what can go wrong in a resume: data order, noise, an optimiser's slot, a counter of another
type, and a setting that lives in a variable.
"""

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.task import Task

PARAMS = {"steps": 40, "learning_rate": 0.1, "log_every": 5, "evaluate_every": 10, "bad_at": -1}


class Toy:
    """Counts what the loop asks of it.

    Attributes:
      traces: how often the step was traced.
      evaluations: (seed, step, final) of each evaluation.
      interrupt: called with the step at each evaluation.
    """

    def __init__(self, params, dataset=None):
        self.params = {**PARAMS, **params}
        self.traces = 0
        self.evaluations = []
        self.interrupt = lambda step: None
        self.targets = tf.constant(np.linspace(-1.0, 1.0, 12), tf.float32)
        self.x = tf.Variable(0.0)
        self.velocity = tf.Variable(0.0)
        self.count = tf.Variable(0, dtype=tf.int64)
        self.rate = tf.Variable(self.params["learning_rate"], trainable=False)

    def step(self, batch, key):
        self.traces += 1
        noise = rng.normal(key("noise"), [])
        error = self.x - tf.reduce_mean(tf.gather(self.targets, batch)) + 0.1 * noise
        self.velocity.assign(0.9 * self.velocity + error)
        self.x.assign_sub(self.rate * self.velocity)
        self.count.assign_add(1)
        loss = tf.where(key.step == self.params["bad_at"], np.nan, error**2)
        return {"loss": loss, "noise": noise}

    def evaluate(self, seed, step, final):
        self.evaluations.append((seed, step, final))
        self.interrupt(step)
        return {"x": float(self.x), "final_x": float(self.x)} if final else {"x": float(self.x)}

    def task(self, **changes):
        return Task(
            variables={"x": self.x, "velocity": self.velocity, "count": self.count},
            initial=lambda seed: {
                "x": rng.normal(rng.key(seed)("x"), []),
                "velocity": tf.zeros([]),
                "count": np.int64(0),
            },
            step=self.step,
            metrics=["loss", "noise"],
            steps=self.params["steps"],
            batch_size=5,
            examples=12,
            log_every=self.params["log_every"],
            evaluate_every=self.params["evaluate_every"],
            evaluate=self.evaluate,
            samples=lambda seed: {"path": np.array([float(self.x)], np.float32)},
            live={"learning_rate": self.rate},
            **changes,
        )


#: Every toy that `make_task` built, the last one last.
built = []


def make_task(params, dataset):
    """What paper.yaml would name as a trainer."""
    built.append(Toy(params, dataset))
    return built[-1].task()
