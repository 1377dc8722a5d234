"""How temperature and slope go with the steps."""

import tensorflow as tf

from saigen.engine.task import Params


def temperature_at(params: Params, step: tf.Tensor) -> tf.Tensor:
    """Return τ(t) = max(floor, τ₀ exp(−r t)), t rounded down to a multiple of the refresh.

    Source: Jang et al. 2017, section 4.2. With rate 0 it is τ₀ throughout, as in section 4.1.
    """
    refresh = params["temperature_refresh"]
    held = tf.cast(step // refresh * refresh, tf.float32)
    decayed = params["temperature"] * tf.exp(-params["temperature_rate"] * held)
    return tf.maximum(params["temperature_floor"], decayed)


def slope_at(params: Params, step: tf.Tensor) -> tf.Tensor:
    """Return the slope a(t) = min(largest, 1 + rate · epoch), an epoch being a pass of the data.

    Source: Chung et al. 2017.
    Departure: Jang et al. print no schedule; this is Chung et al.'s, recalled, not read again.
    """
    epoch = tf.cast(step // params["slope_epoch"], tf.float32)
    return tf.minimum(params["slope_max"], 1.0 + params["slope_rate"] * epoch)
