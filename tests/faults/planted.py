"""People whose words are nowhere else, their way through an office, and everything that can be asked about them."""

import asyncio
import json
import re
import time
import uuid
import zlib

from http_line import Lost, fetch
from kit import OFFICE, Broken
from load import PASSING, PROCEDURE

# Stands in every planted word; numbers and telephones begin alike.
MARK, NUMBER, PHONE = "zqxj", "0030997", "0977664"
PURPOSES = ["IDENTITY", "CONTACT", "CONTENT", "ATTACHMENT"]
MOST = (None, "receiver", "auditor")
ROLES = [
    "receiver", "handler", "division_head", "signer", "clerk", "cashier", "centre_manager", "auditor", "admin", "procedure_controller",
    "applicant",
]


class Person:
    """Words that are nowhere else."""

    def __init__(self, number, dice):
        letters = lambda: MARK + "".join(dice.choice("bcdfghklmnprstvw") for _ in range(8))
        self.number = number
        self.name, self.mail, self.street, self.moved, self.note, self.text, self.paper, self.file = (letters() for _ in range(8))
        self.citizen, self.phone = NUMBER + f"{dice.randrange(10**5):05}", PHONE + f"{dice.randrange(10**3):03}"
        self.words = [self.name, self.mail, self.street, self.moved, self.note, self.text, self.paper, self.file, self.citizen, self.phone]
        self.code = self.key = self.journal = None
        self.kept = {}  # what the vault held: {what it is: bytes}

    def details(self, street):
        return {
            "fullName": f"Nguyen {self.name.capitalize()}", "citizenNumber": self.citizen, "phone": self.phone,
            "email": f"{self.mail}@example.org", "address": f"So 1 {street.capitalize()}",
        }


class Desk:
    """Gives commands as whoever may, and sends them again until they are answered."""

    def __init__(self, run, node):
        self.run, self.node, self.tokens = run, node, {}
        self.dice = run.random("ids")

    async def signed_in(self):
        for role in ROLES:
            self.tokens[role] = await asyncio.to_thread(self.node.token, role, f"{role.replace('_', '-')}-01")
        return self

    def id(self):
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))

    async def try_once(self, role, name, given, timeout=15):
        """The payload, or None when nobody knows."""
        query = f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ done: {name}(input: $input) {{ position repeated code capability errors {{ code field messageEn }} }} }}"
        body = json.dumps({"query": query, "variables": {"input": given}}).encode()
        try:
            _, _, told = await fetch(self.node.port, "/graphql", self.tokens.get(role, ""), "POST", body, timeout=timeout)
            told = json.loads(told)
        except (Lost, ValueError, TypeError):
            return None
        done = (told.get("data") or {}).get("done")
        if done is None:
            if told["errors"][0]["extensions"]["code"] in PASSING:
                return None
            raise Broken(f"{name} as {role}: {str(told)[:400]}")
        return None if done["errors"] and done["errors"][0]["code"] in PASSING else done

    async def give(self, role, name, **given):
        given = {"commandId": self.id()} | given
        end = time.monotonic() + 60
        while (done := await self.try_once(role, name, given)) is None:
            if time.monotonic() > end:
                raise Broken(f"{name} gets no answer")
            await asyncio.sleep(0.05)
        if done["errors"]:
            raise Broken(f"{name} as {role} is refused: {done['errors']}")
        return done

    async def bring(self, command, name, content):
        status, _, told = await fetch(
            self.node.port, f"/files?commandId={command}&name={name}.pdf", self.tokens["receiver"], "POST", content, "application/pdf"
        )
        if status != 201:
            raise Broken(f"a file is answered {status} {told[:200]}")
        return json.loads(told)["ticket"]


async def plant(desk, person):
    """A dossier from counter to hand-over, with everything that can be typed of its person."""
    filed = await desk.give(
        "receiver", "acceptDossierAtCounter", office=OFFICE, procedure=PROCEDURE, applicant=person.details(person.street), note=person.note
    )
    person.code, person.key = filed["code"], filed["capability"]
    command = desk.id()
    ticket = await desk.bring(command, person.file, f"%PDF-1.7 {person.paper}".encode() * 40)
    on = {"dossier": person.code}
    await desk.give("receiver", "receiveComponent", commandId=command, **on, item=1, form="COPY", digitisation="HERE", file=ticket, note=person.note)
    await desk.give("receiver", "forwardDossier", **on, to="handler-01", note=person.note)
    await desk.give("handler", "receiveHandOver", **on, complete=True, note=person.note)
    person.before = desk.kept(person)
    await desk.give("receiver", "correctApplicantDetails", **on, applicant=person.details(person.moved), reason="OTHER", note=person.note)
    await desk.give(None, "submitFeedback", **on, capability=person.key, kind="REPORT", text=person.text)
    await desk.give("handler", "draftResult", **on, note=person.note)
    await desk.give("signer", "signResult", **on)
    await desk.give("clerk", "issueResult", **on, number=f"{person.number}/GP")
    await desk.give("receiver", "deliverResult", **on, method="ONLINE")
    person.kept = person.before | desk.kept(person)


async def asked(node, token, query, **variables):
    try:
        _, _, told = await fetch(node.port, "/graphql", token, "POST", json.dumps({"query": query, "variables": variables}).encode())
    except Lost as error:
        return f"lost: {error}"
    return json.dumps(json.loads(told), ensure_ascii=False)


