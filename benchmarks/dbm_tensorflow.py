"""A worker of `dbm_step.py`: Saigen's own training step, one for each line of standard input."""

import sys
import time

import numpy as np
import tensorflow as tf

from saigen.engine import device
from saigen.engine.rng import Key
from saigen.papers.dbm.learner import Learner

threads, units, batch = map(int, sys.argv[1:])
device.set_up(intra_op_threads=threads, device="cpu")

PARAMS = {
    "method": "lmi",
    "learner": "lmi",
    "reading": "as_run",
    "final_sweep": True,
    "marginal": False,
    "init": "orthogonal",
    "centre": "data",
    "sweeps": 1,
    "pretraining_steps": 0,
    "depth": 2,
    "hidden": 0,
    "batch_size": batch,
    "learning_rate": 1e-2,
    "most_steps": 100,
    "coupled_sweeps": 1,
}

images = (np.random.default_rng(0).random([batch, units]) < 0.2).astype(np.float32)
learner = Learner(PARAMS, units, np.full(units, 0.2))
for name, value in learner.initial(0).items():
    learner.variables[name].assign(value)
visible = tf.constant(images)


@tf.function(autograph=False)
def step(number: tf.Tensor) -> tf.Tensor:
    """Take a step; return the sweeps of the slowest chain of both phases."""
    found = learner.step(visible, Key(tf.constant(0), number))
    return found["longest_positive"] + found["longest_negative"]


for number, _ in enumerate(sys.stdin):
    wall, cpu = time.perf_counter(), time.process_time()
    sweeps = float(step(tf.constant(number)))
    print(time.perf_counter() - wall, time.process_time() - cpu, sweeps, flush=True)
