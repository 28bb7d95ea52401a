"""A small HTTP/1.1 client on asyncio: one connection, kept open, one request at a time."""

import asyncio
import json


class Lost(Exception):
    """No whole answer came: nobody knows whether the request was heard."""


class Line:
    def __init__(self):
        self.reader = self.writer = self.port = None

    def close(self):
        if self.writer is not None:
            self.writer.transport.abort()
        self.reader = self.writer = None

    async def post(self, port, body, token, timeout=15):
        """(status, headers in lower case, decoded JSON or None)."""
        try:
            return await asyncio.wait_for(self._post(port, body, token), timeout)
        except (OSError, EOFError, asyncio.TimeoutError, ValueError, IndexError) as error:
            self.close()
            raise Lost(repr(error)) from None
        except asyncio.CancelledError:
            self.close()
            raise

    async def _post(self, port, body, token):
        if port is None:
            raise OSError("the node is down")
        if self.writer is None or self.port != port:
            self.close()
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
            self.port = port
        self.writer.write(request(body, token))
        head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        payload = await self.reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            self.close()
        try:
            told = json.loads(payload)
        except ValueError:
            told = None
        return status, headers, told


async def fetch(port, path, token="", method="GET", body=b"", kind="application/json", timeout=15):
    """One request on a connection of its own: (status, headers in lower case, body)."""
    async def asked():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        who = f"authorization: Bearer {token}\r\n" if token else ""
        what = f"content-type: {kind}\r\ncontent-length: {len(body)}\r\n" if body or method != "GET" else ""
        writer.write(f"{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{who}{what}\r\n".encode() + body)
        try:
            return whole(await reader.read())
        finally:
            writer.transport.abort()
    try:
        return await asyncio.wait_for(asked(), timeout)
    except (OSError, EOFError, asyncio.TimeoutError, ValueError, IndexError) as error:
        raise Lost(repr(error)) from None


def whole(answer):
    """An answer that was read to its end, taken apart."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    if headers.get("transfer-encoding") == "chunked":
        body = b"".join(pieces(body))
    return int(lines[0].split(" ")[1]), headers, body


def pieces(body):
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        yield body[:length]
        body = body[length + 2:]


async def ready(port, timeout=3):
    """What /readyz says, in a line."""
    try:
        status, _, text = await fetch(port, "/readyz", timeout=timeout)
    except Lost:
        return f"nothing within {timeout} s"
    return f"{status} {(text.decode().strip().splitlines() or [''])[-1]}"


def request(body, token):
    who = f"authorization: Bearer {token}\r\n" if token else ""
    return (f"POST /graphql HTTP/1.1\r\nhost: localhost\r\n{who}"
            f"content-type: application/json\r\naccept: application/graphql-response+json\r\n"
            f"content-length: {len(body)}\r\n\r\n").encode() + body
