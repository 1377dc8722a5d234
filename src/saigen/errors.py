"""The one exception that carries a message for a person."""

import difflib
from collections.abc import Iterable


class SaigenError(Exception):
    """Something a user can mend: the message names the file, the key or value, and what to do.

    The command line prints the message alone, with no traceback, and exits with `exit_code`:
    1 where a check or a run failed, 2 where the request itself was wrong.
    """

    exit_code = 1


class UsageError(SaigenError):
    """The request was wrong: an unknown name, a bad value, a missing argument."""

    exit_code = 2


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return "; did you mean `x`?" for the nearest known word, or the list of what is known.

    Args:
      word: what the user wrote.
      known: every word that would have been right.
    """
    known = sorted(known)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return f"; did you mean `{near[0]}`?"
    return f"; known: {', '.join(known)}" if known else ""
