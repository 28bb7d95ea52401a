"""R6: hostile input at every door. Nothing panics, nothing is a fault of the program's, nothing of its insides is told, and it goes on."""

import asyncio
import gzip
import json
import re
import time
import zlib

from graphql_words import DAYS, HOURS, INTROSPECTION, Schema, doubling
from hostile import ROLES, SECRET, Hostile
from http_line import Line, Lost, fetch
from kit import OFFICE, Broken, Node, found, look_for_panics
from load import PROCEDURE, Office

LINES = 12  # connections at once
SLOW = 30.0  # the door gives up after ten seconds; the machine may be busy
MEMORY_MAX = 1500  # megabytes
INSIDES = re.compile(
    r"panicked at|RUST_BACKTRACE|stack backtrace|\.rs:\d+|\bsqlx\b|\brusqlite\b|SQLITE_[A-Z]+|no such (?:table|column)|syntax error at or near|"
    r"\b(?:select|delete) [\w, .*]{1,60} from [a-z]|\binsert into [a-z]|\bupdate [\w.]{1,40} set [a-z]|\b(?:core|alloc|std|tokio|serde|serde_json|async_graphql|axum|hyper|motcua|uuid|jiff)::\w+|"
    r"\bexpected (?:struct|enum|tuple|unit|a map|internally)|\b[ui](?:8|16|32|64|128)\b|\busize\b|\bOption<|\bVec<|at line \d+ column \d+"
)


async def graphql(run):
    data, keys = found(run)
    secret = run.folder / "secret"
    secret.write_text(f"whsec_{SECRET}\n")
    secret.chmod(0o600)
    (run.folder / "payments.json").write_text(
        json.dumps(
            {
                "gateways": [
                    {
                        "name": "vcb-01", "kind": "bank_qr", "bin": "970436", "bank": "Vietcombank", "account": "0011001932418",
                        "holder": "UBND XA MAU", "secretFile": str(secret), "offices": [OFFICE],
                    },
                    {
                        "name": "vnpay-01", "kind": "vnpay", "terminal": "DEMO0001", "address": "https://pay.example/vpcpay.html",
                        "secretFile": str(secret),
                    },
                ]
            }
        )
    )
    (run.folder / "systems.json").write_text(
        json.dumps({"systems": [{"name": "qlvb-01", "url": "https://127.0.0.1:9/motcua", "secretFile": str(secret), "offices": [OFFICE]}]})
    )
    node = Node(
        run, "node", data, keys, options=["--payments", str(run.folder / "payments.json"), "--document-systems", str(run.folder / "systems.json")]
    )
    await node.start()
    office = await Office.of(run, [node])
    await office.open(desks=2)
    await asyncio.sleep(1)
    await office.close()
    tokens = {role: await asyncio.to_thread(node.token, role, f"{role.replace('_', '-')}-01") for role in ROLES}
    schema = await read_schema(node, tokens["auditor"])
    known = await what_is_known(node, office, tokens)
    hostile = Hostile(run, schema, known, tokens)
    await throw_at(run, node, hostile, run.rounds * 1000)
    await doubled(run, node)
    await goes_on(run, node, tokens)
    look_for_panics(run, node)


async def read_schema(node, token):
    line = Line()
    status, _, told = await line.post(node.port, json.dumps({"query": INTROSPECTION}).encode(), token)
    line.close()
    if status != 200 or "data" not in told or not told["data"]:
        raise Broken(f"no introspection: {status} {str(told)[:300]}")
    return Schema(told["data"]["__schema"])


async def what_is_known(node, office, tokens):
    """Words that mean something here, so that some requests come far."""
    line = Line()
    ask = {"query": "{ dossiers(first: 3) { pageInfo { endCursor } nodes { id code } } worklist(first: 2) { pageInfo { endCursor } } }"}
    _, _, told = await line.post(node.port, json.dumps(ask).encode(), tokens["receiver"])
    line.close()
    accepted = [act for act in office.history.acknowledged if act.code][:20]
    codes = [act.code for act in accepted] + [f"{OFFICE}-990230-0001", f"{OFFICE}-261129-10000", "H38.40.01-261129-0001"]
    found = (told or {}).get("data") or {}
    cursors = [found[name]["pageInfo"]["endCursor"] for name in found if found[name]] + ["x", "AA==", "eyJ9"]
    uuids = [act.dossier for act in accepted] + [act.command for act in accepted] + ["00000000-0000-0000-0000-000000000000"]
    ids = [node_["id"] for node_ in (found.get("dossiers") or {}).get("nodes", [])]
    known = {
        "code": codes, "dossier": codes + uuids, "office": [OFFICE, "H38.40.99", "*", "H63.40.06"],
        "procedure": [PROCEDURE, "1.001193", "9.999999"], "cursor": cursors, "after": cursors, "before": cursors, "uuid": uuids,
        "command": uuids, "ids": ids + uuids, "handler": ["handler-01", "handler-39"], "to": ["handler-02", "division-head-01"],
        "basis": ["91/2025/QH15:14", "x"], "decision": ["12/QĐ-UBND"], "number": list(map(str, range(8))) + ["000", "x001/002"],
        "phone": ["0912345678"], "email": ["a@example.org"], "date": DAYS, "hour": HOURS,
    }
    known["any"] = sorted({word for pool in known.values() for word in pool if word})
    return known


