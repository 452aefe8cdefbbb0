"""Tests run offline: any connection that is not loopback is refused."""

from __future__ import annotations

import gc
import os
import socket
import ssl
import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from hypothesis import settings

from tests.browsing import browser, tabs

__all__ = ["browser", "tabs"]

gc.set_threshold(50_000, 10, 10)  # as `mmeval` sets it: imports and thousands of tests make objects that stay

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

os.environ.setdefault("MMEVAL_MEDIA", os.path.join(tempfile.gettempdir(), f"mmeval-media-{os.getuid()}"))

settings.register_profile("mmeval", deadline=None)  # an example of 1 ms can wait 0.4 s for a busy core
settings.load_profile("mmeval")

_connect = socket.socket.connect


def _guarded(self: socket.socket, address: object) -> None:
    host = address[0] if isinstance(address, tuple) else None
    if host is not None and host not in ("127.0.0.1", "::1", "localhost"):
        raise AssertionError(f"a test tried to reach {address}")
    return _connect(self, address)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses the browser and sort the tests: slow ones first, so that no worker ends with one, the browser last.

    Playwright keeps an event loop in the main thread until the session ends; no test with a loop of its own can follow.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(key=lambda item: bool(item.get_closest_marker("browser")))
    slow = [one for one in items if one.get_closest_marker("slow") and not one.get_closest_marker("browser")]
    first = set(slow)
    items[:] = dealt(
        slow, [one for one in items if one not in first], int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
    )


def dealt(slow: list[Any], others: list[Any], workers: int) -> list[Any]:
    """All tests in an order in which every worker starts with as many slow ones.

    Each worker first gets a quarter of an equal share, one worker after the other from the start of the list
    (xdist's LoadScheduling); what follows goes to whoever is free.
    """
    size, rest, order = (len(slow) + len(others)) // workers // 4, iter(others), []
    for number in range(workers):
        mine = slow[number::workers]
        order += [*mine, *islice(rest, max(0, size - len(mine)))]
    return [*order, *rest]


def pytest_collection_finish() -> None:
    """Take the thousands of collected tests out of the garbage collector's sight."""
    gc.collect()
    gc.freeze()


def read_certificates_once(patch: pytest.MonkeyPatch) -> None:
    """Every HTTP client reads the CA bundle, those of some SDKs three times; no test speaks TLS."""
    context = ssl.create_default_context()
    patch.setattr(ssl, "create_default_context", lambda *args, **kwargs: context)


@pytest.fixture(scope="session", autouse=True)
def _one_tls_context() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        read_certificates_once(patch)
        yield


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _guarded)
