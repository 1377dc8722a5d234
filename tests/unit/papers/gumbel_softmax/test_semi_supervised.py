"""The semi-supervised VAE: its networks, its bounds, its labelled images, a run from end to end."""

import csv
import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from saigen.data.preparation import prepare
from saigen.engine import rng
from saigen.nets.affine import affine, variables_like
from saigen.papers.gumbel_softmax.conv_vae import ConvVae, weights_in
from saigen.papers.gumbel_softmax.m2 import M2, binarised
from saigen.papers.gumbel_softmax.semi_supervised import Learner, labelled_first

CLASSES, BATCH, STYLE = 3, 4, 2
WARM, COLD = 1.0, 1e-3  # temperatures
PARAMS = {
    "width": 0.1,
    "style": STYLE,
    "alpha": 0.1,
    "learning_rate": 1e-3,
    "temperature": 1.0,
    "temperature_rate": 3e-5,
    "temperature_floor": 0.5,
    "temperature_refresh": 2000,
}


class Tiny:
    """A tiny network with weights, images and classes to try the bounds on."""

    def __init__(self, method="marginal"):
        self.network = ConvVae(CLASSES, width=0.05, style=STYLE)
        self.weights = variables_like(self.network.initial(1))
        self.model = M2(self.network, method)
        # Larger than at the start of a training, so that q(y | x) is not near uniform.
        self.weights["class/out/W"].assign(4.0 * self.weights["class/out/W"])
        self.key = rng.key(7, 3)
        grey = 255.0 * rng.uniform(self.key("images"), [BATCH, 28, 28, 1]) ** 3
        self.x = binarised(grey, self.key("binarise"))
        self.y = tf.one_hot([2, 0, 1, 2], CLASSES)
        self.noise = rng.normal(self.key("noise"), [BATCH, STYLE])


@pytest.fixture(scope="module")
def tiny():
    return Tiny()


# --- the networks -------------------------------------------------------------------------------


def test_the_full_networks_have_7_2_million_weights():
    """By layer; the 6.4 million of p's last map are what the reading as 1 × 1 × 64 decides."""
    weights = ConvVae(10).initial(0)
    q_class = [832, 51_264, 204_928, 20_490]
    q_style = [8_832, 51_264, 204_928, 65_568]
    p_image = [1_728, 73_856, 73_792, 18_464, 9_248, 6_423_312]
    for network, layers in (("class", q_class), ("style", q_style), ("image", p_image)):
        assert weights_in(weights, f"{network}/") == sum(layers)
        assert weights_in(weights, f"{network}/conv3") == layers[3 if network == "image" else 2]
    assert weights_in(weights, "image/out") == p_image[-1]
    assert weights_in(weights) == 277_514 + 330_592 + 6_600_400 == 7_208_506


def test_shapes_with_one_class_an_image_and_with_every_class(tiny):
    every = tf.eye(CLASSES)[:, tf.newaxis]
    z = tf.zeros([CLASSES, BATCH, STYLE])
    assert tiny.network.class_logits(tiny.weights, tiny.x).shape == [BATCH, CLASSES]
    for y, leading in ((tiny.y, [BATCH]), (every, [CLASSES, BATCH])):
        for part in tiny.network.style_of(tiny.weights, tiny.x, y):
            assert part.shape == [*leading, STYLE]
    assert tiny.network.pixel_logits(tiny.weights, tiny.y, z[0]).shape == [BATCH, 784]
    assert tiny.network.pixel_logits(tiny.weights, every, z).shape == [CLASSES, BATCH, 784]


@pytest.mark.parametrize("soft", [False, True], ids=["one-hot", "relaxed"])
def test_the_shared_first_convolution_is_that_of_image_and_class_planes_together(tiny, soft):
    y = tf.nn.softmax(rng.normal(tiny.key("y"), [BATCH, CLASSES])) if soft else tiny.y
    planes = tf.tile(y[:, tf.newaxis, tf.newaxis], [1, 28, 28, 1])
    maps = tf.concat([tiny.x, planes], -1)
    for layer in (1, 2, 3):
        maps = tf.nn.conv2d(maps, tiny.weights[f"style/conv{layer}/W"], 2, "SAME")
        maps = tf.nn.relu(maps + tiny.weights[f"style/conv{layer}/b"])
    naive = affine(tiny.weights, "style/out", tf.reshape(maps, [BATCH, -1]))
    found = tiny.network.style_of(tiny.weights, tiny.x, y)
    np.testing.assert_allclose(tf.concat(found, -1), naive, atol=1e-5)


