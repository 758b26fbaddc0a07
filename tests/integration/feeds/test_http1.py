"""The lean transport: connections are used again while they live, and however an answer ends, it is noticed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest

from monitor.net.guard import AddressRefused, Guard
from monitor.net.http1 import GuardedHttp1

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers the requests of each connection with these bytes, one after the other; after the last it closes."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = answers
        self.connections: list[int] = []  # how many requests came over each
        self.serving = set[asyncio.Task[None]]()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.add(asyncio.create_task(self.serve(reader, writer)))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.connections)
        self.connections.append(0)
        for answer in self.answers:
            try:
                await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            self.connections[number] += 1
            writer.write(answer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[str]:
    listening = await asyncio.start_server(server.take, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    finally:
        listening.close()
        await asyncio.gather(*server.serving)


@asynccontextmanager
async def transport(**more: float) -> AsyncIterator[GuardedHttp1]:
    made = GuardedHttp1(Guard(["127.0.0.0/8"]), **more)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        await made.aclose()


async def get(over: GuardedHttp1, url: str) -> bytes:
    response = await over.handle_async_request(httpx.Request("GET", url))
    try:
        return b"".join([piece async for piece in response.aiter_raw()])
    finally:
        await response.aclose()


async def test_a_connection_is_used_again_and_one_that_was_closed_meanwhile_is_no_failure() -> None:
    server = Server(OK, OK)
    async with serving(server) as url, transport() as over:
        for _ in range(5):
            assert await get(over, url) == b"ok"
    assert server.connections == [2, 2, 1]


async def test_an_idle_connection_is_let_go_in_time() -> None:
    server = Server(OK, OK, OK)
    async with serving(server) as url, transport(keepalive_s=0.01) as over:
        assert await get(over, url) == b"ok"
        while over._idle:
            await asyncio.sleep(0.01)
        assert await get(over, url) == b"ok"
    assert server.connections == [1, 1]


async def test_at_most_so_many_are_kept_to_an_origin() -> None:
    server = Server(OK, OK)
    async with serving(server) as url, transport() as over:
        await asyncio.gather(*(get(over, url) for _ in range(6)))
        assert [len(idle) for idle in over._idle.values()] == [2]


async def test_a_connection_whose_answer_was_left_unread_is_not_used_again() -> None:
    server = Server(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", OK)
    async with serving(server) as url, transport() as over:
        for _ in range(2):
            response = await over.handle_async_request(httpx.Request("GET", url))
            await response.aclose()
    assert server.connections == [1, 1]


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", b"abc"),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK, b"ok"),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 70\r\n\r\n", b""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    ],
)
async def test_answers_of_every_length(answer: bytes, body: bytes) -> None:
    async with serving(Server(answer)) as url, transport() as over:
        assert await get(over, url) == body


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: " + b"a" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\nb\x00\r\n\r\n",
    ],
)
async def test_what_is_no_answer_is_an_error_of_httpx(answer: bytes) -> None:
    server = Server(answer)
    async with serving(server) as url, transport() as over:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await get(over, url)
        assert not over._idle
    assert server.connections == [1]


async def test_every_connection_goes_through_the_guard() -> None:
    server = Server(OK)
    async with serving(server) as url:
        closed = GuardedHttp1(Guard())
        port = url.rsplit(":", 1)[1]
        for spelling in (
            url,
            f"http://localhost:{port}",
            f"http://2130706433:{port}",
            f"http://[::ffff:127.0.0.1]:{port}",
        ):
            with pytest.raises(AddressRefused):
                await get(closed, spelling)
        with pytest.raises(AddressRefused):
            await get(closed, "ftp://example.org/")
    assert server.connections == []


async def test_a_name_that_points_elsewhere_is_refused_at_the_socket() -> None:
    """What is connected to is what was checked: a name that is looked up anew finds the guard there again."""
    server = Server(OK)

    async def lies(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with serving(server) as url:
        over = GuardedHttp1(Guard(resolve=lies))
        with pytest.raises(AddressRefused, match=r"feeds.example \(127.0.0.1\)"):
            await get(over, f"http://feeds.example:{url.rsplit(':', 1)[1]}")
    assert server.connections == []


async def test_nobody_there_is_a_connect_error() -> None:
    async with serving(Server()) as url:
        pass
    async with transport() as over:
        with pytest.raises(httpx.ConnectError):
            await get(over, url)


EVIL = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"


async def test_what_nobody_asked_for_is_never_taken_for_the_next_answer() -> None:
    """Behind an answer's end a server may send what it likes: it would stand for another document."""
    server = Server(OK + EVIL, OK)
    async with serving(server) as url, transport() as over:
        assert [await get(over, url) for _ in range(2)] == [b"ok", b"ok"]
    assert server.connections == [1, 1]