async def throw_at(run, node, hostile, count):
    begun, counter = time.monotonic(), iter(range(count))
    run.figure("codes", {})
    tally, seen, peak, silent = {}, {}, 0.0, 0
    before = node.memory()

    async def line():
        nonlocal silent
        reader = writer = None
        for number in counter:
            if silent > LINES:
                return
            what, raw, reusable = hostile.request(number)
            if run.sabotage == "insides" and number == 100:
                what, raw, reusable = "sabotage", b"", False
            if writer is None or writer.is_closing():
                reader, writer = await asyncio.open_connection("127.0.0.1", node.port, limit=1 << 24)
            asked = time.monotonic()
            if run.sabotage == "insides" and number == 100:
                answer = (500, "text/plain", b"thread 'x' panicked at src/api/mod.rs:1")
            else:
                answer = await exchange(reader, writer, raw, reusable)
                if answer is None and time.monotonic() - asked < 1:
                    # The line may have been closed after the answer before: a client sends again then.
                    reader, writer = await asyncio.open_connection("127.0.0.1", node.port, limit=1 << 24)
                    answer = await exchange(reader, writer, raw, reusable)
            judge(run, node, hostile, seen, number, what, raw, answer, time.monotonic() - asked, reusable)
            silent = silent + 1 if answer is None and reusable else 0
            status = answer[0] if answer else "nothing"
            tally[status] = tally.get(status, 0) + 1
            if not reusable or answer is None or answer[3:] == ("close",):
                writer.transport.abort()
                reader = writer = None

    async def watch():
        nonlocal peak
        last = 0
        while True:
            await asyncio.sleep(1)
            if not node.alive():
                return
            peak = max(peak, node.memory())
            done = sum(tally.values())
            if time.monotonic() - last > 30:
                last = time.monotonic()
                run.say(f"{done} of {count} requests, {peak:.0f} MB, answers {dict(sorted(tally.items(), key=str))}")

    watching = asyncio.create_task(watch())
    try:
        await asyncio.gather(*(line() for _ in range(LINES)))
    except OSError as error:
        run.find("gone", f"the node takes no connection any more: {error!r}; alive: {node.alive()}")
    watching.cancel()
    seconds = time.monotonic() - begun
    run.figure("requests", sum(tally.values()))
    run.figure("requests_a_second", sum(tally.values()) / seconds)
    run.figure("answers", {str(status): number for status, number in tally.items()})
    run.figure("megabytes_before", before)
    run.figure("megabytes_most", peak)
    run.figure("findings_by_kind", {f"{kind}: {what}": number for (kind, what), number in seen.items()})
    run.say(f"{sum(tally.values())} requests in {seconds:.0f} s; from {before:.0f} to {peak:.0f} MB; answers {dict(sorted(tally.items(), key=str))}")
    run.expect(peak < MEMORY_MAX, "memory", f"{peak:.0f} MB")


async def exchange(reader, writer, raw, reusable):
    """(status, content type, body[, "close"]) or None when the line is closed without a word. What is no whole request may stay unanswered."""
    try:
        writer.write(raw)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), SLOW + 8 if reusable else 1)
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        kind = headers.get("content-type", "")
        if "content-encoding" in headers and not reusable:
            kind = "compressed"
        if "event-stream" in kind or status == 101 or not reusable:
            try:
                body = await asyncio.wait_for(reader.read(1 << 20), 0.1)
            except asyncio.TimeoutError:
                body = b""
            return status, kind, body, "close"
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
                body += (await reader.readexactly(size + 2))[:-2]
            await reader.readuntil(b"\r\n")
        elif status in (204, 304):
            body = b""
        else:
            body = await asyncio.wait_for(reader.readexactly(int(headers.get("content-length", "0"))), 30)
        if "content-encoding" in headers:
            kind, body = ("", b"") if headers["content-encoding"] != "gzip" else (kind, gzip.decompress(body))
        return (status, kind, body, "close") if headers.get("connection") == "close" else (status, kind, body)
    except (OSError, EOFError, ValueError, IndexError, asyncio.TimeoutError, asyncio.LimitOverrunError, zlib.error):
        return None


