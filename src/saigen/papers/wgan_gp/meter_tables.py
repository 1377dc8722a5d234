"""Tables of the loss as a meter: section 5.6, figures 5a and 5b."""

import pandas as pd
import scipy

from saigen.papers.wgan_gp.courses import CONVERGENCE, Frames, courses, wide


def loss_meter(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return Spearman's correlation of loss and quality along each run's course.

    loss_distance: of the negative critic loss on new images with the Fréchet distance, which it
    should follow; over the evaluations of one run, but for the last, which has more samples and so
    a smaller distance.
    """
    rows = []
    keys = ["experiment", "variant", "seed", "status"]
    lost = pd.concat(runs[name].assign(experiment=name)[keys] for name in CONVERGENCE)
    lost = lost[lost["status"] == "diverged"].drop_duplicates()
    found = courses(runs)
    for labels, run in found[found["status"] != "diverged"].groupby(keys):
        run = run[run["step"] < run["step"].max()]
        if len(run) >= 4 and run["frechet"].notna().all():
            # A loss that never moves has no rank to follow: that is no agreement.
            rho = 0.0
            if run["negative_loss/valid"].nunique() > 1 and run["frechet"].nunique() > 1:
                found = scipy.stats.spearmanr(run["negative_loss/valid"], run["frechet"])
                rho = float(found.statistic)
            rows.append(
                {
                    **dict(zip(keys, labels, strict=True)),
                    "evaluations": len(run),
                    "loss_distance": rho,
                }
            )
    rows += lost.to_dict("records")  # without a correlation
    return pd.DataFrame(rows, columns=[*keys, "evaluations", "loss_distance"])


def overfitting(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the critic's losses on training and new digits: a row a run and evaluation."""
    frame = runs["overfitting"]
    names = ["negative_loss/train", "negative_loss/valid", "frechet"]
    kept = frame[frame["metric"].isin(names)]
    return wide(kept, ["method", "examples", "seed", "status", "step"])


def overfitting_ends(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return of every run the gap at the end and the slopes of the second half of its course.

    gap: negative loss on training minus new digits, at the last evaluation, as a share of the
    training one's mean size; slope_train, slope_valid: Theil-Sen, per 1,000 steps. A diverged run
    has a row without numbers.
    """
    rows = []
    keys = ["method", "examples", "seed"]
    everyone = runs["overfitting"][[*keys, "status"]].drop_duplicates()
    found = overfitting(runs, published)
    for labels, run in found[found["status"] != "diverged"].groupby(keys):
        run = run.sort_values("step")
        train, valid = run["negative_loss/train"], run["negative_loss/valid"]
        late = run.iloc[len(run) // 2 :]
        x = late["step"] / 1000.0
        rows.append(
            {
                **dict(zip(keys, labels, strict=True)),
                "gap": (train.iloc[-1] - valid.iloc[-1]) / max(train.abs().mean(), 1e-12),
                "slope_train": _theil_sen(x, late["negative_loss/train"]),
                "slope_valid": _theil_sen(x, late["negative_loss/valid"]),
            }
        )
    ends = pd.DataFrame(rows, columns=[*keys, "gap", "slope_train", "slope_valid"])
    return everyone.merge(ends, on=keys, how="left").sort_values(keys, ignore_index=True)


def _theil_sen(x: pd.Series, y: pd.Series) -> float:
    if len(x) < 2 or y.isna().any():
        return float("nan")
    return float(scipy.stats.theilslopes(y, x).slope)
