"""What stands in for data and for a network that are not here yet, to be measured with."""

import numpy as np
import pytest

from saigen.data import load
from saigen.plan.data import stand_in


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("mnist", (28, 28, 1)),
        ("cifar10", (32, 32, 3)),
        ("fashion_mnist_16px", (16, 16, 1)),
        ("lsun_bedroom", (64, 64, 3)),
    ],
)
def test_a_stand_in_has_the_shape_of_the_set(tmp_path, name, shape):
    made = load(stand_in(name, tmp_path))
    assert made.images("test").shape[1:] == shape
    assert len(made.images("test")) == 10000
    assert made.facts["synthetic"]
    assert name.endswith("px") == ("classifier/scale" in made.arrays)


def test_inception_has_a_stand_in_of_as_many_operations(tmp_path, monkeypatch):
    from saigen.metrics.inception import Inception
    from saigen.plan import network, probe

    monkeypatch.setattr(network.tempfile, "mkdtemp", lambda prefix: str(tmp_path))
    here = tmp_path / "here.npz"
    here.touch()
    for params in ({"width": 3}, {"inception": ""}, {"inception": str(here)}):
        assert probe.with_network(params) == params
    found = probe.with_network({"inception": "results/data/inception.npz", "width": 3})
    assert found == {"inception": str(tmp_path / "inception.npz"), "width": 3}
    features, classes = Inception(found["inception"])(np.zeros([2, 32, 32, 3], np.uint8))
    assert (features.shape, classes.shape) == ((2, 2048), (2, 1008))
