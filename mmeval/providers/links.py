"""Fetches what a reply only names the address of.

Whoever answers chooses the address, and could choose one that only this machine can reach: a service of its own, or the
one that gives a cloud machine its credentials. So an address is fetched from the server that was asked, or by https
from a host on the public internet. No key is sent there, redirects are refused, and the connection goes to the very
address that was checked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from mmeval.errors import FatalError, RetryableError
from mmeval.media import of_kind
from mmeval.providers.calls import fetch
from mmeval.providers.guard import guarded_session
from mmeval.providers.setup import Secret
from mmeval.types import Media, Want

if TYPE_CHECKING:
    from aiohttp.abc import AbstractResolver

__all__ = ["MAX_MADE", "download"]

MAX_MADE = 500_000_000
"""Bytes of one image, sound or film."""
LONGEST_S = 300.0
"""Time for one of them to arrive."""
GONE = (401, 403, 404, 410)
"""Statuses of an address that holds nothing any more."""


async def download(want: Want, url: str, *, endpoint: str, secret: Secret, token: str | None = None) -> Media:
    """The image, sound or film at an address that an answer names.

    Args:
        want: what it is.
        url: https at a public address, or on the same server as the endpoint.
        endpoint: the server that named it.
        secret: removed from the message of an error.
        token: sent with the request, to the provider's own storage; None: no key is sent.

    Raises:
        RetryableError, FatalError: see `failure`; `expired` for an address that holds nothing any more.
    """
    try:
        status, data = await fetch(_got(url, endpoint, token), secret=secret, read=lambda found: found, limit=MAX_MADE)
    except FatalError as error:  # what else it says is about the address of a model
        why = str(error).partition(";")[0]
        raise FatalError(f"the {want} cannot be fetched: {why}", kind=error.kind, status=error.status) from None
    if status in GONE:
        raise RetryableError(f"the address of the {want} has expired (status {status})", kind="expired", status=status)
    if status != 200:
        raise RetryableError(f"the {want} cannot be fetched (status {status})", kind="server", status=status)
    return of_kind(want, data)


async def _got(url: str, endpoint: str, token: str | None) -> tuple[int, bytes]:
    from aiohttp import ClientResponseError, ClientTimeout

    try:
        there = urlsplit(url)
    except ValueError:
        raise FatalError("its address cannot be read", kind="malformed") from None
    resolver = await _checked(there, urlsplit(endpoint))
    how: Any = {"timeout": ClientTimeout(LONGEST_S), "headers": {"Authorization": f"Bearer {token}"} if token else {}}
    try:
        async with guarded_session(resolver) as session, session.get(url, **how) as answer:
            return answer.status, await answer.read()
    except ClientResponseError as error:  # what it says has the address with its signature
        raise RetryableError(f"no HTTP: {error.message}", kind="malformed") from None


async def _checked(there: SplitResult, here: SplitResult) -> AbstractResolver | None:
    """What finds the host of an address that may be fetched; raises FatalError (`malformed`) for another one."""
    if (there.scheme, there.netloc) == (here.scheme, here.netloc):
        return None
    host = there.hostname or ""
    if there.scheme != "https" or not host:
        raise FatalError(f"its address is not https ({there.scheme}://{host})", kind="malformed")
    proxied = "https" in getproxies() and not proxy_bypass(host)
    found = await _addresses(host, there.port or 443, named=not proxied)
    for one in found:
        if not _public(one["host"]):
            raise FatalError(f"its address is not on the public internet ({host})", kind="malformed")
    return _only(host, found) if found else None


async def _addresses(host: str, port: int, *, named: bool) -> list[dict[str, Any]]:
    """Where a host is. A proxy finds those with a name itself."""
    flags = 0 if named else socket.AI_NUMERICHOST
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except socket.gaierror:
        if named:
            raise
        return []
    return [
        {"hostname": host, "host": place[0], "port": place[1], "family": family, "proto": proto, "flags": 0}
        for family, _, proto, _, place in found
    ]


def _public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    return (getattr(found, "ipv4_mapped", None) or found).is_global


def _only(host: str, found: list[dict[str, Any]]) -> AbstractResolver:
    """Finds this host where it was when it was checked, and others, such as a proxy, anywhere."""
    from aiohttp.resolver import ThreadedResolver

    class Only(ThreadedResolver):
        async def resolve(self, name: str, port: int = 0, family: Any = socket.AF_INET) -> Any:
            return found if name == host else await super().resolve(name, port, family)

    return Only()
