"""All image networks by the name that paper.yaml gives them."""

from collections.abc import Callable

from saigen.engine.task import Params
from saigen.nets.shape import Shape
from saigen.papers.wgan_gp import dcgan, seven
from saigen.papers.wgan_gp.large_resnet import large_resnet
from saigen.papers.wgan_gp.pair import Pair
from saigen.papers.wgan_gp.resnet import resnet
from saigen.papers.wgan_gp.resnet101 import resnet101

NETWORKS: dict[str, Callable[[Params, Shape], Pair]] = {
    "cifar": dcgan.cifar,
    "mnist": dcgan.mnist,
    "random": dcgan.random,
    "resnet": resnet,
    "large_resnet": large_resnet,
    "baseline": seven.baseline,
    "constant_filters": seven.constant_filters,
    "mlp": seven.mlp,
    "no_normalisation": seven.no_normalisation,
    "gated": seven.gated,
    "tanh": seven.tanh,
    "resnet101": resnet101,
}
