"""The paper's tables, from runs: one function a table, named as in paper.yaml."""

from collections.abc import Mapping

import pandas as pd

from saigen.papers.wgan_gp.courses import CONVERGENCE, Frames, courses, wide
from saigen.papers.wgan_gp.meter_tables import loss_meter as loss_meter
from saigen.papers.wgan_gp.meter_tables import overfitting as overfitting
from saigen.papers.wgan_gp.meter_tables import overfitting_ends as overfitting_ends
from saigen.papers.wgan_gp.success import counted, succeeded
from saigen.tables import aggregate, final

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
    """Return every run's final score, its best, and its score at an eighth of the steps."""
    return _with_course(runs["random_architectures"], ["architecture", "method", "seed"])


def table5(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return how many architectures each method alone, both or neither trained, by threshold.

    Published rows count by inception score. Ours count by (score − 1) / (real score − 1), a share
    in [0, 1]; `reading` says which score of a run: its last, its best, or, at equal cost, the last
    of the GAN against that of WGAN-GP at an eighth of the steps, when it has cost no more.
    """
    theirs = published["table5"].assign(reading="published (inception score)")
    return pd.concat([theirs, counted(random_architectures(runs, published))], ignore_index=True)


def seven_architectures(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return every run's end, and whether it succeeded by the rule of `success.succeeded`."""
    return succeeded(final(runs["seven_architectures"], JUDGED))


def success_matrix(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return figure 2 as numbers: of each cell the runs that succeeded, and the median distance."""
    cells = seven_architectures(runs, published).groupby(["network", "method"], sort=False)
    return cells.agg(
        n=("success", "size"),
        succeeded=("success", "sum"),
        frechet=("frechet", "median"),
        classes_drawn=("classes_drawn", "median"),
        diverged=("status", lambda status: int((status == "diverged").sum())),
    ).reset_index()


def convergence(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return scores over iterations and over seconds: a row a run and evaluation.

    Seconds are those of `step_times`, by the wall clock where nothing else ran.
    """
    frame = courses(runs)
    return frame.assign(seconds=frame["step"] * frame["variant"].map(_seconds(runs)))


def convergence_ends(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return of every run of figure 3: its end, its mean score over the course, its unsteadiness.

    area: mean of the score over the evaluations; unsteadiness: standard deviation of the score
    over the last fifth of them; steps_to_90: the first step with 90% of its own last score, from
    1 on; seconds_to_90: the same by the clock. A diverged run has a row without numbers.
    """
    rows = []
    found = convergence(runs, published)
    found = found[found["status"] != "diverged"]
    for labels, run in found.groupby(["experiment", "variant", "seed"]):
        run = run.sort_values("step")
        tail = run["score"].iloc[-max(2, len(run) // 5) :]
        target = 1.0 + 0.9 * (run["score"].iloc[-1] - 1.0)
        there = run[run["score"] >= target].iloc[0] if run["score"].notna().any() else run.iloc[-1]
        rows.append(
            {
                **dict(zip(["experiment", "variant", "seed"], labels, strict=True)),
                "score": run["score"].iloc[-1],
                "score_share": run["score_share"].iloc[-1],
                "frechet": run["frechet"].iloc[-1],
                "area": run["score"].mean(),
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
    """Return seconds of a generator iteration by each method: a row a run."""
    return final(runs["step_times"], ["seconds_per_step", "cpu_seconds_per_step"])


def table3(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return table 3's published rows, and the mean end of our residual networks.

    `protocol` keeps apart what must not be compared: Inception's score and a classifier's.
    """
    theirs = published["table3"].assign(protocol="Inception")
    ours = final(runs["resnet"], JUDGED)
    means = aggregate(ours, ["variant"], "score").rename(
        columns={"variant": "setting", "mean": "score", "low": "score_low", "high": "score_high"}
    )
    means = means.assign(method="WGAN-GP ResNet, ours", protocol=_protocol(runs["resnet"]))
    return pd.concat([theirs, means], ignore_index=True)


def resnet(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the end of every residual run."""
    return final(runs["resnet"], JUDGED)


def language(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return n-gram divergences over training: a row a run and evaluation (bits)."""
    frame = runs["language"]
    kept = frame[frame["metric"].str.match(r"js|entropy|distinct")]
    return wide(kept, ["variant", "seed", "status", "step"])


def sides(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the end of every run with the one-sided and the two-sided penalty."""
    return final(runs["sides"], JUDGED)


def activations(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the end of every run by the critic's activation, and whether it trained.

    trained: the score's share is at least half of that of the same architecture with ReLU (with
    the surrogate, where no ReLU was run), and the run did not diverge.
    """
    ends = final(runs["activations"], JUDGED)
    levels = set(ends["critic_activation"])
    reference = "relu" if "relu" in levels else "softplus"
    best = ends[ends["critic_activation"] == reference].set_index("architecture")["score_share"]
    target = ends["architecture"].map(best) / 2.0
    return ends.assign(trained=(ends["score_share"] >= target) & (ends["status"] == "finished"))


def critic_norms(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the end of every run by the critic's norm."""
    return final(runs["critic_norms"], JUDGED)


def _with_course(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Add to each finished run's end its best score, and that at an eighth of the steps."""
    ends = final(frame, JUDGED)
    course = frame[(frame["metric"] == "score_share") & (frame["status"] != "diverged")]
    best = course.groupby(keys)["value"].max().rename("best_share").reset_index()
    last = course["step"].max() if len(course) else 0
    early = course[course["step"] <= max(last / 8.0, course["step"].min())]
    early = early.sort_values("step").drop_duplicates(keys, keep="last")
    early = early.rename(columns={"value": "early_share"})[[*keys, "early_share"]]
    return ends.merge(best, on=keys, how="left").merge(early, on=keys, how="left")


def _seconds(runs: Frames) -> Mapping[str, float]:
    times = final(runs["step_times"], ["seconds_per_step"])
    return times.groupby("variant")["seconds_per_step"].median().to_dict()


def _protocol(runs: pd.DataFrame) -> str:
    """Say by which network scores were made: Inception judges wherever a run has it."""
    return "Inception" if "Inception" in runs.attrs.get("judges", ()) else "classifier"