# --- the bounds ---------------------------------------------------------------------------------


def test_the_labelled_bound_is_its_three_terms_written_out(tiny):
    mean, log_deviation = (v.numpy() for v in tiny.network.style_of(tiny.weights, tiny.x, tiny.y))
    z = mean + np.exp(log_deviation) * tiny.noise.numpy()
    p = tf.sigmoid(tiny.network.pixel_logits(tiny.weights, tiny.y, tf.constant(z))).numpy()
    x = tiny.x.numpy().reshape(BATCH, -1)
    log_p = np.sum(x * np.log(p) + (1.0 - x) * np.log(1.0 - p), -1)
    kl = 0.5 * np.sum(mean**2 + np.exp(2 * log_deviation) - 1.0 - 2 * log_deviation, -1)
    found = tiny.model.labelled_bound(tiny.weights, tiny.x, tiny.y, tiny.noise)
    np.testing.assert_allclose(found, log_p - math.log(CLASSES) - kl, rtol=1e-5)


def test_the_marginal_bound_is_the_naive_sum_over_classes(tiny):
    """E_q(y|x)[−L(x, y)] + H(q(y | x)), class by class, exactly."""
    noise = rng.normal(tiny.key("style"), [CLASSES, BATCH, STYLE])
    q = tf.nn.softmax(tiny.network.class_logits(tiny.weights, tiny.x)).numpy()
    assert q.max(1).min() > 1.1 / CLASSES, "a uniform q would hide a wrong weight"
    expected = -np.sum(q * np.log(q), -1)
    for k in range(CLASSES):
        y = tf.one_hot([k] * BATCH, CLASSES)
        expected += q[:, k] * tiny.model.labelled_bound(tiny.weights, tiny.x, y, noise[k]).numpy()
    found = tiny.model.marginal_bound(tiny.weights, tiny.x, tiny.key)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_the_marginal_bound_is_below_what_the_best_q_of_y_would_give(tiny):
    """Over q(y | x), Σ q (−L) + H is largest at q ∝ exp(−L), where it is log Σ exp(−L)."""
    noise = rng.normal(tiny.key("style"), [CLASSES, BATCH, STYLE])
    every = tf.eye(CLASSES)[:, tf.newaxis]
    bounds = tiny.model.labelled_bound(tiny.weights, tiny.x, every, noise)
    found = tiny.model.marginal_bound(tiny.weights, tiny.x, tiny.key)
    assert np.all(found <= tf.reduce_logsumexp(bounds, 0) + 1e-3)


@pytest.mark.parametrize(("method", "temperature"), [("st_gumbel", WARM), ("gumbel", COLD)])
def test_at_a_hard_sample_the_sampled_bound_is_the_labelled_one_and_the_entropy(
    method, temperature
):
    tiny = Tiny(method)
    found = tiny.model.sampled_bound(tiny.weights, tiny.x, tiny.key, temperature).numpy()
    noise = rng.normal(tiny.key("style"), [BATCH, STYLE])
    q = tf.nn.softmax(tiny.network.class_logits(tiny.weights, tiny.x)).numpy()
    found += np.sum(q * np.log(q), -1)
    every = tf.eye(CLASSES)[:, tf.newaxis]
    bounds = tiny.model.labelled_bound(tiny.weights, tiny.x, every, tf.tile(noise[None], [3, 1, 1]))
    # Each image's sample is one of the classes; which, the bound itself tells.
    assert np.abs(bounds - found).min(0).max() < 1e-3
    assert len(np.unique(np.abs(bounds - found).argmin(0))) > 1


def test_over_many_samples_the_hard_sampled_bound_averages_to_the_marginal_one():
    tiny, count = Tiny("st_gumbel"), 2000
    x = tf.repeat(tiny.x[:1], count, 0)
    found = tiny.model.sampled_bound(tiny.weights, x, tiny.key, WARM).numpy()
    marginal = tiny.model.marginal_bound(tiny.weights, x[:500], tiny.key).numpy()
    error = found.std() / count**0.5 + marginal.std() / 500**0.5
    assert abs(found.mean() - marginal.mean()) < 4 * error


