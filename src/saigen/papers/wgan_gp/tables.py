"""The paper's tables, from runs: one function a table, named as in paper.yaml."""

import numpy as np
import pandas as pd
import scipy

from saigen.papers.wgan_gp.costs import iteration
from saigen.papers.wgan_gp.courses import CONVERGENCE, Frames, courses
from saigen.papers.wgan_gp.language_tables import language as language
from saigen.papers.wgan_gp.language_tables import language_ends as language_ends
from saigen.papers.wgan_gp.meter_tables import loss_meter as loss_meter
from saigen.papers.wgan_gp.meter_tables import overfitting as overfitting
from saigen.papers.wgan_gp.meter_tables import overfitting_ends as overfitting_ends
from saigen.papers.wgan_gp.success import counted, succeeded
from saigen.tables import aggregate, final, images_of

#: Parts of a published inception score: its mean over tenths of 50,000 samples.
PARTS = 10

#: What is kept of an image run's end.
JUDGED = [
    "score",
    "score_share",
    "real_score",
    "frechet",
    "frechet_floor",
    "frechet_of_mean",
    "classes_drawn",
    "kernel",
    "precision",
    "recall",
]


def value_surfaces(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the statistics of every critic's surface: a row a run."""
    return final(runs["value_surfaces"])


def signs(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return where every critic's estimate of the distance ended: a row a run."""
    return final(runs["signs"], ["estimate", "w1", "slope_mean"])


def layer_norms(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return log₁₀ of the gradient's norm at every layer of critics that came to the last step."""
    frame = runs["gradient_norms"]
    frame = frame[frame["metric"].str.startswith("log10_norm/") & (frame["status"] != "diverged")]
    frame = frame[frame["step"] == frame.groupby(["variant", "seed"])["step"].transform("max")]
    layer = frame["metric"].str.partition("/")[2].astype(int)
    kept = frame[["variant", "clip", "inside", "seed", "step", "value"]]
    return kept.assign(layer=layer).rename(columns={"value": "log10_norm"})


def gradient_norms(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the slope over the layers, and the share of weights at the edge: a row a run."""
    wanted = ["slope", "straightness", "kurtosis", "at_edge", "at_edge_first"]
    return final(runs["gradient_norms"], wanted)


def random_architectures(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return every run's final score, its best, and its score at the cost of the whole GAN."""
    return _with_course(runs["random_architectures"], ["architecture", "method", "seed"])


def table5(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return how many architectures each method alone, both or neither trained, by threshold.

    Published rows count by inception score. Ours count by (score − 1) / (real score − 1), a share
    in [0, 1]; `reading` says which score of a run: its last, its best, or, at equal cost, the last
    of the GAN against that of WGAN-GP when it has cost as much (`early_share`).
    """
    theirs = published["table5"].assign(reading="published (inception score)")
    return pd.concat([theirs, counted(random_architectures(runs, published))], ignore_index=True)


def seven_architectures(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return every run's end, and whether it succeeded by the rule of `success.succeeded`."""
    return succeeded(final(runs["seven_architectures"], JUDGED))


def success_matrix(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return figure 2 as numbers: of each cell the runs that succeeded, and the median distance.

    `target` is the largest distance of a success, `frechet_floor` that of as many real images.
    """
    cells = seven_architectures(runs, published).groupby(["network", "method"], sort=False)
    return cells.agg(
        n=("success", "size"),
        succeeded=("success", "sum"),
        frechet=("frechet", "median"),
        target=("target", "max"),
        frechet_floor=("frechet_floor", "median"),
        classes_drawn=("classes_drawn", "median"),
        diverged=("status", lambda status: int((status == "diverged").sum())),
    ).reset_index()


def convergence(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return scores over iterations and over seconds: a row a run and evaluation.

    Seconds are those of `step_times`, by the wall clock where nothing else ran.
    """
    frame = courses(runs)
    timed = step_times(runs, published).rename(columns={"seconds_per_step": "seconds"})
    times = timed.groupby(["experiment", "variant"])["seconds"].median().reset_index()
    frame = frame.merge(times, on=["experiment", "variant"], how="left")
    return frame.assign(seconds=frame["seconds"] * frame["step"])


def convergence_ends(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return of every run of figure 3: its end, its mean score over the course, its unsteadiness.

    area, area_share: means of the score, and of its share of the real images', over the
    evaluations; unsteadiness: standard deviation of the score over the last fifth of them, but for
    the very last, which has more samples; steps_to_90: the first step with 90% of its own last
    score, from 1 on; seconds_to_90: the same by the clock. A diverged run has a row without
    numbers.
    """
    rows = []
    found = convergence(runs, published)
    found = found[found["status"] != "diverged"]
    for labels, run in found.groupby(["experiment", "variant", "seed"]):
        run = run.sort_values("step")
        tail = run["score"].iloc[:-1].iloc[-max(2, len(run) // 5) :]
        target = 1.0 + 0.9 * (run["score"].iloc[-1] - 1.0)
        there = run[run["score"] >= target].iloc[0] if run["score"].notna().any() else run.iloc[-1]
        rows.append(
            {
                **dict(zip(["experiment", "variant", "seed"], labels, strict=True)),
                "score": run["score"].iloc[-1],
                "score_share": run["score_share"].iloc[-1],
                "frechet": run["frechet"].iloc[-1],
                "frechet_floor": run["frechet_floor"].iloc[-1],
                "area": run["score"].mean(),
                "area_share": run["score_share"].mean(),
                "unsteadiness": tail.std(),
                "steps_to_90": there["step"],
                "seconds_to_90": there["seconds"],
            }
        )
    keys = ["experiment", "variant", "seed"]
    everyone = pd.concat(
        runs[name].assign(experiment=name)[[*keys, "status"]].drop_duplicates()
        for name in CONVERGENCE
    )
    return everyone.merge(pd.DataFrame(rows), on=keys, how="left")


def step_times(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return seconds of a generator iteration by each method: a row a run.

    `experiment` is the one of figure 3 whose networks and images these are.
    """
    metrics = ["seconds_per_step", "cpu_seconds_per_step"]
    timed = zip(CONVERGENCE, ("step_times", "step_times_fashion"), strict=True)
    return pd.concat(
        [final(runs[name], metrics).assign(experiment=of) for of, name in timed], ignore_index=True
    )


def table3(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return table 3's published rows, and the mean end of our residual networks.

    `protocol` keeps apart what must not be compared: Inception's score and a classifier's. Ours by
    Inception is the mean over parts, `score_in_parts` of `resnet`, as the published ones are.
    """
    theirs = published["table3"].assign(protocol="Inception")
    ours = resnet(runs, published)
    score = "score_in_parts" if "score_in_parts" in ours else "score"
    means = aggregate(ours, ["variant"], score).rename(
        columns={"variant": "setting", "mean": "score", "low": "score_low", "high": "score_high"}
    )
    means = means.assign(method="WGAN-GP ResNet, ours", protocol=_protocol(runs["resnet"]))
    return pd.concat([theirs, means], ignore_index=True)


def resnet(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the end of every residual run, and the images that it saw.

    score: of all samples in one part, which is higher than the mean over ten. score_in_parts, by
    Inception alone: mean over the last ten evaluations along the way, which at `paper` have 5,000
    samples each, as the parts of a published score. They lie in the last tenth of the training: a
    network that still gets better scores less there than at its end. Without ten there is none.
    """
    frame = runs["resnet"]
    ends = final(frame, JUDGED).assign(dataset=images_of(frame))
    return _with_parts(ends, frame) if _protocol(frame) == "Inception" else ends


def sides(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the end of every run with the one-sided and the two-sided penalty."""
    return final(runs["sides"], JUDGED)


def side_wins(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return how often either penalty had the higher score on an architecture, and a sign test.

    A diverged run is below any other; two equal scores are nobody's win.
    """
    shares = sides(runs, published).pivot(
        index=["architecture", "seed"], columns="one_sided", values="score_share"
    )
    shares = shares.fillna(-np.inf)
    two, one = (int((shares[a] > shares[b]).sum()) for a, b in ((False, True), (True, False)))
    ours = {"two_sided": two, "one_sided": one, "architectures": len(shares), "source": "ours"}
    table = pd.concat([published["one_sided"].assign(source="published"), pd.DataFrame([ours])])
    pairs = zip(table["two_sided"], table["one_sided"], strict=True)
    p = [scipy.stats.binomtest(a, a + b).pvalue if a + b else 1.0 for a, b in pairs]
    return table.assign(p=p)[["source", *published["one_sided"].columns, "p"]]


def activations(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the end of every run by the critic's activation, and whether it trained.

    trained: the score's share is at least half of the best that the same architecture has with
    any of the activations, and the run did not diverge.
    """
    ends = final(runs["activations"], JUDGED)
    target = ends.groupby("architecture")["score_share"].transform("max") / 2.0
    return ends.assign(trained=(ends["score_share"] >= target) & (ends["status"] == "finished"))


def critic_norms(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the end of every run by the critic's norm."""
    return final(runs["critic_norms"], JUDGED)


def _with_course(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Add to each finished run's end its best score, and that when it has cost what the GAN does.

    That is at early_step, the last evaluation up to the GAN's steps by the ratio of the costs of
    an iteration of this architecture (`costs.iteration`); the first, where none is so early.
    """
    ends = final(frame, JUDGED)
    course = frame[(frame["metric"] == "score_share") & (frame["status"] != "diverged")]
    best = course.groupby(keys)["value"].max().rename("best_share").reset_index()
    steps, first = frame["step"].max(), course["step"].min()
    ratio = {k: iteration(k, "gan") / iteration(k, "gp") for k in set(frame["architecture"])}
    early = course[course["step"] <= (steps * course["architecture"].map(ratio)).clip(lower=first)]
    early = early.sort_values("step").drop_duplicates(keys, keep="last")
    early = early.rename(columns={"value": "early_share", "step": "early_step"})
    early = early[[*keys, "early_share", "early_step"]]
    return ends.merge(best, on=keys, how="left").merge(early, on=keys, how="left")


def _with_parts(ends: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Add score_in_parts to the ends of runs."""
    keys = ["variant", "seed"]
    course = frame[(frame["metric"] == "score") & (frame["status"] != "diverged")]
    course = course[course["step"] < frame["step"].max()].sort_values("step")
    parts = course.groupby(keys).tail(PARTS).groupby(keys)["value"].agg(["mean", "size"])
    mean = parts["mean"].where(parts["size"] == PARTS).rename("score_in_parts")
    return ends.merge(mean.reset_index(), on=keys, how="left")


def _protocol(runs: pd.DataFrame) -> str:
    """Say by which network scores were made: Inception judges wherever a run has it."""
    return "Inception" if "Inception" in runs.attrs.get("judges", ()) else "classifier"
