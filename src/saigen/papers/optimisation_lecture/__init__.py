"""The optimisation lecture: every rule, difficulty and strategy it names, as an experiment."""
