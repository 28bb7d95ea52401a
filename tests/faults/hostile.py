"""Hostile requests of every kind, each made from a seed and a number: GraphQL, pages, notifications, and what is no HTTP at all."""

import base64
import hashlib
import hmac
import json
import random
import re
import time
from urllib.parse import quote

from graphql_words import NASTY, NUMBERS, Words

ROLES = [
    "applicant", "receiver", "handler", "division_head", "signer", "clerk", "cashier", "centre_manager", "procedure_controller", "auditor",
    "admin",
]
SECRET = base64.b64encode(bytes(range(32))).decode()
COOKIE = "motcua_session"
DOORS = """
    / /t /t/{code} /t/{code}/proof /t/{code}/events /t/{code}/rating /t/{code}/feedback /t/{code}/clarify /t/{code}/judge /t/{code}/survey
    /campaigns /campaigns/{any} /o /o/{office} /o/{office}/sheet /feedback /history /history/{code} /statistics /statistics/offices
    /statistics/procedures /statistics/score /statistics/{any} /statistics.csv /statistics.json /forms/II.06a.csv /forms/II.06a.json /p
    /p/{procedure} /p/{procedure}/sheet /board/{office} /board/{office}/events /desk /desk/events /desk/find /desk/d/{code} /desk/new
    /desk/qr.svg /desk/people /worklist /graphiql /sign-in /sign-in/oidc /sign-in/callback /sign-in/{any} /sign-out /assets/{any} /audit
    /audit/search /audit/fact/{number} /audit/d/{code} /audit/findings /audit/lateness /audit/export.csv /audit/export.ndjson /log
    /log/checkpoint /log/vkey /log/policy /log/tile/{number}/{number} /log/tile/{number}/x{number}/{number}
    /log/tile/{number}/{number}.p/{number} /log/tile/entries/{number} /log/tile/entries/{number}.p/{number} /log/tile/{any}
    /log/proof/inclusion/{number} /log/proof/consistency /log/{any} /receipts/{code} /dossiers/{code}/facts /catalogue.json
    /catalogue/{procedure} /catalogue/{any} /papers/{code}/{any} /papers/{code}/01.pdf /papers/{code}/receipt.pdf /registers/{office} /files
    /files/{uuid}/{number} /payments/vcb-01 /payments/vnpay-01 /payments/{any} /documents/qlvb-01 /documents/{any} /graphql/documents.json
    /livez /readyz /metrics /witness/add-checkpoint /witness/{any}/checkpoint /witness/vkey /{any} /{any}/{any} /../{any} //{any}
""".split()
POSTED = """
    /desk/people /documents/qlvb-01 /documents/{any} /files /payments/vcb-01 /payments/vnpay-01 /payments/{any} /sign-out /t/{code}/clarify
    /t/{code}/feedback /t/{code}/judge /t/{code}/rating /t/{code}/survey /witness/add-checkpoint
""".split()
PARAMETERS = """
    k from to of at asOf as_of office offices procedure level lang q code first after before page state status print reveal name commandId
    kind actor role year month field direction position size old new data error iss vnp_TxnRef vnp_Amount vnp_SecureHash vnp_TmnCode
""".split()
FORM = """
    command commandId capability k score scale text kind number answers campaign satisfied name phone number1 q token lang dossier
""".split()


