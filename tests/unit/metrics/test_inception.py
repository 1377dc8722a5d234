"""The Inception loader, on a small frozen graph with the real one's tensor names."""

import hashlib

import numpy as np
import pytest
import tensorflow as tf

from saigen.data.dataset import Dataset, load, save
from saigen.errors import SaigenError
from saigen.metrics.inception import Inception, digest_of
from saigen.metrics.judges import judges


@pytest.fixture(scope="module")
def weights():
    generator = np.random.default_rng(0)
    return {
        "conv": generator.normal(0, 0.1, (3, 3, 3, 6)).astype(np.float32),
        "logits": generator.normal(0, 1, (6, 8)).astype(np.float32),
        "bias": generator.normal(0, 9, 8).astype(np.float32),
    }


@pytest.fixture(scope="module")
def frozen(tmp_path_factory, weights):
    """A graph frozen for one image, as the real one: fixed shapes all along."""
    with tf.Graph().as_default() as graph:
        image = tf.compat.v1.placeholder(tf.uint8, [40, 40, 3], name="DecodeJpeg")
        batch = tf.expand_dims(tf.cast(image, tf.float32), 0, name="ExpandDims")
        x = tf.compat.v1.image.resize_bilinear(batch, [16, 16], name="ResizeBilinear")
        x = (x - 128.0) * (1.0 / 128.0)
        x = tf.nn.relu(tf.nn.conv2d(x, tf.constant(weights["conv"]), 2, "SAME"))
        pool = tf.nn.avg_pool2d(x, 8, 1, "VALID", name="pool_3")
        flat = tf.reshape(pool, [1, 6], name="pool_3/_reshape")
        product = tf.matmul(flat, tf.constant(weights["logits"]), name="softmax/logits/MatMul")
        tf.nn.softmax(product + weights["bias"], name="softmax")
    path = tmp_path_factory.mktemp("inception") / "inception.npz"
    return kept(path, graph.as_graph_def().SerializeToString())


def kept(path, content):
    """Keep a frozen graph as `saigen fetch inception` does."""
    save(path, "inception", {"graph": np.frombuffer(content, np.uint8)}, {})
    return path


def by_hand(images, weights):
    x = tf.compat.v1.image.resize_bilinear(tf.constant(images, tf.float32), [16, 16])
    x = tf.nn.relu(tf.nn.conv2d((x - 128.0) / 128.0, weights["conv"], 2, "SAME"))
    return tf.reduce_mean(x, [1, 2]).numpy()


def test_any_number_of_images_of_any_size(frozen, weights):
    network = Inception(frozen)
    for shape in ([5, 32, 32, 3], [3, 40, 40, 3]):
        images = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
        features, probabilities = network(images, at_once=2)
        expected = by_hand(images, weights)
        np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-5)
        # The released score leaves the bias out.
        logits = tf.nn.softmax(expected @ weights["logits"]).numpy()
        np.testing.assert_allclose(probabilities, logits, rtol=1e-3, atol=1e-5)


def test_the_digest_names_the_file(frozen):
    content = load(frozen).arrays["graph"].tobytes()
    assert digest_of(frozen) == hashlib.sha256(content).hexdigest()[:16]


def test_a_run_is_judged_by_what_its_settings_and_its_data_name(frozen):
    facts = {"classifier": {"digest": "c" * 16, "floor": 0.1}}
    scored, plain = Dataset("d_8px", {}, "", facts), Dataset("d", {}, "", {})
    by_inception = {"Inception": digest_of(frozen)}
    assert judges({"inception": str(frozen)}, scored) == by_inception | {"classifier": "c" * 16}
    assert judges({"inception": str(frozen)}, plain) == by_inception
    assert judges({"inception": ""}, scored) == {"classifier": "c" * 16}
    assert judges({}, plain) == judges({}, None) == {}


def test_a_missing_or_wrong_file_says_what_to_do(tmp_path):
    with pytest.raises(SaigenError, match=r"saigen fetch inception"):
        Inception(tmp_path / "inception.npz")
    empty = tf.Graph().as_graph_def().SerializeToString()
    with pytest.raises(SaigenError, match="not the Inception graph"):
        Inception(kept(tmp_path / "wrong.npz", empty))
    save(tmp_path / "digits.npz", "digits", {"train_images": np.zeros([1, 8, 8, 1], np.uint8)}, {})
    with pytest.raises(SaigenError, match="no `graph` in it"):
        Inception(tmp_path / "digits.npz")
