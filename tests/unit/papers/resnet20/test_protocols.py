"""Learning rates, penalties and evaluations."""

import math

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import softmax

from saigen.engine import rng
from saigen.paper import load_paper
from saigen.papers.resnet20 import training
from saigen.papers.resnet20.images import Standard
from saigen.papers.resnet20.networks import ResNet
from saigen.papers.resnet20.training import Trainer, decayed, rate_at

RATES = {
    "learning_rate": 0.1,
    "multiplier": 1.0,
    "cosine": 0.0,
    "inverse_root": 0.0,
    "decay_steps": 100,
    "drops": "none",
    "warm_up": 0,
    "warm_up_rate": 0.01,
}


class Dataset:
    """Images of noise, of another brightness in each split."""

    splits = ("train", "test")

    def images(self, split):
        draws = np.random.default_rng(0 if split == "train" else 1)
        brightest = draws.integers(40, 256, (16, 1, 1, 3))
        return (brightest * draws.random((16, 32, 32, 3))).astype(np.uint8)

    def labels(self, split):
        return np.arange(16) % (2 if split == "train" else 3)


def at(step, **changes):
    return float(rate_at({**RATES, **changes}, tf.constant(step), per_epoch=10))


@pytest.mark.parametrize("step", [0, 37, 100])
def test_rates_of_the_protocols(step):
    assert at(step) == pytest.approx(0.1)
    wave = 0.05 * (1.0 + math.cos(math.pi * step / 100))
    assert at(step, cosine=1.0) == pytest.approx(wave, abs=1e-8)
    assert at(step, multiplier=3.0) == pytest.approx(0.3)
    assert at(step, multiplier=3.0, cosine=1.0) == pytest.approx(3.0 * wave, abs=1e-7)


@pytest.mark.parametrize("step, epoch", [(0, 0), (9, 0), (10, 1), (37, 3), (100, 10)])
def test_a_falling_rate_falls_once_an_epoch(step, epoch):
    assert at(step, inverse_root=1.0) == pytest.approx(0.1 / math.sqrt(epoch + 1))


def test_within_ten_epochs_a_falling_rate_goes_half_the_constant_ones_way():
    """So that a constant rate may lose against it: by iterations it went a thirtieth."""
    way = sum(at(step, inverse_root=1.0) for step in range(100))
    assert 0.4 < way / (100 * at(0)) < 0.6


@pytest.mark.parametrize("scale", ["quick", "standard", "paper"])
def test_falling_rates_have_epochs_to_fall_in(scale):
    entry = load_paper("resnet20").experiments["diminishing"]
    params = {**entry.params, **entry.scales.get(scale, {})}
    assert params["steps"] >= 4 * (params["examples"] or 50_000) // params["batch_size"]


def test_drops_and_warm_up_begin_at_their_steps():
    found = [at(step, drops="he_2016") for step in (31999, 32000, 47999, 48000)]
    np.testing.assert_allclose(found, [0.1, 0.01, 0.01, 0.001], rtol=1e-6)
    assert [at(step, warm_up=4) for step in (3, 4)] == pytest.approx([0.01, 0.1])


def test_keras_drops_at_the_first_epoch_above_its_boundary():
    """Its schedule as it stands, `if epoch > 80` and so on, the epoch counted from 0."""

    def factor(epoch):
        above = [share for begin, share in ((180, 5e-4), (160, 1e-3), (120, 1e-2), (80, 0.1))
                 if epoch > begin]  # fmt: skip
        return above[0] if above else 1.0

    batches = 50000 // 32
    for boundary in (80, 120, 160, 180):
        for step in (boundary * batches, (boundary + 1) * batches - 1, (boundary + 1) * batches):
            assert at(step, drops="keras") == pytest.approx(0.1 * factor(step // batches)), step


def test_the_penalty_holds_what_each_protocol_says():
    weights = ResNet("he").weights
    chosen = {which: decayed(weights, which) for which in ("all", "kernels", "convolutions")}
    assert chosen["all"] == list(weights)
    assert {name.rpartition("/")[2] for name in chosen["kernels"]} == {"W"}
    assert set(chosen["kernels"]) - set(chosen["convolutions"]) == {"classes/W"}


@pytest.mark.parametrize("which", ["all", "convolutions"])
def test_without_a_gradient_a_step_shrinks_what_the_penalty_holds(which):
    dataset = Dataset()
    params = load_paper("resnet20").experiments["protocols"].params
    changes = {"optimiser": "sgd", "learning_rate": 0.5, "weight_decay": 0.2, "decayed": which}
    trainer = Trainer({**params, **changes, "blocks": 1, "batch_size": 4, "augment": 0.0}, dataset)
    start = trainer.initial(0)
    # Classes that see nothing send no gradient back: what is left is the penalty's.
    start["classes/W"] = tf.zeros_like(start["classes/W"])
    for name, variable in trainer.variables.items():
        variable.assign(start[name])
    trainer.step(tf.range(4), rng.key(0, 0))
    for name, kept in (("stem/W", 0.9), ("stem/scale", 0.9 if which == "all" else 1.0)):
        np.testing.assert_allclose(trainer.variables[name].numpy(), kept * start[name], rtol=1e-5)


@pytest.fixture(scope="module")
def trainer():
    """A trainer at first weights and running statistics that are no batch's."""
    params = load_paper("resnet20").experiments["protocols"].params
    sizes = {"blocks": 1, "batch_size": 7, "curve_images": 8, "test_images": 16}
    made = Trainer({**params, **sizes, "standardise": 0.5}, Dataset())
    for name, value in made.initial(0).items():
        made.variables[name].assign(value)
    for name, statistic in made.network.statistics.items():
        draws = rng.uniform(rng.key(1)(name), statistic.shape)
        statistic.assign(0.2 * draws if name.endswith("/mean") else 0.1 + draws)
    return made


@pytest.mark.parametrize("final, count", [(False, 8), (True, 16)])
def test_evaluations_are_of_running_statistics_and_images_as_they_are(
    monkeypatch, trainer, final, count
):
    monkeypatch.setattr(training, "_CHUNK", 3)
    found, data = trainer.evaluate(0, 6, final), Dataset()
    standard = Standard(data.images("train"), by_pixel=False)
    for split in data.splits:
        images, labels = data.images(split)[:count], data.labels(split)[:count]
        logits = trainer.network(standard(images, 0.5), training=False).numpy()
        chances = softmax(logits.astype(float), axis=1)[np.arange(count), labels]
        assert found[f"{split}_loss"] == pytest.approx(-np.log(chances).mean(), rel=1e-4)
        wrong = 100.0 * np.mean(logits.argmax(1) != labels)
        assert found[f"{split}_error"] == pytest.approx(wrong)
    assert found["train_loss"] != found["test_loss"]
    assert found["train_error"] != found["test_error"]


def test_epochs_are_counted_by_whole_batches(trainer):
    assert trainer.evaluate(0, 6, False)["epoch"] == 6 / (16 // 7)