class Hostile:
    """Request `number` of a seed is always the same one, for the same day and the same office."""

    def __init__(self, run, schema, known, tokens):
        self.run, self.schema, self.known, self.tokens = run, schema, known, tokens

    def request(self, number):
        """(what it is for the table, raw bytes, whether the line is of use afterwards)."""
        dice = random.Random(f"{self.run.seed}/{number}")
        throw = dice.random()
        if throw < 0.62:
            return self.graphql(dice, number)
        if throw < 0.97:
            return self.door(dice, number)
        return self.torn(dice, number)

    def head(self, dice, number, method, path, more=()):
        role = dice.choice([None, *self.tokens])
        lines = [f"{method} {path} HTTP/1.1", "host: localhost", f"x-request-id: r{number}"]
        if role:
            where = dice.random()
            token = self.tokens[role]
            if where < 0.03:
                token = dice.choice(
                    [
                        "", "x", token[:-3], token + "A", token.swapcase(), "." * 500, "Ω",
                        base64.b64encode(dice.randbytes(64)).decode(),
                    ]
                )
            lines.append(f"authorization: Bearer {token}" if where < 0.75 else f"cookie: {COOKIE}={token}")
        if dice.random() < 0.05:
            lines.append(
                dice.choice(
                    [
                        "accept: */*;q=bad", "accept: text/event-stream", "accept: application/xml", "accept-encoding: gzip, br, zstd",
                        "accept-language: " + "vi," * 500, "if-none-match: *", "range: bytes=0-,5-1", "motcua-actor: H38.40.01/receiver-01",
                        "motcua-actor: " + "/" * 50, "last-event-id: " + "9" * 400, "x-forwarded-for: ::1, 256.1.1.1, x", "origin: null",
                        "content-encoding: gzip", "expect: 100-continue", "transfer-encoding: identity",
                        "if-modified-since: Thu, 01 Jan 0000 00:00:00 GMT", "cookie: a=b; " + "c=d; " * 300, "upgrade: websocket",
                        "x-request-id: \x01\xff",
                    ]
                )
            )
        return ("\r\n".join([*lines, *more]) + "\r\n").encode("latin-1", "replace"), role or "nobody"

    def graphql(self, dice, number):
        words = Words(self.schema, self.known, dice)
        damaged = dice.random() < 0.2
        document, variables = words.damaged() if damaged else words.document()
        asked = {"query": document, "variables": variables}
        if dice.random() < 0.02:
            asked["operationName"] = dice.choice([None, "A", 1, "\0"])
        if dice.random() < 0.02:
            asked["documentId"] = dice.choice(["x", None, "sha256:" + "0" * 64, 1])
        if dice.random() < 0.02:
            asked["extensions"] = dice.choice([None, {"persistedQuery": {"version": 1, "sha256Hash": "x"}}, [], "x"])
        escaped = dice.random() < 0.5
        body = json.dumps(asked, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
        kind, throw, what = "application/json", dice.random(), "damaged" if damaged else "document"
        if throw < 0.03:
            what, body = "torn json", body[: dice.randrange(len(body) + 1)]
        elif throw < 0.05:
            what, body = "batch", b"[" + b",".join([body] * dice.choice((0, 1, 2, 20))) + b"]"
        elif throw < 0.07:
            what, body = "json", dice.choice(
                [
                    b"null", b"1", b'"x"', b"{}", b"[" * 100_000, b'{"a":' * 5000, b'{"query": 1}',
                    b'{"query": "{ __typename }", "query": "{ x }"}', b"\xff\xfe{}", b'{"query": "\\ud800"}',
                    b'{"query": "{ __typename }", "variables": "{}"}', b'{"query":"' + b"x" * 300_000 + b'"}', b"", b'{"query": null}',
                ]
            )
        elif throw < 0.09:
            what = "content type"
            kind = dice.choice(
                [
                    "text/plain", "application/graphql", "multipart/form-data; boundary=x", "application/json; charset=utf-16",
                    "application/x-www-form-urlencoded", "x", "", "application/json;;;", "*/*",
                ]
            )
        elif throw < 0.12:
            what = "get"
            query = f"query={quote(document[:3000].encode('utf-8', 'surrogatepass'))}&variables={quote(json.dumps(variables)[:2000])}"
            head, role = self.head(
                dice, number, "GET", f"/graphql?{query}" if dice.random() < 0.9 else f"/graphql?{query[:dice.randrange(len(query))]}"
            )
            return f"graphql {what} as {role}", head + b"\r\n", True
        elif throw < 0.13:
            what = "method"
            head, role = self.head(
                dice, number, dice.choice(["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "X"]), "/graphql", ["content-length: 0"]
            )
            return f"graphql {what} as {role}", head + b"\r\n", False
        elif throw < 0.15:
            what = "stream"
            head, role = self.head(
                dice, number, "POST", "/graphql", [f"content-type: {kind}", f"content-length: {len(body)}", "accept: text/event-stream"]
            )
            return f"graphql {what} as {role}", head + b"\r\n" + body, False
        accept = dice.choice(["application/graphql-response+json", "application/json"])
        head, role = self.head(dice, number, "POST", "/graphql", [f"content-type: {kind}", f"content-length: {len(body)}", f"accept: {accept}"])
        return f"graphql {what} as {role}", head + b"\r\n" + body, True

    def word(self, dice, pool):
        """A piece of a path or a query: right, mutated or nasty."""
        throw = dice.random()
        value = str(dice.choice(pool))
        if throw < 0.55:
            return quote(value, safe="*.-_")
        if throw < 0.7:
            at = dice.randrange(len(value) + 1)
            return (
                quote(value[:at], safe="")
                + dice.choice(["%00", "%ff", "%2e%2e%2f", "%252e", "%", "%c0%af", "%0d%0a", "..", "//", "%F0%9F%98%80", "%E2%80%AE", ".p", "."])
                + quote(value[at:], safe="")
            )
        if throw < 0.8:
            return str(dice.choice(NUMBERS))
        if throw < 0.95:
            return quote(dice.choice(NASTY)[:4000].encode("utf-8", "surrogatepass"), safe="")
        return quote(value.swapcase() * dice.choice((1, 200)), safe="")

    def door(self, dice, number):
        template = dice.choice(DOORS)
        path = re.sub(r"\{(\w+)\}", lambda slot: self.word(dice, self.known.get(slot[1], self.known["any"])), template)
        words = []
        for _ in range(dice.choice((0, 0, 1, 2, 4))):
            words.append(f"{dice.choice(PARAMETERS)}={self.word(dice, self.known[dice.choice(list(self.known))])}")
        if dice.random() < 0.03:
            words.append(dice.choice(["&&&", "=", "a", "k=1&k=2&k=3", "%ff=%ff", "x=" + "y" * 7000, "from=&to="]))
        target = path + ("?" + "&".join(words) if words else "")
        method = "GET" if dice.random() < 0.7 else dice.choice(["POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"])
        if template in POSTED and dice.random() < 0.85:
            method = "POST"
        if method == "GET":
            head, role = self.head(dice, number, method, target)
            return f"{template} as {role}", head + b"\r\n", not template.endswith(("events", "ws"))
        body, kind, more = self.body(dice, template)
        head, role = self.head(dice, number, method, target, [f"content-type: {kind}", f"content-length: {len(body)}", *more])
        return f"{method} {template} as {role}", head + b"\r\n" + body, method != "HEAD"

    def body(self, dice, template):
        """(bytes, content type, headers) of a form, a notification or a file."""
        if template.startswith(("/payments", "/documents")):
            return self.notification(dice)
        if template.startswith("/files"):
            kind = dice.choice(["application/pdf", "image/png", "image/jpeg", "application/xml", "text/html", "x"])
            start = dice.choice(
                [
                    b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff",
                    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", b"",
                ]
            )
            return start + dice.randbytes(dice.choice((0, 10, 5000))), kind, []
        if dice.random() < 0.3:
            return (
                dice.randbytes(dice.choice((0, 5, 200, 70_000))),
                dice.choice(["application/x-www-form-urlencoded", "application/json", "text/plain", "multipart/form-data; boundary=x", ""]),
                [],
            )
        form = "&".join(f"{dice.choice(FORM)}={self.word(dice, self.known[dice.choice(list(self.known))])}" for _ in range(dice.randrange(8)))
        return form.encode("latin-1", "replace"), "application/x-www-form-urlencoded", []

    def notification(self, dice):
        """Signed as by the bank or the document system, mostly."""
        value = lambda: dice.choice(
            [
                dice.choice(NASTY)[:200], dice.choice(NUMBERS), None, True, 1.5, [], {}, "MCAAAAAAFJ3K2N7QXY", "VND", "0011001932418",
                "FT1", dice.choice(self.known["uuid"]) + ".7",
            ]
        )
        names = ["transaction", "amount", "currency", "account", "content", "reference", "number", "reason"]
        told = {
            "type": dice.choice(["payment.received", "payment.refunded", "document.issued", "x", None, 1]),
            "data": {name: value() for name in dice.sample(names, dice.randrange(9))},
        }
        if dice.random() < 0.4:
            told = {
                "type": "payment.received",
                "data": {
                    "transaction": f"FT{dice.randrange(1000)}", "amount": dice.choice([50000, 0, -1, 2**63]), "currency": "VND",
                    "account": "0011001932418", "content": f"MBVCB {value()} MCAAAAAAFJ3K2N7QXY",
                },
            }
        body = json.dumps(told).encode()
        if dice.random() < 0.1:
            body = dice.choice([body[:-2], b"[" * 50_000, b"", b"null", body + b"x", b"{" + b'"a":{' * 3000, b"x" * 100_000])
        id, at = dice.choice(["m1", "", "\xff", "x" * 500]), dice.choice([str(int(time.time())), "0", "-1", str(2**64), "x", ""])
        signed = base64.b64encode(hmac.new(base64.b64decode(SECRET), f"{id}.{at}.".encode("latin-1") + body, hashlib.sha256).digest()).decode()
        signature = dice.choice([f"v1,{signed}", f"v1,{signed}", f"v1,{signed}", f"v1,x v1,{signed}", "v1,", "", f"v2,{signed}", "v1," + "=" * 100])
        return body, "application/json", [f"webhook-id: {id}", f"webhook-timestamp: {at}", f"webhook-signature: {signature}"]

    def torn(self, dice, number):
        """What is no HTTP, or half of it, or a WebSocket with rubbish."""
        _, raw, _ = self.graphql(dice, number)
        match dice.randrange(8):
            case 0:
                return "torn request", raw[: dice.randrange(len(raw))], False
            case 1:
                return "bytes", dice.randbytes(dice.choice((1, 30, 3000))), False
            case 2:
                return "long header", f"GET / HTTP/1.1\r\nhost: localhost\r\nx: {'a' * dice.choice((5000, 500_000))}\r\n\r\n".encode(), False
            case 3:
                return "many headers", b"GET / HTTP/1.1\r\nhost: localhost\r\n" + b"a: b\r\n" * dice.choice((90, 150, 5000)) + b"\r\n", False
            case 4:
                return (
                    "chunks",
                    b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
                    + dice.choice(
                        [
                            b"5\r\nhello\r\n0\r\n\r\n", b"ffffffffffffffff\r\n", b"-1\r\n", b"zz\r\n",
                            b"5;x=" + b"y" * 20_000 + b"\r\nhello\r\n0\r\n\r\n", b"3\r\n{}\n\r\n0\r\nx: y\r\n\r\n",
                        ]
                    ),
                    False,
                )
            case 5:
                return (
                    "two lengths",
                    b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ncontent-length: 6\r\ncontent-type: application/json\r\n\r\nhello!",
                    False,
                )
            case 6:
                return (
                    "target",
                    dice.choice(
                        [
                            b"GET http://x/../.. HTTP/1.1", b"GET * HTTP/1.1", b"GET //evil//t HTTP/1.1", b"CONNECT x:1 HTTP/1.1",
                            b"GET /\xff\xfe HTTP/1.1", b"GET / HTTP/9.9", b"PRI * HTTP/2.0", b"GET /?" + b"a" * 70_000 + b" HTTP/1.1",
                        ]
                    )
                    + b"\r\nhost: localhost\r\n\r\n",
                    False,
                )
        protocol = dice.choice(["graphql-transport-ws", "graphql-ws", "x"])
        start = (
            f"GET /graphql/ws HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n"
            f"sec-websocket-key: {base64.b64encode(dice.randbytes(16)).decode()}\r\nsec-websocket-protocol: {protocol}\r\n\r\n"
        ).encode()
        words = Words(self.schema, self.known, dice)
        document, variables = words.document()
        role = dice.choice([None, *self.tokens])
        payload = {"authorization": f"Bearer {self.tokens[role]}"} if role else dice.choice([None, {}, [], "x", 1])
        messages = [
            {"type": "connection_init", "payload": payload},
            {"id": "1", "type": "subscribe", "payload": {"query": document, "variables": variables}},
            {"id": "1", "type": "subscribe", "payload": None}, {"type": "ping"}, {"type": "complete", "id": 7}, {"type": "x"}, [], None,
        ]
        frames = b"".join(
            frame(json.dumps(dice.choice(messages) if dice.random() < 0.4 else message).encode(), dice)
            for message in messages[: dice.randrange(1, 5)]
        )
        return f"websocket as {role or 'nobody'}", start + frames, False


def frame(payload, dice):
    """One masked frame, or what looks like one."""
    code = dice.choice([0x81, 0x81, 0x81, 0x81, 0x81, 0x82, 0x80, 0x88, 0x89, 0x8B, 0xF1, 0x01])
    if dice.random() < 0.03:
        return bytes([code, 0xFF]) + (2**63 - 1).to_bytes(8, "big")
    mask = dice.randbytes(4)
    size = (
        bytes([0x80 | len(payload)])
        if len(payload) < 126
        else bytes([0xFE]) + len(payload).to_bytes(2, "big") if len(payload) < 65536 else bytes([0xFF]) + len(payload).to_bytes(8, "big")
    )
    return bytes([code]) + size + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
