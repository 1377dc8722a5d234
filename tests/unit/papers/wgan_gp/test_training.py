"""Image GANs and language models in training: tiny runs of the whole way, and their evaluation."""

import numpy as np
import pytest
import tensorflow as tf

from saigen.config import load_config
from saigen.data import prepare
from saigen.data.dataset import Dataset
from saigen.engine.loop import fit
from saigen.grid import experiment_runs
from saigen.metrics.quality import Quality
from saigen.paper import load_paper
from saigen.papers.wgan_gp import image_gan, language
from saigen.papers.wgan_gp.ac_gan import Labels


@pytest.fixture(scope="module")
def colours(tmp_path_factory):
    folder = tmp_path_factory.mktemp("colours")
    name = "synthetic_colours_16px"
    return prepare(name, folder / f"{name}.npz", folder=folder, log=lambda line: None)


def smoke(experiment, variant):
    runs = experiment_runs(load_paper("wgan_gp"), experiment, load_config({"scale": "smoke"}))
    return next(dict(run.params) for run in runs if run.variant == variant)


def test_a_run_is_judged_and_the_same_again(colours, tmp_path):
    params = smoke("convergence", "gp_adam")
    found = []
    for number in range(2):
        task = image_gan.train(params, colours)
        outcome = fit(task, 0, tmp_path / str(number), {}, lambda line: None)
        assert outcome.status == "finished"
        found.append([(step, name, value) for step, name, value, _ in outcome.state.rows])
        images = outcome.samples["images"]
        assert images.shape == (64, 16, 16, 3) and images.dtype == np.uint8
    assert found[0] == found[1]
    metrics = {name for _, name, _ in found[0]}
    assert {"score", "frechet", "recall", "negative_loss/valid", "wasserstein"} <= metrics


def test_the_monitor_compares_training_images_with_new_ones(monkeypatch):
    black, white = np.zeros([6, 16, 16, 3], np.uint8), np.full([6, 16, 16, 3], 255, np.uint8)
    arrays = {"train_images": black, "train_labels": np.arange(6), "valid_images": white}
    dataset = Dataset("two", arrays, "digest", {"classes": list("abcdef")})
    monkeypatch.setattr(image_gan, "_quality", lambda *given: lambda images, thorough: {})
    params = {**smoke("convergence", "gp_adam"), "curve_images": 4, "test_samples": 1}
    model = image_gan.ImageGan(params, dataset)
    for name, value in model.gan.initial(0).items():
        model.gan.variables[name].assign(value)
    found = model.evaluate(0, 0, True)
    on_black, on_white = model.gan.scores(tf.stack([-tf.ones([16, 16, 3]), tf.ones([16, 16, 3])]))
    apart = found["wasserstein/train"] - found["wasserstein/valid"]
    assert apart == pytest.approx(float(on_black - on_white), rel=1e-3) and abs(apart) > 0.01
    for name in ("train", "valid"):  # the penalty only lowers what a critic has reached
        assert found[f"negative_loss/{name}"] < found[f"wasserstein/{name}"] - 0.01


def test_real_images_have_the_best_numbers(colours):
    judge = Quality(colours)
    real = judge(colours.images("train")[:100], thorough=True)
    noise = judge(np.random.default_rng(0).integers(0, 256, (100, 16, 16, 3)), thorough=True)
    assert real["score_share"] > 0.9 > 0.5 > noise["score_share"]
    assert real["frechet"] < noise["frechet"] and real["frechet_floor"] < noise["frechet"]
    assert real["precision"] > noise["precision"] and real["classes_drawn"] > 8.0
    assert real["kernel"] < noise["kernel"]
    grey = judge(np.full((100, 16, 16, 3), 128), thorough=False)
    assert grey["classes_drawn"] == pytest.approx(1.0)
    assert grey["frechet"] >= 0.9 * grey["frechet_of_mean"]


def test_few_examples_are_the_first_ones(colours):
    params = {**smoke("overfitting", "gp-examples40"), "critic_norm": "none"}
    model = image_gan.ImageGan(params, colours)
    assert model.examples == 40


def test_dequantised_images_stay_in_range(colours):
    from saigen.engine import rng

    model = image_gan.ImageGan(smoke("resnet", "unsupervised"), colours)
    rows = tf.range(50)
    images = model._real(rows, rng.key(0)).numpy()
    plain = colours.images("train")[:50] / 128.0 - 1.0
    assert images.min() >= -1.0 and images.max() < 1.0
    assert (images >= plain - 1e-6).all() and (images < plain + 1 / 128 + 1e-6).all()


def test_samples_carry_the_labels_of_the_real_batch():
    labels = Labels(tf.constant([5, 6, 7, 8]))
    _, given = labels.inputs_for(tf.constant([3, 0]), (tf.zeros([2, 1]), tf.constant([1, 1])))
    assert given.numpy().tolist() == [8, 5]
    # Scores in front, then logits: sure and right costs nothing, even odds cost log 2.
    sure = labels.generator_loss(tf.constant([[9.0, 50.0, 0.0]]), (None, tf.constant([0])))
    even = labels.generator_loss(tf.constant([[9.0, 1.0, 1.0]]), (None, tf.constant([0])))
    assert float(sure) == pytest.approx(0.0, abs=1e-6)
    assert float(even) == pytest.approx(0.1 * np.log(2.0))


def test_a_language_model_is_measured(tmp_path):
    text = prepare("synthetic_text", tmp_path / "t.npz", folder=tmp_path, log=lambda line: None)
    model = language.LanguageGan(smoke("language", "wgan_gp"), text)
    for name, value in model.gan.initial(0).items():
        model.gan.variables[name].assign(value)
    found = model.evaluate(0, 0, True)
    assert 0.0 <= found["js_floor/1"] < found["js/1"] <= 1.0
    assert 0.0 < found["entropy"] <= np.log2(len(model.symbols))
    assert model.samples(0)["lines"].shape == (64, 32)


@pytest.mark.parametrize("scale", ["smoke", "quick", "standard", "paper"])
def test_a_step_s_batches_fit_into_few_examples(scale):
    for run in experiment_runs(load_paper("wgan_gp"), "overfitting", load_config({"scale": scale})):
        params = run.params
        wanted = params["batch_size"] * params["critic_steps"]
        assert not params["examples"] or params["examples"] >= wanted
