"""The tables, from runs: one function a table, named as in paper.yaml."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from saigen.diagnose import Log, diagnose
from saigen.diagnose.rules import RULES, impossible
from saigen.tables import final

Frames = Mapping[str, pd.DataFrame]

#: Rows of a log that its table shows.
SHOWN = 400
#: What is kept of a run's end.
JUDGED = ["frechet", "frechet_floor", "classes_drawn", "precision", "recall", "spread"]
TRAINING = ["d_loss", "accuracy", "g_loss", "accuracy_fake"]


def batches(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return every run's end by batch size; frechet_deviation is over the seeds of a batch size."""
    ends = _ends(runs["batches"])
    over_seeds = ends.groupby("batch_size")["frechet"].agg(lambda d: d.std(skipna=False))
    over_seeds = ends["batch_size"].map(over_seeds)
    return ends.assign(frechet_deviation=over_seeds)


def equal_images(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return every run's end by the number of steps, at equal images."""
    return _ends(runs["equal_images"].rename(columns={"steps": "in_steps"}))


def batch_costs(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return images a second and megabytes, a row a run."""
    return final(runs["batch_costs"], ["images_per_second", "cpu_seconds_per_step", "memory_mb"])


def early(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return accuracy over the first hundred iterations beside the end, a row a seed."""
    frame = runs["early"]
    first = frame[(frame["metric"] == "accuracy") & (frame["step"] <= 100)]
    lead = first.groupby("seed")["value"].mean().rename("early_accuracy")
    return _ends(frame).merge(lead.reset_index(), on="seed", how="left")


def faults(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return what was planted, which rules fired on each log, and its end: a row a run.

    R1 to R5: 1 where the rule fires; fires: `lost` where no row is left to judge; below: the share
    of rows with the signature of R3; impossible: of the rows in which D rejected all fakes, the
    share of steps with a loss of G below ln 2, NaN where there is no such row.
    """
    frame = runs["faults"]
    rows = []
    for (fault, seed), run in frame.groupby(["fault", "seed"], sort=False):
        log = log_of(run)
        found = diagnose(log)
        fires = ["lost"] if found.lost is not None and not len(found.log) else [*found.fires]
        rows.append(
            {
                "fault": fault,
                "seed": seed,
                "fires": " ".join(["foreign"] if found.foreign else fires) or "none",
                **{rule: int(rule in found.fires) for rule in RULES},
                "below": float(impossible(log.accuracy, log.g_loss).mean()),
            }
        )
    found = pd.DataFrame(rows).merge(_impossible(frame), on=["fault", "seed"], how="left")
    ends = _ends(frame)[["fault", "seed", "status", *TRAINING, "frechet"]]
    return found.merge(ends, on=["fault", "seed"])


def _impossible(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the share of `faults`, a row a run that has any row with all fakes rejected."""
    keys = ["fault", "seed", "step"]
    wide = frame[frame["metric"].isin(["accuracy_fake", "impossible"])]
    wide = wide.set_index([*keys, "metric"])["value"].unstack("metric").reset_index()
    wide = wide.reindex(columns=[*keys, "accuracy_fake", "impossible"])
    # A share of all steps would tell how often D rejects all: a weak one never does.
    rejecting = wide[wide["accuracy_fake"] == 1.0]
    return rejecting.groupby(["fault", "seed"])["impossible"].mean().reset_index()


def confusion(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return in how many logs of each planted fault each rule fires: the confusion matrix.

    foreign, lost, none: logs of another loss, without a row to judge, and without a rule that
    fires; impossible: as in `faults`, the mean over runs that have it.
    """
    found = faults(runs, published)
    cells = found.groupby("fault", sort=False)
    table = cells[list(RULES)].sum()
    for word in ("foreign", "lost", "none"):
        table[word] = found["fires"].eq(word).groupby(found["fault"]).sum()
    table["impossible"] = cells["impossible"].mean()
    return table.assign(logs=cells.size()).reset_index()


def logs(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the logs themselves, the article's healthy one too: a row a logged iteration.

    Of a log of more than `SHOWN` rows, evenly so many.
    """
    return pd.concat(
        [
            published["healthy_log"].assign(experiment="article", what="healthy", seed=0),
            *(
                _thinned(_log_rows(run)).assign(experiment=name, what=what, seed=seed)
                for name, by in (("faults", "fault"), ("profile", "batch_size"))
                for (what, seed), run in runs[name].groupby([by, "seed"], sort=False)
            ),
        ],
        ignore_index=True,
    )


def profile(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the article's healthy log beside ours, as medians over two stretches.

    Stretches: the article's 700 to 1,400 and from 14,000 of its 19,000 iterations; ours are the
    same iterations where a run has them, and NaN elsewhere.
    """
    theirs = published["healthy_log"].assign(seed=-1, source="article", status="finished")
    ours = [
        _log_rows(run).assign(seed=seed, source="ours", status=status)
        for (seed, status), run in runs["profile"].groupby(["seed", "status"])
    ]
    rows = []
    by = ["source", "seed", "status"]
    for labels, log in pd.concat([theirs, *ours]).groupby(by):
        for stretch, low, high in (("balance", 700, 1400), ("late", 14000, 20000)):
            part = log[(log["step"] >= low) & (log["step"] <= high)]
            medians = part[["d_loss", "accuracy", "g_loss"]].median()
            named = dict(zip(by, labels, strict=True))
            rows.append({**named, "stretch": stretch, **medians})
    return pd.DataFrame(rows)


def log_of(run: pd.DataFrame) -> Log:
    """Return the log of one run's rows."""
    rows = _log_rows(run)
    return Log(*(rows[name].to_numpy(float) for name in ("step", "d_loss", "accuracy", "g_loss")))


def _log_rows(run: pd.DataFrame) -> pd.DataFrame:
    rows = run[run["metric"].isin(["d_loss", "accuracy", "g_loss"])]
    wide = rows.pivot_table(index="step", columns="metric", values="value", dropna=False)
    wide = wide.reindex(columns=["accuracy", "d_loss", "g_loss"])
    return wide.reset_index().rename_axis(columns=None)


def _thinned(rows: pd.DataFrame) -> pd.DataFrame:
    every = -(-len(rows) // SHOWN)
    return rows.iloc[every - 1 :: every]


def _ends_of(experiment: str) -> Callable[[Frames, Frames], pd.DataFrame]:
    """Return the function of the table of every run's end, whatever the experiment varies."""

    def table(runs: Frames, published: Frames) -> pd.DataFrame:
        return _ends(runs[experiment])

    return table


def _ends(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row a run: its end, and of its second half the means and the unsteadiness of D.

    accuracy, accuracy_fake, d_loss, g_loss: means over the second half; unsteadiness: of D's loss
    there, `_unsteadiness`; slope_unsteadiness: that of the norm of D's gradient over its mean;
    dominance: share of its rows with an accuracy above 0.97; symptom: share with an accuracy above
    0.99 and a loss of G below 0.1, the article's first log; early_frechet: the first evaluation.
    """
    judged = [*JUDGED, *TRAINING]
    ends = final(frame, judged)
    labels = [name for name in ends.columns if name not in judged]
    late = frame[frame["step"] > frame.groupby(labels, dropna=False)["step"].transform("max") / 2]
    late = late[late["metric"].isin([*TRAINING, "d_slope"])]
    wide = late.set_index([*labels, "step", "metric"])["value"].unstack("metric").reset_index()
    # Where all runs diverged at once, what is logged with an evaluation was never logged.
    wide = wide.reindex(columns=[*labels, "step", *TRAINING, "d_slope"])
    cells = wide.groupby(labels, dropna=False)
    found = cells[TRAINING].mean()
    found["unsteadiness"] = cells["d_loss"].apply(_unsteadiness)
    found["slope_unsteadiness"] = cells["d_slope"].apply(_unsteadiness) / cells["d_slope"].mean()
    found["dominance"] = cells["accuracy"].apply(lambda a: (a > 0.97).mean())
    wide["shown"] = (wide["accuracy"] > 0.99) & (wide["g_loss"] < 0.1)
    found["symptom"] = wide.groupby(labels, dropna=False)["shown"].mean()
    distances = frame[frame["metric"] == "frechet"].sort_values("step")
    found["early_frechet"] = distances.groupby(labels, dropna=False)["value"].first()
    kept = [name for name in ends.columns if name not in TRAINING]
    return ends[kept].merge(found.replace([np.inf], np.nan).reset_index(), on=labels, how="left")


def _unsteadiness(rows: pd.Series) -> float:
    """Return the standard deviation of successive differences over √2: of noise without drift."""
    return rows.diff().std() / 2.0**0.5


rates = _ends_of("rates")
d_dropout = _ends_of("d_dropout")
g_dropout = _ends_of("g_dropout")
d_widths = _ends_of("d_widths")
batch_norm = _ends_of("batch_norm")
weakened = _ends_of("weakened")
rate_ratios = _ends_of("rate_ratios")
g_strength = _ends_of("g_strength")
