"""The toy, the unbiasedness runs and evaluations, on tiny sizes; and tables of made-up runs."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from test_learner import IMAGES, exact_log_likelihood, learner

from saigen.papers.dbm import curve_tables, evaluation, frames, sampling, tables, toy, unbiasedness
from saigen.papers.dbm.evaluation import unique
from saigen.papers.dbm.partition import log_mean
from saigen.papers.dbm.pixels import Pixels


def run(task, seed=0):
    """Run a task to its end, and return what it measured."""
    for name, value in task.initial(seed).items():
        task.variables[name].assign(value)
    task.take(seed, 0, task.steps)
    return task.evaluate(seed, task.steps, True)


@pytest.fixture(scope="module")
def bias():
    params = {"units": 2, "scale": 1.0, "chains": 20_000, "steps": 3, "most_steps": 3000}
    return run(unbiasedness.train(params))


def test_the_coupled_estimators_are_unbiased_and_the_others_are_not(bias):
    for name in ("as_specified", "gibbs"):
        assert bias[f"z_p/{name}"] > 1e-4 and bias[f"largest_z/{name}"] < 4.5
        assert bias[f"bias/{name}"] < 4 * bias[f"noise/{name}"]
    for name in ("mode", "as_run", "as_coded"):
        assert bias[f"largest_z/{name}"] > 8.0
        assert bias[f"bias/{name}"] > 4 * bias[f"noise/{name}"]
    assert bias["sd/as_specified"] > bias["sd/as_run"]


def test_meeting_times_are_counted(bias):
    assert bias["tau_at_least_1/as_specified"] == pytest.approx(1.0)
    assert bias["tau_mean/as_run"] == 1.0
    shares = [bias[f"tau_at_least_{2**k}/as_specified"] for k in range(unbiasedness.BINS)]
    assert all(a >= b for a, b in pairwise(shares))
    assert 2.0 ** (np.flatnonzero(shares)[-1] + 1) > bias["tau_largest/as_specified"]
    assert bias["capped/as_specified"] == 0.0
    assert bias["gradient_error"] < 1e-3


def test_the_toy_counts_on_the_weights_of_its_law():
    params = {"units": 8, "law": "orthogonal", "chains": 40, "pairs": 6}
    task = toy.train({**params, "most_steps": 2000, "most_sweeps": 500})
    found = run(task)
    w = task.variables["W0"].numpy()
    np.testing.assert_allclose(w @ w.T, np.eye(8), atol=1e-5)
    assert found["energy_mode"] < found["energy_initialised"] < found["energy_uniform"]
    for count in toy.COUNTS:
        assert 1.0 <= found[f"median/{count}"] <= found[f"largest/{count}"]
    task.adopt({"law": "orthogonal_4"})
    run(task)
    np.testing.assert_allclose(task.variables["W0"].numpy(), 4.0 * w, rtol=1e-5)


def test_likelihoods_by_annealing_are_those_of_the_enumeration():
    made = learner(init="orthogonal")
    parts = sampling.parts_of(made.machine())
    ask = sampling.compiled(tuple(made.sizes))
    seed, step = tf.constant(0), tf.constant(0)
    base = tf.zeros([4])
    log_w = ask.weights_of_z(parts, base, tf.constant(5000), tf.constant(50), seed, step)
    log_z, _ = log_mean(log_w.numpy())
    images = tf.constant(np.repeat(IMAGES, 100, 0))
    above = ask.weights_of_visible(parts, images, tf.constant(50), seed, step).numpy()
    # The mean of log w errs low by half its variance; here that is next to nothing.
    assert above.mean() - log_z == pytest.approx(exact_log_likelihood(made), abs=0.02)


def test_a_single_image_is_enough():
    """Halves of one chain are none and one; a fresh trace knows its shape."""
    made = learner(hidden=2, batch_size=1)
    ask, parts = sampling.compiled.__wrapped__(tuple(made.sizes)), sampling.parts_of(made.machine())
    image, draws = tf.constant(IMAGES[:1]), (tf.constant(0), tf.constant(0))
    state = ask.from_data(parts, image, *draws)
    assert ask.walked(parts, state, tf.constant(3), *draws)[0].shape == image.shape
    assert ask.reconstructed(parts, image, *draws).shape == image.shape
    assert np.isfinite(ask.weights_of_visible(parts, image, tf.constant(5), *draws)).all()
    known = tf.constant([1.0, 1.0, 0.0, 0.0])
    found = ask.completed(parts, known, image, tf.constant(1), *draws)
    np.testing.assert_array_equal(found[:, :2], image[:, :2])


@pytest.mark.parametrize("channels", [1, 3])
def test_inception_sees_three_channels_and_as_many_bits_as_the_machine(monkeypatch, channels):
    draws = np.random.default_rng(0)
    sets = {split: draws.integers(0, 256, [40, 4, 4, channels]).astype(np.uint8)
            for split in ("train", "test")}  # fmt: skip
    seen = []

    class Network:
        def __init__(self, path):
            assert path == "inception.npz"

        def __call__(self, images):
            seen.append(images)
            return images.reshape(len(images), -1)[:, :5], None

    class Images:
        images = staticmethod(lambda split: sets[split])

    monkeypatch.setattr(evaluation, "Inception", Network)
    pixels = Pixels(Images(), bits=2)
    distance = evaluation.Fidelity(pixels, "inception.npz")
    assert distance(pixels.units("test")) == pytest.approx(0.0, abs=1e-6)
    assert distance(pixels.units("train")) > 1.0
    assert all(images.shape[1:] == (4, 4, 3) for images in seen)
    assert set(np.unique(seen[0])) == {0.0, 85.0, 170.0, 255.0}


def test_a_machine_of_pixel_means_is_told_from_one_that_learns(monkeypatch):
    """Two clusters: fair coins are far from them, pixels at their means nearer, images nearest."""
    draws = np.random.default_rng(0)
    left = np.where(np.arange(8) < 4, 255, 0)

    def images(count):
        own = np.where(draws.random([count, 1]) < 0.7, left, 0).astype(np.uint8)
        return own.reshape(count, 2, 4, 1)

    sets = {"train": images(500), "test": images(500)}

    class Images:
        images = staticmethod(lambda split: sets[split])

        class Network:
            def __call__(self, images):
                return images.reshape(len(images), -1) / 255.0, None

    monkeypatch.setattr(evaluation.Classifier, "of", lambda dataset: dataset.Network())
    found = evaluation.Fidelity(Pixels(Images(), bits=1)).of_data(400, seed=0)
    assert found["floor"] < 0.02 < found["means"] < 0.7 * found["noise"]
    # Means and variances are right. Four pixels that are one: an eigenvalue of 0.84, against 0.21.
    by_hand = 4 * 0.21 + 4 * 0.21 - 2.0 * np.sqrt(0.84 * 0.21)
    assert found["means"] == pytest.approx(by_hand, rel=0.15)


def test_unique_counts_different_rows():
    assert unique(np.array([[0, 1], [0, 1], [1, 1]])) == 2


def made_up(products=10.0, slope=-0.01):
    """A tidy frame of two learners with one curve each."""
    rows = []
    for learner_, factor in (("lmi", 2.0), ("cd_10", 1.0)):
        labels = {"learner": learner_, "centre": "data", "variant": f"{learner_}-data"}
        for step in (50, 100):
            row = {**labels, "seed": 0, "status": "finished", "step": step}
            rows.append({**row, "metric": "products", "value": factor * products})
            for metric in curve_tables.EQUAL:
                rows.append({**row, "metric": metric, "value": 3.0 + slope * step})
        # The last evaluation alone measures what a curve is held against.
        rows.append({**row, "metric": "curve_fd_means", "value": 0.3})
    return pd.DataFrame(rows)


def test_work_adds_up_and_equal_work_reads_the_curve_there():
    runs = {"training": made_up()}
    curves = tables.curves(runs, {})
    work = curves.set_index(["learner", "step"])["work"]
    assert work["lmi", 50] == 1000.0 and work["lmi", 100] == 2000.0
    assert work["cd_10", 100] == 1000.0
    equal = tables.equal_compute(runs, {}).set_index("learner")
    assert equal.loc["lmi", "work"] == 1000.0
    assert equal.loc["lmi", "curve_log_likelihood"] == pytest.approx(2.5)
    # Between evaluations it is straight over the logarithm of the work: halfway from 1000 to 2000.
    dearer = runs["training"].assign(value=lambda rows: rows["value"].where(
        (rows["metric"] != "products") | (rows["learner"] != "cd_10"),
        rows["value"] * 2.0**0.5))  # fmt: skip
    between = tables.equal_compute({"training": dearer}, {}).set_index("learner")
    assert between.loc["lmi", "work"] == pytest.approx(1000.0 * 2.0**0.5)
    assert between.loc["lmi", "curve_log_likelihood"] == pytest.approx(2.25)
    assert equal.loc["cd_10", "curve_log_likelihood"] == pytest.approx(2.0)
    assert equal.loc["cd_10", "curve_log_z_error"] == pytest.approx(2.0)


def test_what_is_not_compared_does_not_set_the_budget():
    short = made_up(products=2.0)
    short = short[short["learner"] == "cd_10"].assign(learner="pretrained", variant="pretrained")
    equal = tables.equal_compute({"training": pd.concat([made_up(), short])}, {})
    equal = equal.set_index("learner")
    assert equal.loc["lmi", "work"] == equal.loc["cd_10", "work"] == 1000.0
    # It ended with less work: its last numbers stand there.
    assert equal.loc["pretrained", "work"] == 200.0
    assert equal.loc["pretrained", "curve_log_likelihood"] == pytest.approx(2.0)


def test_a_curve_knows_its_references_at_every_step():
    curves = tables.curves({"training": made_up()}, {})
    assert list(curves["curve_fd_means"]) == [0.3] * 4
    long = tables.long_curves({"anatomy": made_up()}, {})
    assert set(long["experiment"]) == {"anatomy"} and len(long) == 4
    assert long.drop(columns="experiment").equals(curves.drop(columns="experiment"))


def taken_apart(status=("finished", "finished")):
    """A tidy frame of long runs, of which diverged ones end before they are taken apart."""
    label = {"learner": "lmi", "centre": "data", "variant": "lmi-data"}
    rows = []
    for seed, word in enumerate(status):
        row = {**label, "seed": seed, "status": word, "step": 9}
        rows.append({**row, "step": 3, "metric": "products", "value": 1.0})
        for name, labels in (
            ("chain_fd_0", ("own", "noise")), ("chain_fd_10", ("own", "noise")),
            ("completion_left", ("ours", "mean")),
        ):  # fmt: skip
            if word == "finished":
                rows += [{**row, "metric": f"{name}/{x}", "value": seed + 0.5} for x in labels]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("status", [("finished",) * 2, ("finished", "diverged"), ("diverged",) * 2])
def test_chains_and_completions_have_rows_of_diverged_runs_too(status):
    chains = tables.chains({"anatomy": taken_apart(status)}, {})
    completions = tables.completions({"anatomy": taken_apart(status)}, {})
    assert {"experiment", "seed", "status", "start", "sweeps", "fd"} <= set(chains)
    assert {"experiment", "seed", "status", "mask", "how", "error"} <= set(completions)
    known = status[0] == "finished"  # without any chain nobody knows the starts
    assert len(chains) == (8 if known else 0) and len(completions) == (4 if known else 0)
    if known:
        last = chains.set_index(["seed", "sweeps", "start"])["fd"]
        assert last[0, 10, "own"] == 0.5
        assert np.isnan(last[1, 10, "own"]) == (status[1] == "diverged")
        assert set(completions["mask"]) == {"left"} and set(completions["how"]) == {"ours", "mean"}


def test_published_distances_name_their_source():
    from saigen.paper import load_paper
    from saigen.tables import published

    frame = published(load_paper("dbm"))["fid"]
    ours = frame[frame["source"].str.startswith("this paper")]
    assert list(ours["mnist"]) == [10.33] and ours["cifar10"].isna().all()
    assert frame.loc[frame["model"] == "WGAN", "cifar10"].item() == 55.2


@pytest.mark.parametrize("judged", [False, True])
def test_inception_distances_stand_under_their_data_where_runs_have_them(judged):
    from saigen.paper import load_paper
    from saigen.tables import published

    metrics = {"fd_sample": 3.0, "fd_gibbs": 5.0, "fd_floor": 1.0, "fd_means": 2.0}
    metrics |= {"fid_sample": 12.0} if judged else {}
    label = {"learner": "lmi", "centre": "data", "bits": 4, "variant": "v", "status": "finished"}
    label["step"] = 9
    frame = pd.DataFrame(
        [{**label, "seed": seed, "metric": name, "value": value + seed}
         for seed in (0, 1) for name, value in metrics.items()]
    )  # fmt: skip
    runs = {name: frame.copy() for name in frames.GREY}
    runs["grey"].attrs["datasets"] = ["mnist_14px"]
    table = tables.frechet(runs, published(load_paper("dbm")))
    ours = table[table["source"] == "this replication"].set_index("experiment")
    assert ours.loc["grey", "dataset"] == "mnist_14px" and set(ours["bits"]) == {4}
    # By either sampler, and for claims a row a run.
    assert ours.loc["grey", "classifier_fd"] == 3.5
    assert ours.loc["grey", "classifier_fd_gibbs"] == 5.5
    each = tables.grey_machines(runs, {}).set_index(["experiment", "seed"])
    assert each.loc[("colour", 1), "fd_gibbs"] == 6.0
    assert each["fid_sample"].notna().all() == judged
    for experiment, data in zip(frames.GREY, ("mnist", "fashion_mnist", "cifar10"), strict=True):
        found = ours.loc[experiment].filter(like="inception_fid").dropna().to_dict()
        assert found == ({f"inception_fid_{data}": 12.5} if judged else {})


def test_the_search_has_its_exponent_by_law_of_weights():
    label = {"variant": "v", "status": "finished", "step": 1, "metric": "mean/search"}
    rows = [
        {**label, "units": units, "law": law, "seed": seed, "value": units ** (b + 0.01 * seed)}
        for law, b in (("orthogonal", 0.4), ("normal", 1.2))
        for units in (8, 64, 128, 256) for seed in range(3)
    ]  # fmt: skip
    small = pd.DataFrame(rows)
    small.loc[small["units"] == 8, "value"] = 100.0  # too small to count
    found = tables.toy_slopes({"toy": small}, {}).set_index("law")
    assert found.loc["orthogonal", "slope"] == pytest.approx(0.41)
    assert found.loc["normal", "slope"] == pytest.approx(1.21)
    assert (found["low"] < found["slope"]).all() and (found["slope"] < found["high"]).all()
    assert set(found["from_units"]) == {64} and set(found["n"]) == {3}
    # Two sizes make a line; one makes none.
    assert tables.toy_slopes({"toy": small[small["units"] < 128]}, {}).empty


def test_the_grid_of_rates_has_what_a_verdict_needs():
    label = {"learner": "lmi", "centre": "data", "seed": 0, "status": "finished", "step": 9}
    metrics = ("fd_sample", "fd_gibbs", "fd_means", "log_likelihood", "log_z_error")
    rows = [
        {**label, "learning_rate": rate, "variant": f"{rate}", "metric": metric, "value": -rate}
        for rate in (0.01, 0.03)
        for metric in (*metrics, "log_likelihood_of_means")
    ]
    table = tables.rates({"rates": pd.DataFrame(rows)}, {})
    assert list(table["likeliest"]) == [True, False]
    for name in (*metrics, "log_likelihood_of_means"):
        assert list(table[name]) == [-0.01, -0.03]
    # What is likeliest by a log Z that nobody knows is not.
    for row in rows:
        if row["learning_rate"] == 0.01 and row["metric"] == "log_z_error":
            row["value"] = 0.4
    table = tables.rates({"rates": pd.DataFrame(rows)}, {})
    assert list(table["likeliest"]) == [False, True]
