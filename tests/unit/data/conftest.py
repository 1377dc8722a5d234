"""Small stand-ins: a dataset of eight rows in four IDX files, and a web server."""

import gzip
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from saigen.data import idx, registry
from saigen.data.registry import Entry, RawFile


def pytest_configure(config):
    config.addinivalue_line("markers", "network: asks a package index or Debian's archive")


@pytest.fixture(autouse=True)
def no_mirror_of_the_user(monkeypatch):
    monkeypatch.delenv("SAIGEN_MIRROR", raising=False)


@pytest.fixture
def raw():
    """The four raw files by name: six training rows and two of test."""
    numbers = np.random.default_rng(0)
    arrays = {
        "train-images-idx3-ubyte": numbers.integers(256, size=(6, 28, 28), dtype=np.uint8),
        "train-labels-idx1-ubyte": np.array([0, 1, 2, 3, 4, 5], np.uint8),
        "t10k-images-idx3-ubyte": numbers.integers(256, size=(2, 28, 28), dtype=np.uint8),
        "t10k-labels-idx1-ubyte": np.array([6, 7], np.uint8),
    }
    return {name: idx.encode(array) for name, array in arrays.items()}


@pytest.fixture
def tiny(raw):
    """Return an entry for the raw files with the given sources."""

    def entry(*sources, name="tiny"):
        files = tuple(
            RawFile(file, "sha256", hashlib.sha256(content).hexdigest())
            for file, content in raw.items()
        )
        splits = {"train": 4, "valid": 2, "test": 2}
        return Entry(
            name, "eight rows", "idx_images", "CC0", "nobody", splits=splits, files=files,
            sources=sources,
        )  # fmt: skip

    return entry


@pytest.fixture
def register(monkeypatch):
    """Make the given entries the whole registry."""

    def replace(*entries):
        monkeypatch.setattr(registry, "_entries", lambda: {entry.name: entry for entry in entries})

    return replace


@pytest.fixture
def put(raw):
    """Write the raw files into a folder, gzipped or not, with some contents replaced."""

    def write(folder, zipped=False, **changed):
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in raw.items():
            content = changed.get(file.replace("-", "_"), content)
            if zipped:
                (folder / f"{file}.gz").write_bytes(gzip.compress(content))
            else:
                (folder / file).write_bytes(content)
        return folder

    return write


@pytest.fixture
def serve():
    """Start a web server on loopback: `serve(answer)`, answer(path) -> (status, headers, body)."""
    servers = []

    def start(answer):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                status, headers, body = answer(self.path)
                self.send_response(status)
                for key, value in ({"Content-Length": str(len(body))} | headers).items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, *args):
                pass

        asked = []
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/{{file}}.gz", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