@pytest.mark.parametrize("method", ["marginal", "gumbel", "st_gumbel"])
def test_every_weight_gets_a_gradient_from_the_objective(method):
    tiny = Tiny(method)
    with tf.GradientTape() as tape:
        found = tiny.model.objective(
            tiny.weights, tiny.x, tiny.x, tiny.y, tiny.key, WARM, tf.constant(0.1)
        )
    gradients = tape.gradient(found["objective"], tiny.weights)
    assert all(gradient is not None for gradient in gradients.values())
    assert any(np.any(gradients[f"class/conv{layer}/W"]) for layer in (1, 2, 3))
    parts = found["labelled_bound"] + found["unlabelled_bound"] + 0.1 * found["label_log_prob"]
    assert float(found["objective"]) == pytest.approx(float(parts), rel=1e-6)


def test_the_labels_own_term_teaches_the_classifier_alone(tiny):
    with tf.GradientTape() as tape:
        log_q = tiny.model.label_log_prob(tiny.weights, tiny.x, tiny.y)
    gradients = tape.gradient(log_q, tiny.weights)
    reached = {name for name, gradient in gradients.items() if gradient is not None}
    assert reached == {name for name in tiny.weights if name.startswith("class/")}


# --- training -----------------------------------------------------------------------------------


def test_binarised_pixels_are_on_as_often_as_they_are_bright():
    grey = tf.constant([0, 51, 255], tf.uint8)[:, None] * tf.ones([1, 50_000], tf.uint8)
    means = tf.reduce_mean(binarised(grey, rng.key(0)("x")), 1).numpy()
    assert means[0] == 0.0 and means[2] == 1.0
    assert means[1] == pytest.approx(0.2, abs=0.01)


def test_the_labelled_draw_has_ten_of_each_class_and_depends_on_the_seed_alone():
    labels = np.random.default_rng(0).integers(0, 10, 2000)
    order = labelled_first(labels, 10, seed=4)
    assert np.bincount(labels[order[:100]]).tolist() == [10] * 10
    assert np.array_equal(np.sort(order), np.arange(2000)), "every row once: none is both"
    np.testing.assert_array_equal(order, labelled_first(labels, 10, seed=4))
    assert set(order[:100]) != set(labelled_first(labels, 10, seed=5)[:100])


@pytest.mark.parametrize("method", ["marginal", "gumbel", "st_gumbel"])
def test_thirty_steps_on_a_few_images_lower_the_loss(method):
    learner = Learner(PARAMS | {"method": method, "learning_rate": 3e-3}, CLASSES)
    shapes = np.zeros([6, 28, 28, 1], np.uint8)
    for index in range(6):
        shapes[index, 4 * index : 4 * index + 6, 6:22] = 255
    images, y = tf.constant(shapes), tf.constant([0, 1, 2])
    step = tf.function(lambda now: learner.step(images[3:], images[:3], y, rng.Key(zero, now)))
    zero = tf.constant(0)
    losses = [float(step(tf.constant(now))["loss"]) for now in range(30)]
    assert np.mean(losses[-3:]) < 0.8 * np.mean(losses[:3])


def run_smoke(dataset, results):
    """Train the smoke job in a process of its own and return {method: its run folder}."""
    command = [sys.executable, "-m", "saigen", "train", "gumbel_softmax", "semi_supervised", "000"]
    command += ["--settings", json.dumps({"scale": "smoke"})]
    command += ["--dataset", str(dataset), "--results", str(results)]
    subprocess.run(command, check=True, env={**os.environ, "CUDA_VISIBLE_DEVICES": ""})
    root = results / "smoke" / "gumbel_softmax" / "semi_supervised"
    return {folder.parent.name: folder for folder in sorted(root.glob("*/seed0"))}


def test_a_smoke_run_leaves_metrics_and_analogies(tmp_path):
    dataset = tmp_path / "synthetic_digits.npz"
    prepare("synthetic_digits", dataset, folder=tmp_path, offline=True, log=lambda line: None)
    runs = run_smoke(dataset, tmp_path / "results")
    assert set(runs) == {f"{m}-alpha0.1" for m in ("marginal", "gumbel", "st_gumbel")}
    for variant, folder in runs.items():
        rows = csv.DictReader((folder / "metrics.csv").read_text().splitlines())
        last = {row["metric"]: float(row["value"]) for row in rows}
        assert 0.0 <= last["test_accuracy"] <= 100.0
        assert last["test_elbo"] < 0.0
        assert (last["test_objective"] == last["test_elbo"]) == variant.startswith("marginal")
        with np.load(folder / "samples.npz") as samples:
            grid = samples["analogies"]
        assert grid.shape == (6, 10, 28, 28) and grid.dtype == np.float32
        assert np.all((grid >= 0.0) & (grid <= 1.0))