def judge(run, node, hostile, seen, number, what, raw, answer, took, reusable):
    def find(kind, text):
        template = what.rsplit(" as ", 1)[0]
        signature = (kind, template if kind in ("nothing", "slow") else f"{template}: {text[:60]}")
        seen[signature] = seen.get(signature, 0) + 1
        if seen[signature] == 1:
            (run.folder / f"request-{number}.http").write_bytes(raw)
            run.find(kind, f"request {number} ({what}) of seed {run.seed}: {text}\n    {curl(raw, hostile.tokens)}")

    if answer is None:
        # A large body that is refused early may cost the answer: the line is closed on what is still coming.
        if reusable and (len(raw) < 50_000 or not node.alive()):
            find("nothing", f"no answer after {took:.1f} s; the node is {'alive' if node.alive() else 'gone'}")
        return
    status, kind, body = answer[:3]
    if raw.startswith(b"POST /graphql "):
        for code in set(re.findall(rb'"code":"([A-Z_]+)"', body)) or ({b"data"} if b'"data":{' in body[:9] else set()):
            run.figures["codes"][code.decode()] = run.figures["codes"].get(code.decode(), 0) + 1
    if status == 500:
        find("status", f"500 {body[:200]!r}")
    if took > SLOW and reusable:
        find("slow", f"{took:.1f} s, {status}")
    if b"INTERNAL_SERVER_ERROR" in body and ("json" in kind or "event" in kind):
        told = re.search(rb"\{[^{}]*(?:\{[^{}]*\})?[^{}]*INTERNAL_SERVER_ERROR[^}]*\}", body)
        path = re.search(rb'"path":\[[^\]]*\]', body)
        find("fault", f"{path[0].decode() if path else ''} {(told[0] if told else body)[:200]!r}")
    if (
        kind == "compressed"
        or not any(word in kind for word in ("json", "text", "html", "event", "xml", "csv"))
        and kind
        or b"/assets/" in raw[:200]
        or b"/graphiql" in raw[:200]
        or b"/metrics" in raw[:200]
    ):
        return
    text = body[:300_000].decode("utf-8", "replace")
    for leak in INSIDES.finditer(text):
        if leak[0].encode() not in raw:
            find("insides", f"{status}: …{text[max(0, leak.start() - 120):leak.end() + 80]}…")
            break
    if str(run.folder) in text:
        find("insides", f"{status}: a path of this machine: {text[:200]}")


def curl(raw, tokens):
    """Enough to send it again; tokens by their role."""
    text = raw[:900].decode("latin-1").replace("\r\n", "⏎")
    text = "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)
    for role, token in tokens.items():
        text = text.replace(token, f"<{role}>")
    return text + (f"… ({len(raw)} bytes)" if len(raw) > 900 else "")


async def doubled(run, node):
    """Fragments that double each other are refused at once, wherever they are spread and whatever stands at their end. Twenty-two levels here:
    each more takes twice as long, and forty would be the end of the node."""

    async def took(document):
        begun = time.monotonic()
        try:
            body = json.dumps({"query": document, "operationName": "A"}).encode()
            status, _, _ = await fetch(node.port, "/graphql", method="POST", body=body, timeout=120)
        except Lost as error:
            status = error
        return time.monotonic() - begun, status

    fragments = {end: doubling(22, end).split("} ", 1)[1] for end in ("", "{ __typename }", "{ ...F0 }", "{ ...F22 }", "{ notThere }")}
    usual = max([(await took(f"query A {{ __typename }} {text}"))[0] for text in fragments.values()])
    for operations in ("query A { ...F0 }", "query A { __typename } query B { ...F0 }", "query A { offices { ...F0 } }"):
        for end, text in fragments.items():
            text = text.replace("on Query", "on Office") if "offices" in operations else text
            seconds, status = await took(f"{operations} {text}")
            run.expect(
                seconds < max(0.3, 5 * usual),
                "slow",
                f"{operations}, where 22 fragments spread the next one twice and end in {end or 'nothing'!r}:"
                f" {status} after {seconds:.2f} s; where nobody spreads them {usual:.2f} s",
            )


async def goes_on(run, node, tokens):
    """An ordinary command after all that; the journal and the read models are whole."""
    if not run.expect(node.alive(), "ended", f"the node ended with {node.process.poll()}: {node.log_text()[-300:]}"):
        return
    if run.sabotage == "frozen":
        node.freeze()
    office = await Office.of(run, [node], what="afterwards", follow_ups=False)
    line, said = Line(), []
    # An administrator among the hostile may have abolished a procedure: then another one is taken in.
    for procedure in (PROCEDURE, "1.001193", "1.000656", "2.000635"):
        act = office.act("accept")
        act.body = act.body.replace(PROCEDURE.encode(), procedure.encode())
        answered = await office.until_answered(act, line, office.dice, 15)
        said.append(act.refused or act.answers[-3:])
        if act.refused != "UNKNOWN_PROCEDURE":
            break
    line.close()
    run.expect(answered and act.position is not None, "afterwards", f"an ordinary command is answered {said}")
    node.thaw()
    status, _, text = await fetch(node.port, "/readyz")
    run.expect(status == 200, "afterwards", f"/readyz says {status} {text[:100]}")
    errors = {}
    for said in re.findall(r"(?:ERROR|WARN) (?:request\{[^}]*\}: )?(.{0,160})", node.log_text()):
        said = re.sub(r'"[^"]*"|\d+', "…", said)[:110]
        errors[said] = errors.get(said, 0) + 1
    run.figure("log_lines", dict(sorted(errors.items(), key=lambda pair: -pair[1])[:12]))
    await node.stop()
    code, text = await run.motcua_aside("verify", "--replay", *node.place(), timeout=600)
    run.expect(code == 0, "verify", f"verify --replay ends with {code}: {text.strip()[-300:]}")
