"""One file over HTTP, whole or not at all, with a failure told in a few words."""

from pathlib import Path

import requests
import urllib3

from saigen.data.refused import Refused
from saigen.files import replacing

# Seconds to connect and to wait for the next bytes: a dead mirror must not hold up the living.
TIMEOUT = (4, 15)
# Bytes. The largest file of the registry has 170 MB; what never ends must not fill the disk before
# its digest is looked at.
LIMIT = 2 * 10**9
_PIECE = 1 << 16


def download(url: str, target: Path) -> None:
    """Fetch `url` to `target`.

    Raises:
      Refused: it could not be had; the text says why.
    """
    try:
        with requests.get(url, stream=True, timeout=TIMEOUT) as answer:
            answer.raise_for_status()
            with replacing(target) as scratch, scratch.open("wb") as file:
                for piece in answer.iter_content(_PIECE):
                    if file.tell() + len(piece) > LIMIT:
                        raise Refused(f"longer than {LIMIT / 1e9:g} GB, as no file wanted here is")
                    file.write(piece)
    except (requests.RequestException, OSError) as problem:
        raise Refused(reason(problem)) from problem


def answers(url: str) -> None:
    """Ask for the headers of `url` only.

    Raises:
      Refused: it could not be had; the text says why.
    """
    try:
        requests.head(url, timeout=TIMEOUT, allow_redirects=True).raise_for_status()
    except requests.RequestException as problem:
        raise Refused(reason(problem)) from problem


def reason(problem: Exception) -> str:
    """Say what went wrong with a request in the words a person would use."""
    causes = list(_causes(problem))
    for cause in causes:
        if isinstance(cause, urllib3.exceptions.NameResolutionError):
            return "name not resolved"
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        if isinstance(cause, urllib3.exceptions.IncompleteRead):
            return f"cut short after {cause.partial} bytes, {cause.expected} more expected"
    match problem:
        case requests.HTTPError(response=requests.Response() as response):
            return f"HTTP {response.status_code} {response.reason}"
        case requests.Timeout():
            return "no answer in time"
        case requests.exceptions.SSLError():
            return "its certificate is not trusted"
        case requests.exceptions.ProxyError():
            return "the proxy refused"
    return " ".join(str(causes[-1]).split())[:200]


def _causes(problem: BaseException | None):
    """The exception and those inside it: requests and urllib3 nest theirs as arguments."""
    while isinstance(problem, BaseException):
        yield problem
        inside = [part for part in problem.args if isinstance(part, BaseException)]
        problem = getattr(problem, "reason", None) or problem.__cause__ or next(iter(inside), None)