TRACKING = (
    "query($code: String!, $key: String) { tracking(code: $code, capability: $key) { code applicant(reveal: true) { fullName citizenNumber phone email address erased }"
    " written { text } files { name sha256 standing url } feedback { __typename } erasures { doneAt decision purposes keys parts files backupsUnreadableAt } history { __typename } } }"
)


async def tracked(node, person):
    return await asked(node, "", TRACKING, code=person.code, key=person.key)


def said(person, text):
    """The person's words in an answer, however they are written."""
    low = text.lower()
    return [word for word in person.words if word in low or word.encode().hex() in low]


async def answers(node, desk, person, roles):
    """Everything that can be asked about a person, by everybody: (what and who, what was asked, the answer)."""
    for role in roles:
        token = desk.tokens.get(role, "")
        for path in PATHS:
            path = path.format(code=person.code, key=person.key, office=OFFICE)
            status, text = await door(node, path, token)
            yield f"{path} as {role} ({status})", "", text
        for query in QUERIES:
            query = filled(query, person)
            yield f"{query} as {role}", query, await asked(node, token, query)
    for role, subscription in SUBSCRIPTIONS:
        subscription = filled(subscription, person)
        yield f"{subscription} as {role}", subscription, await stream(node, desk.tokens.get(role, ""), subscription)


def filled(query, person):
    for word, value in (
        ("CODE", person.code), ("KEY", person.key), ("PHONE", person.phone), ("NUMBER", person.citizen), ("WORD", person.name),
        ("JOURNAL", person.journal),
    ):
        query = query.replace(word, value)
    return query


async def door(node, path, token):
    try:
        status, _, body = await fetch(node.port, path, token)
    except Lost as error:
        return error, ""
    text = body.decode("utf-8", "replace")
    if body.startswith(b"%PDF"):
        for piece in re.findall(rb"stream\r?\n(.*?)endstream", body, re.S):
            try:
                text += zlib.decompress(piece).decode("latin-1")
            except zlib.error:
                pass
    return status, text


async def stream(node, token, query, seconds=0.4):
    """What a subscription says in a moment, from as far back as it goes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", node.port)
    body = json.dumps({"query": query}).encode()
    who = f"authorization: Bearer {token}\r\n" if token else ""
    writer.write(
        f"POST /graphql HTTP/1.1\r\nhost: localhost\r\n{who}accept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        + body
    )
    text = b""
    try:
        async with asyncio.timeout(seconds):
            while piece := await reader.read(1 << 16):
                text += piece
    except (TimeoutError, OSError):
        pass
    writer.transport.abort()
    return text.decode("utf-8", "replace")


PATHS = """
    / /t/{code} /t/{code}?k={key} /t/{code}?k={key}&reveal=1 /t/{code}/proof /t/{code}/proof?k={key} /history/{code} /o/{office} /statistics
    /desk /desk/d/{code} /desk/find?q={code} /audit /audit/d/{code} /audit/search /audit/export.csv /audit/export.ndjson
    /papers/{code}/01.pdf?k={key} /papers/{code}/07.pdf?k={key} /papers/{code}/receipt.pdf?k={key}
    /registers/{office}?from=2026-11-01&to=2026-12-03 /board/{office} /receipts/{code} /receipts/{code}?of=result /dossiers/{code}/facts
    /feedback /log/tile/entries/000 /metrics /readyz
""".split()
QUERIES = [
    TRACKING.replace("query($code: String!, $key: String) ", "").replace("code: $code, capability: $key", 'code: "CODE", capability: "KEY"'),
    '{ dossier(by: { code: "CODE" }) { id code applicant(reveal: true) { fullName citizenNumber phone email address } files { name sha256 } history { nodes { kind note changes { field before after } } } } }',
    "{ worklist(first: 50) { nodes { code applicant { fullName } } } }",
    '{ dossiers(first: 50, filter: { codePrefix: "CODE" }) { nodes { code applicant(reveal: true) { fullName phone } } } }',
    '{ auditTrail(first: 50, filter: { code: "CODE" }) { nodes { kind code note reason basis changes { field before after } } } }',
    '{ findDossiers(by: { phone: "PHONE" }) { incomplete dossiers { code applicant(reveal: true) { fullName } } } }',
    '{ findDossiers(by: { citizenNumber: "NUMBER" }) { incomplete dossiers { code applicant(reveal: true) { fullName } } } }',
    '{ findDossiers(by: { name: "WORD" }, filter: { codePrefix: "CODE" }) { incomplete dossiers { code applicant(reveal: true) { fullName } } } }',
    "{ repository(first: 50) { edges { node { number holder { fullName } files { name } } } } }",
    '{ dossierHistory(code: "CODE") { __typename } }', "{ feedback(first: 50) { edges { node { __typename } } } }",
]
SUBSCRIPTIONS = [
    (
        "",
        'subscription { trackingChanged(code: "CODE", capability: "KEY", after: "JOURNAL.0") { kind tracking { applicant(reveal: true) { fullName phone } written { text } } } }',
    ),
    (
        "receiver",
        'subscription { dossierChanged(by: { code: "CODE" }, after: "JOURNAL.0") { kind dossier { applicant(reveal: true) { fullName phone } } } }',
    ),
    (
        "auditor",
        'subscription { factRecorded(after: "JOURNAL.0", filter: { code: "CODE" }) { kind entry { code note changes { field before after } } } }',
    ),
]
