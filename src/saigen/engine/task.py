"""What a paper hands to the engine: its variables, one step, and how to judge the result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf

from saigen.engine.batches import batch_indices
from saigen.engine.rng import Key

#: The effective settings of a run, by name.
Params = Mapping[str, Any]
Metrics = dict[str, tf.Tensor]

#: Settings that a task has as attributes of the same name, and that no trace holds.
_LENGTHS = {"steps", "log_every", "evaluate_every"}


@dataclass
class Task:
    """A training, ready to be run for any seed.

    It is built once for a variant and used for every seed of it, so that tracing and compilation
    are paid once.

    Attributes:
      variables: everything that must survive a kill, by name: weights, optimiser slots, averages.
      initial: seed → the value of each variable at step 0.
      step: `step(batch, key)` updates the variables by one step and returns scalar float32
        metrics; `batch` is [batch] int32 indices into the training set. Graph code.
      metrics: the names of what `step` returns.
      steps: how many steps a run takes.
      batch_size, examples: batch and training set size; 0 where steps see no data.
      log_every: steps in one compiled call; training metrics are means over a call.
      evaluate_every: steps between evaluations; 0 evaluates at the end alone.
      evaluate: `evaluate(seed, step, final)` → metrics of the model as it stands.
      stops: step → whether the run has what it is for and may end before `steps`; asked between
        calls, so a pure function of the step, the variables and the sizes.
      samples: seed → arrays worth looking at, at the end; may be empty.
      live: settings held in variables, so that runs which differ in them alone share one
        compilation: a learning rate, say.
      sizes: settings that `evaluate` reads at each call and no trace holds; shared likewise.
      xla: compile the loop with XLA.
    """

    variables: Mapping[str, tf.Variable]
    initial: Callable[[int], Mapping[str, tf.Tensor | np.ndarray]]
    step: Callable[[tf.Tensor, Key], Metrics]
    metrics: Sequence[str]
    steps: int
    batch_size: int = 0
    examples: int = 0
    log_every: int = 100
    evaluate_every: int = 0
    evaluate: Callable[[int, int, bool], Mapping[str, float]] = lambda seed, step, final: {}
    stops: Callable[[int], bool] = lambda step: False
    samples: Callable[[int], Mapping[str, np.ndarray]] = lambda seed: {}
    live: Mapping[str, tf.Variable] = field(default_factory=dict)
    sizes: dict[str, Any] = field(default_factory=dict)
    xla: bool = False
    _compiled: Callable | None = field(default=None, repr=False)

    def compiled(self) -> Callable:
        """Return the function that takes many steps in one call; traced once, on first use.

        It maps (seed, first step, [steps, batch] indices) to ([metrics] means over the steps, the
        first step with a non-finite metric or -1).
        """
        if self._compiled is None:
            scalar = tf.TensorSpec([], tf.int32)
            batches = tf.TensorSpec([None, self.batch_size], tf.int32)
            self._compiled = tf.function(
                self._many_steps,
                input_signature=[scalar, scalar, batches],
                jit_compile=self.xla,
                autograph=False,
            )
        assert self._compiled is not None
        return self._compiled

    def take(self, seed: int, first: int, steps: int) -> tuple[list[float], int]:
        """Take the steps `first`, …, `first + steps - 1` in one compiled call.

        Returns:
          Mean of each metric over the steps, and the first step with a non-finite one or -1.
        """
        if self.batch_size:
            indices = batch_indices(seed, first, steps, self.batch_size, self.examples)
        else:
            indices = np.zeros([steps, 0], np.int32)
        means, bad = self.compiled()(tf.constant(seed), tf.constant(first), tf.constant(indices))
        return [float(mean) for mean in means.numpy()], int(bad)

    def serves(self, built_for: Params, wanted: Params) -> bool:
        """Say whether this task can serve settings other than those it was built for."""
        free = {*self.live, *self.sizes, *_LENGTHS}
        changed = {name for name in wanted if wanted[name] != built_for.get(name)}
        return wanted.keys() == built_for.keys() and changed <= free

    def adopt(self, wanted: Params) -> None:
        """Take over settings that it serves."""
        for name, variable in self.live.items():
            variable.assign(wanted[name])
        for name in self.sizes:
            self.sizes[name] = wanted[name]
        for name in _LENGTHS & wanted.keys():
            setattr(self, name, wanted[name])

    @property
    def is_traced(self) -> bool:
        """Whether a first call has paid for tracing and compilation."""
        return self._compiled is not None

    def _many_steps(
        self, seed: tf.Tensor, first: tf.Tensor, indices: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        count = tf.shape(indices)[0]

        def body(offset: tf.Tensor, sums: tf.Tensor, bad: tf.Tensor) -> tuple[tf.Tensor, ...]:
            # tf.gather, not indices[offset]: under XLA a slice by a tensor recompiles every call.
            key = Key(seed, first + offset)
            named = self.step(tf.gather(indices, offset), key)
            values = tf.stack([named[name] for name in self.metrics])
            finite = tf.reduce_all(tf.math.is_finite(values))
            return offset + 1, sums + values, tf.where((bad < 0) & ~finite, key.step, bad)

        nothing = (tf.constant(0), tf.zeros([len(self.metrics)]), tf.constant(-1))
        _, sums, bad = tf.while_loop(
            lambda offset, sums, bad: offset < count, body, nothing, parallel_iterations=1
        )
        return sums / tf.cast(count, tf.float32), bad
