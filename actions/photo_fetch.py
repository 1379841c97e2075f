"""Fetches a photo from an address that a shopper gives: from the listed hosts only, and never from a private network.

A host's name may lead to any address, and to another one a moment later. So each name is resolved here once, all of its
addresses must be public, and the connection goes to just those; the certificate is still checked against the name.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Collection, Sequence

import httpx

from actions.photo_errors import AddressRefusal, PhotoRefused
from vision.errors import Refusal
from vision.images import SHOPPER_LIMITS

# Below the time that an action has, as the photo is still to be looked at.
SECONDS = 2.5
MOST_REDIRECTS = 2
_LONGEST_URL = 2_000
_HTTPS_PORT = 443
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Not compressed: how much comes over the line is then how much there is.
_HEADERS = {"Accept": "image/*", "Accept-Encoding": "identity", "User-Agent": "daogou"}

Target = tuple[str, int]
"""An IP address and a port."""


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open internet.

    Private, loopback, link-local, shared (CGNAT), multicast and reserved ones are not, nor are IPv6 addresses that hold
    an IPv4 address (mapped, NAT64, 6to4, Teredo): what they lead to is decided elsewhere.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (
        found.sixtofour or found.teredo or found.ipv4_mapped or found.is_site_local
    ):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved)


def resolved(host: str) -> list[Target]:
    """Ask the system for a host's addresses.

    Raises:
        OSError: there are none.
    """
    found = socket.getaddrinfo(host, _HTTPS_PORT, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((str(target[0]), _HTTPS_PORT) for *_, target in found))


class PhotoFetch:
    """Gets the bytes at an address.

    Args:
        hosts: names of the hosts that may be asked, in small letters; none means that no address is fetched.
        most_bytes: a longer answer is refused.
        seconds: for all of it, redirects included.
        resolve: gives a host's addresses, or raises OSError.
        permits: whether an IP address may be connected to.
        trust: which certificates are believed; by default those that httpx does.
    """

    def __init__(
        self,
        hosts: Collection[str],
        *,
        most_bytes: int = SHOPPER_LIMITS.max_bytes,
        seconds: float = SECONDS,
        resolve: Callable[[str], Sequence[Target]] = resolved,
        permits: Callable[[str], bool] = is_public,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._hosts = frozenset(hosts)
        self._most_bytes = most_bytes
        self._seconds = seconds
        self._resolve = resolve
        self._permits = permits
        self._trust = trust or httpx.create_ssl_context()

    def __call__(self, url: str) -> bytes:
        """Fetch; called in a thread that runs no event loop.

        Raises:
            PhotoRefused: the address may not be asked, it does not answer in time, or it answers with too much.
        """
        try:
            return asyncio.run(asyncio.wait_for(self._fetched(url), self._seconds))
        except TimeoutError:
            raise PhotoRefused(AddressRefusal.TOO_SLOW) from None

    async def _fetched(self, url: str) -> bytes:
        # A proxy of the environment would resolve the name again.
        async with httpx.AsyncClient(verify=self._trust, trust_env=False, timeout=self._seconds) as client:
            place = self._checked(url)
            for _ in range(MOST_REDIRECTS + 1):
                found = await self._asked(client, place)
                if isinstance(found, bytes):
                    return found
                place = self._checked(found)
        raise PhotoRefused(AddressRefusal.NOT_ALLOWED)

    def _checked(self, url: str) -> httpx.URL:
        """Read an address with the same eyes that will go there."""
        try:
            place = httpx.URL(url) if len(url) <= _LONGEST_URL else None
        except (httpx.InvalidURL, UnicodeError):
            place = None
        allowed = (
            place is not None
            and place.scheme == "https"
            and place.port is None
            and not place.userinfo
            and place.raw_host.decode("ascii") in self._hosts
        )
        if place is None or not allowed:
            raise PhotoRefused(AddressRefusal.NOT_ALLOWED)
        return place

    async def _asked(self, client: httpx.AsyncClient, place: httpx.URL) -> bytes | str:
        """Give what is there, or where it says that it is."""
        failure: Exception | None = None
        for address, port in await self._targets(place.host):
            request = client.build_request(
                "GET",
                place.copy_with(host=address, port=port),
                headers={**_HEADERS, "Host": place.raw_host.decode("ascii")},
                extensions={"sni_hostname": place.raw_host.decode("ascii")},
            )
            try:
                return await self._answer(client, request, place)
            except httpx.ConnectError as error:
                failure = error
            except httpx.TimeoutException:
                raise PhotoRefused(AddressRefusal.TOO_SLOW) from None
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                failure = error
                break
        raise PhotoRefused(AddressRefusal.UNREACHABLE) from failure

    async def _targets(self, host: str) -> Sequence[Target]:
        try:
            targets = await asyncio.to_thread(self._resolve, host)
        except OSError as error:
            raise PhotoRefused(AddressRefusal.UNREACHABLE) from error
        if not all(self._permits(address) for address, _ in targets):
            raise PhotoRefused(AddressRefusal.NOT_ALLOWED)
        return targets

    async def _answer(self, client: httpx.AsyncClient, request: httpx.Request, place: httpx.URL) -> bytes | str:
        answer = await client.send(request, stream=True, follow_redirects=False)
        try:
            if answer.status_code in _REDIRECTS and "location" in answer.headers:
                return str(place.join(answer.headers["location"]))
            if answer.status_code != httpx.codes.OK:
                raise PhotoRefused(AddressRefusal.UNREACHABLE)
            return await self._bounded(answer.aiter_raw())
        finally:
            await answer.aclose()

    async def _bounded(self, parts: AsyncIterator[bytes]) -> bytes:
        whole = bytearray()
        async for part in parts:
            whole += part
            if len(whole) > self._most_bytes:
                raise PhotoRefused(Refusal.TOO_MANY_BYTES)
        return bytes(whole)
