"""The seven gradient estimators of the paper, as surrogate losses.

Every surrogate's *gradient* is the estimator; where it matters its value is the loss too.
f is the loss of an example given its hidden codes, l a layer's logits, μ its mean, z a sample.

Path estimators differ in one function, how a layer's sample passes gradients to its logits:
ST, slope-annealed ST, Gumbel-Softmax, ST Gumbel-Softmax, DARN. Score-function estimators (SF,
MuProp) see hard samples that stop the gradient, and weigh ∇ log p(z) with a learning signal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import tensorflow as tf

from saigen.papers.gumbel_softmax.latent import Latent

stop = tf.stop_gradient

PATH = ("darn", "st", "slope_st", "gumbel", "st_gumbel")
SCORE = ("sf", "muprop")
ESTIMATORS = (*SCORE, *PATH)

Sampler = Callable[[Latent, tf.Tensor, tf.Tensor], tf.Tensor]


def path_sampler(estimator: str, temperature: tf.Tensor, slope: tf.Tensor) -> Sampler:
    """Return how a layer is sampled under a path estimator: (latent, logits, seed) → z.

    Args:
      estimator: one of PATH.
      temperature: τ of the relaxed samples.
      slope: a of the slope-annealed mean.

    Source: Jang et al. 2017, sections 2 and 3; Chung et al. 2017 for the annealed slope.
    Departure: the slope multiplies the logits of a sigmoid or softmax, where Chung et al. have a
    hard sigmoid; Jang et al. give no form.
    """

    def straight_through(latent: Latent, logits: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        mean = latent.mean(logits)
        return mean + stop(latent.sample(logits, seed) - mean)

    def slope_annealed(latent: Latent, logits: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        mean = latent.mean(slope * logits)
        return mean + stop(latent.sample(logits, seed) - mean)

    def gumbel(latent: Latent, logits: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return latent.relaxed(logits, temperature, seed)

    def straight_through_gumbel(latent: Latent, logits: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        relaxed = latent.relaxed(logits, temperature, seed)
        return relaxed + stop(latent.harden(relaxed) - relaxed)

    samplers = {
        "darn": darn_sample,
        "st": straight_through,
        "slope_st": slope_annealed,
        "gumbel": gumbel,
        "st_gumbel": straight_through_gumbel,
    }
    return samplers[estimator]


def darn_sample(latent: Latent, logits: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Hard sample whose gradient is DARN's: ∇_l = (∇_z f · (z − centre)) ∇_l log p(z).

    The baseline is the first-order expansion of f *at the sample*, f(z) − b = f'(z)·(z − centre),
    with centre 1/2 for Bernoulli and 1/k for categorical codes: unbiased for quadratic f.

    Source: Gregor et al. 2014; MuProp (Gu et al. 2016), section 3.
    Departure: Jang et al. write the expansion at 1/2; taken literally its expected gradient is
    zero for quadratic f.
    """
    z = latent.sample(logits, seed)
    log_p = latent.log_prob(logits, z)
    if log_p.shape.rank < z.shape.rank:
        log_p = log_p[..., tf.newaxis]
    return z + stop(z - latent.centre) * (log_p - stop(log_p))


@dataclass(frozen=True)
class Layers:
    """What a network tells an estimator.

    Attributes:
      latents: the stochastic layers in order.
      logits: (index, codes of the layer before, None for the first) → logits of that layer.
      loss: codes of the last layer → [batch] loss f.
    """

    latents: Sequence[Latent]
    logits: Callable[[int, tf.Tensor | None], tf.Tensor]
    loss: Callable[[tf.Tensor], tf.Tensor]


def forward(
    layers: Layers, sample: Callable[[int, Latent, tf.Tensor], tf.Tensor]
) -> tuple[list[tf.Tensor], list[tf.Tensor], tf.Tensor]:
    """Run the layers; `sample` maps (index, latent, logits) to codes.

    Returns:
      Logits of each layer, codes of each layer, [batch] loss.
    """
    logits, codes = [], []
    for index, latent in enumerate(layers.latents):
        logits.append(layers.logits(index, codes[-1] if codes else None))
        codes.append(sample(index, latent, logits[-1]))
    return logits, codes, layers.loss(codes[-1])


def learning_signal(
    signal: tf.Tensor, centre: tf.Tensor, variance: tf.Tensor, normalise: bool = True
) -> tf.Tensor:
    """Centre a learning signal and normalise its variance: (s − c) / max(1, √v).

    Source: NVIL (Mnih & Gregor 2014), section 2.3; c and v are moving averages.
    """
    centred = signal - centre
    return centred / tf.maximum(1.0, tf.sqrt(variance)) if normalise else centred


Centre = Callable[[int, tf.Tensor], tf.Tensor]


def score_function(
    layers: Layers, sample: Callable[[int, Latent, tf.Tensor], tf.Tensor], centred: Centre
) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """REINFORCE: mean[f] + mean[s Σᵢ log p(zᵢ)] with the learning signal s = centred(0, f).

    Args:
      layers: the network.
      sample: hard samples, which stop the gradient.
      centred: (layer index, [batch] signal) → signal used, without gradient.

    Returns:
      Scalar surrogate, logits of each layer.
    """
    logits, codes, loss = forward(layers, sample)
    signal = stop(centred(0, loss))
    log_p = _log_probs(layers, logits, codes)
    return tf.reduce_mean(loss) + tf.reduce_mean(signal * tf.add_n(log_p)), logits


def muprop(
    layers: Layers, sample: Callable[[int, Latent, tf.Tensor], tf.Tensor], centred: Centre
) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """MuProp: the learning signal of layer i is f − f̄ − ∂f̄/∂mᵢ·(zᵢ − mᵢ).

    m₁, m₂, … are the codes of a deterministic mean-field pass, f̄ its loss; what the expansion
    takes away returns as ∂f̄/∂mᵢ·μᵢ, so the estimator stays unbiased.

    Source: Gu et al. 2016, algorithm 1. Arguments and result as for `score_function`.
    """
    with tf.GradientTape() as tape:

        def mean(index: int, latent: Latent, logits: tf.Tensor) -> tf.Tensor:
            found = latent.mean(logits)
            tape.watch(found)  # the first layer's logits may come from outside this tape
            return found

        _, means, mean_loss = forward(layers, mean)
    slopes = [stop(slope) for slope in tape.gradient(mean_loss, means)]
    logits, codes, loss = forward(layers, sample)
    log_p = _log_probs(layers, logits, codes)
    surrogate = loss
    for index, latent in enumerate(layers.latents):
        flat = latent.flat
        slope = flat(slopes[index])
        linear = tf.reduce_sum(slope * flat(codes[index] - stop(means[index])), -1)
        signal = stop(centred(index, loss - stop(mean_loss) - linear))
        expected = tf.reduce_sum(slope * flat(latent.mean(logits[index])), -1)
        surrogate += signal * log_p[index] + expected
    return tf.reduce_mean(surrogate), logits


def _log_probs(
    layers: Layers, logits: Sequence[tf.Tensor], codes: Sequence[tf.Tensor]
) -> list[tf.Tensor]:
    """Return log p(zᵢ | parents) of each layer, summed over its variables: [batch] each."""
    return [
        tf.reduce_sum(latent.log_prob(logit, code), -1)
        for latent, logit, code in zip(layers.latents, logits, codes, strict=True)
    ]
