"""Where a paper's code stumbles over the runs that changed settings left it.

Tables, figures and tests are written for the runs that a scale has: of other ones they may ask for
what is not there. That is no fault of theirs: it is told in the place of what they would have made,
and all the rest is made.
"""


def unfit(problem: BaseException) -> str:
    """Say so: the end of a sentence about the table, the figure or the test."""
    # Of an error that was told with its file, that inside: products are made to be shared, and a
    # path is this machine's.
    problem = problem.__cause__ or problem
    told = " ".join(str(problem).split())
    return f"does not fit runs of changed settings ({type(problem).__name__}: {told})"