async def test_what_comes_while_a_connection_is_idle_is_never_taken_for_the_next_answer() -> None:
    late = asyncio.Event()
    sent = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await late.wait()
        if not sent.is_set():
            writer.write(EVIL)
            await writer.drain()
            sent.set()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening, transport() as over:
        url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
        assert await get(over, url) == b"ok"
        late.set()
        await sent.wait()
        await asyncio.sleep(0.05)  # it is read as soon as it is there
        assert await get(over, url) == b"ok"


async def test_a_connection_that_brought_nothing_new_is_used_again() -> None:
    server = Server(b"HTTP/1.1 304 Not Modified\r\n\r\n", b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", OK)
    async with serving(server) as url, transport() as over:
        for _ in range(2):
            response = await over.handle_async_request(httpx.Request("GET", url))
            await response.aclose()  # unread, as where nothing is to be read
        assert await get(over, url) == b"ok"
    assert server.connections == [3]


async def test_hosts_are_looked_up_as_they_are_asked_for() -> None:
    """straße.example is not strasse.example, which is what Python's older IDNA makes of it."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return []

    over = GuardedHttp1(Guard(resolve=resolve))
    request = httpx.Request("GET", "http://straße.example/")
    with pytest.raises(httpx.ConnectError):
        await over.handle_async_request(request)
    assert asked == [request.headers["host"]] == ["xn--strae-oqa.example"]


async def test_interim_answers_without_end_are_no_answer() -> None:
    async with serving(Server(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000 + OK)) as url, transport() as over:
        with pytest.raises(httpx.RemoteProtocolError, match="interim"):
            await get(over, url)


async def test_a_body_of_tiny_chunks_leaves_others_their_turn() -> None:
    many = 5_000
    body = b"1\r\nx\r\n" * many + b"0\r\n\r\n"
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with (
        serving(Server(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)) as url,
        transport() as over,
    ):
        response = await over.handle_async_request(httpx.Request("GET", url))
        await asyncio.sleep(0.05)
        beside = asyncio.create_task(others())
        assert len(b"".join([piece async for piece in response.aiter_raw()])) == many
        beside.cancel()
        await response.aclose()
    assert turns > many // 100


async def test_a_request_that_cannot_be_sent_is_an_error_of_httpx() -> None:
    server = Server(OK)
    async with serving(server) as url, transport() as over:
        with pytest.raises(httpx.LocalProtocolError):
            await over.handle_async_request(httpx.Request("GET", url, headers={"x": "a\r\nHost: elsewhere"}))
    assert sum(server.connections) == 0


class PostServer(Server):
    """Answers every post and keeps what was posted."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(0)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.bodies.append(await reader.readexactly(length))
                writer.write(OK)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def test_a_body_is_posted_whole_and_the_connection_used_again() -> None:
    server = PostServer()
    async with serving(server) as url, transport() as over:
        for body in (b"first", b"x" * 20_000):
            response = await over.handle_async_request(httpx.Request("POST", url, content=body))
            await response.aread()
            await response.aclose()
        await over.aclose()
    assert server.bodies == [b"first", b"x" * 20_000]
    assert len(server.connections) == 1


async def test_a_post_over_a_connection_that_died_is_made_anew() -> None:
    server = Server(OK)  # closes after each answer
    async with serving(server) as url, transport() as over:
        for _ in range(3):
            response = await over.handle_async_request(httpx.Request("POST", url, content=b"x"))
            await response.aread()
            await response.aclose()
            await asyncio.sleep(0.01)
    assert server.connections == [1, 1, 1]
