"""One fetch on its way through redirects: where it is, what it may carry there, whether the move is for good."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from urllib.parse import unquote

import httpx

from monitor.net.mask import mask

Origin = tuple[str, str, int | None]

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_FOR_GOOD = frozenset({301, 308})
_DEFAULT_PORTS = {"http": 80, "https": 443}


class BadRedirect(Exception):  # noqa: N818 - it is what was met
    """The redirect leads nowhere. The message is the reason in plain words."""


def origin(url: httpx.URL) -> Origin:
    """Scheme, host and port: what credentials and cookies belong to (RFC 6454)."""
    return url.scheme, url.host, url.port or _DEFAULT_PORTS.get(url.scheme)


def bare(url: httpx.URL) -> httpx.URL:
    """The address without user name and password, and without the fragment, which is not sent."""
    return url.copy_with(userinfo=b"", fragment=None)


@dataclass(slots=True)
class Trail:
    """The addresses that one fetch went through.

    `credentials` are those of the feed's own address; they go to its origin only. Cookies that a hop sets go to later
    hops of that hop's origin only, and end with the fetch.
    """

    start: httpx.URL
    most: int
    here: httpx.URL = field(init=False)
    for_good: bool = True
    hops: int = 0
    _authorization: str | None = field(init=False)
    _visits: dict[str, int] = field(default_factory=dict)
    _cookies: dict[Origin, httpx.Cookies] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._authorization = _basic(self.start)
        self.here = bare(self.start)
        self._visits[str(self.here)] = 1

    @property
    def host(self) -> str:
        """The host that is asked, in its ASCII form, by which feeds are stored and hosts are spaced and held."""
        return self.here.raw_host.decode("ascii")

    @property
    def secret(self) -> bool:
        """Whether the feed's address carries credentials."""
        return self._authorization is not None

    def dress(self, request: httpx.Request) -> None:
        """Give a request what belongs to its origin."""
        place = origin(request.url)
        if self._authorization and place == origin(self.start):
            request.headers["authorization"] = self._authorization
        if place in self._cookies:
            self._cookies[place].set_cookie_header(request)

    def follow(self, response: httpx.Response) -> None:
        """Move to where a redirect points. Raises BadRedirect."""
        self._cookies.setdefault(origin(self.here), httpx.Cookies()).extract_cookies(response)
        location = response.headers.get("location", "").strip()
        if not location:
            raise BadRedirect(f"the server answered {response.status_code} without saying where to")
        try:
            target = bare(self.here.join(location))
        except (httpx.InvalidURL, ValueError) as error:
            raise BadRedirect(
                f"the server redirects to {mask(location[:200])!r}, which is no address: {error}"
            ) from None
        if target.scheme not in _DEFAULT_PORTS or not target.host:
            raise BadRedirect(f"the server redirects to {mask(location[:200])!r}, which is neither http nor https")
        self.hops += 1
        seen = self._visits[str(target)] = self._visits.get(str(target), 0) + 1
        if self.hops > self.most:
            raise BadRedirect(f"more than {self.most} redirects, the last one to {mask(str(target))}")
        if seen > 2:  # once more is common: the first visit only sets a cookie
            raise BadRedirect(f"the redirects go round in a circle at {mask(str(target))}")
        self.for_good = self.for_good and response.status_code in _FOR_GOOD
        self.here = target

    @property
    def permanent_url(self) -> str | None:
        """The feed's new address when every hop was 301 or 308; None otherwise, or when credentials would be lost."""
        if not self.hops or not self.for_good:
            return None
        if not self.secret:
            return str(self.here)
        if origin(self.here) != origin(self.start):
            return None
        return str(self.here.copy_with(userinfo=self.start.userinfo))


def _basic(url: httpx.URL) -> str | None:
    if not url.userinfo:
        return None
    name, _, password = url.userinfo.decode("ascii", "replace").partition(":")
    pair = f"{unquote(name)}:{unquote(password)}".encode()
    return "Basic " + base64.b64encode(pair).decode("ascii")
