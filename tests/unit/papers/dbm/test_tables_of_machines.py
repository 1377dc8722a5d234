"""Tables of made-up runs: work, chains, distances and rates."""

import numpy as np
import pandas as pd
import pytest

from saigen.papers.dbm import curve_tables, frames, tables


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
