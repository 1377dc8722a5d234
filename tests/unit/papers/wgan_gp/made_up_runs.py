"""Tidy frames of runs that nobody made."""

import pandas as pd


def rows(*runs):
    """A tidy frame: each run is (settings, {metric: {step: value}})."""
    found = []
    for settings, metrics in runs:
        for metric, course in metrics.items():
            for step, value in course.items():
                at = {"seed": 0, "status": "finished", **settings}
                found.append({**at, "step": step, "metric": metric, "value": value})
    return pd.DataFrame(found)
