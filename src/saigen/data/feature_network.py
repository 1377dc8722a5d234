"""A network whose features others compare by, kept as its authors froze it."""

import numpy as np

from saigen.data.dataset import Draft
from saigen.data.fetch import Fetcher
from saigen.data.registry import Entry


def make(entry: Entry, fetcher: Fetcher) -> Draft:
    """Fetch the file; `graph` is its content, [byte] uint8."""
    raw = fetcher.fetch(entry)
    (content,) = raw.contents.values()
    return Draft({"graph": np.frombuffer(content, np.uint8)}, {"source": raw.source})
