"""Clients at the counter, and the history of what they were told: the oracle's only witness."""

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field

from http_line import Line, Lost

NAMESPACE = uuid.UUID(int=0x6D6F_7463_7561_4000_8000_0000_0000_0001)
PROCEDURE = "1.004873"
# What each kind of command records, in the order of the facts.
FACTS = {
    "accept": ["dossier.lodged", "register.entered", "dossier.accepted"],
    "forward": ["dossier.forwarded"],
    "assign": ["dossier.handler_assigned"],
    "remark": ["dossier.remarked"],
}
PAYLOAD = "{ position repeated visible code dossier { version } errors { code currentVersion } }"
DOCUMENTS = {
    "accept": "mutation($input: AcceptDossierAtCounterInput!) { done: acceptDossierAtCounter(input: $input) %s }" % PAYLOAD,
    "forward": "mutation($input: ForwardDossierInput!) { done: forwardDossier(input: $input) %s }" % PAYLOAD,
    "assign": "mutation($input: AssignHandlerInput!) { done: assignHandler(input: $input) %s }" % PAYLOAD,
    "remark": "mutation($input: AddRemarkInput!) { done: addRemark(input: $input) %s }" % PAYLOAD,
}
ROLES = {"accept": "receiver", "forward": "receiver", "assign": "division_head", "remark": "receiver"}
# Answers after which nobody knows, or nothing was done: the same is sent again.
PASSING = {"UNAVAILABLE", "CLOCKS_APART", "TIMEOUT", "OVERLOADED", "STOPPING", "RATE_LIMITED", "NOT_YET"}


def dossier_of(command):
    return uuid.uuid5(NAMESPACE, f"dossier:{command}")


@dataclass
class Act:
    """One command: everything sent under one id, and the one answer that counts."""

    command: str
    kind: str
    dossier: str
    expected: int | None
    body: bytes
    sent: float = 0.0         # before the first byte of the first try
    last_sent: float = 0.0    # before the first byte of the newest try
    told: float | None = None  # after the last byte of the answer
    position: int | None = None
    code: str | None = None
    refused: str | None = None
    current: int | None = None
    tries: int = 0
    answers: list = field(default_factory=list)  # what passing answers said


class History:
    def __init__(self):
        self.acts = []
        self.again = 0      # commands sent again after they were acknowledged
        self.slips = []     # answers that contradict an earlier one
        self.codes = {}     # how often each passing code was answered

    @property
    def acknowledged(self):
        return [act for act in self.acts if act.position is not None]

    def count(self):
        return sum(act.position is not None for act in self.acts)


class Office:
    """Desks that send commands to the nodes until they are told to stop."""

    def __init__(self, run, nodes, tokens, dice, follow_ups=True):
        self.run, self.nodes, self.tokens, self.dice = run, nodes, tokens, dice
        self.history = History()
        self.follow_ups = follow_ups
        self.hot = []            # dossiers that all desks fight for: [stream, version that somebody was told]
        self.stopping = asyncio.Event()
        self.desks = []
        self.newest = time.monotonic()
        self.trace = []          # (when, acknowledged) for whoever looks for standstills

    @classmethod
    async def of(cls, run, nodes, what="load", **more):
        """With a token for each role; the nodes share their keys."""
        tokens = {}
        for role in sorted(set(ROLES.values())):
            # Aside: the line to PostgreSQL may go through us.
            tokens[role] = await asyncio.to_thread(nodes[0].token, role, f"{role.replace('_', '-')}-01")
        return cls(run, nodes, tokens, run.random(what), **more)

    def act(self, kind, dossier=None, expected=None):
        command = str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
        given = {"commandId": command}
        if kind == "accept":
            given |= {"office": self.nodes[0].office, "procedure": PROCEDURE, "applicant": {"fullName": f"Công dân {command[:8]}"}}
            dossier = str(dossier_of(command))
        elif kind == "remark":
            given |= {"dossier": dossier, "text": "Người nộp sẽ đến lấy kết quả."}
        else:
            given |= {"dossier": dossier, "to": f"handler-{self.dice.randrange(1, 40):02}"}
        if expected is not None:
            given["expectedVersion"] = expected
        body = json.dumps({"query": DOCUMENTS[kind], "variables": {"input": given}}).encode()
        act = Act(command, kind, dossier, expected, body)
        self.history.acts.append(act)
        return act

    async def send(self, act, line, node):
        """One try; True when the answer is final."""
        act.last_sent = time.monotonic()
        act.sent = act.sent or act.last_sent
        act.tries += 1
        try:
            status, _, told = await line.post(node.port, act.body, self.tokens[ROLES[act.kind]])
        except Lost:
            return False
        when = time.monotonic()
        payload = (told or {}).get("data") or {}
        payload = payload.get("done")
        if payload is None:
            errors = (told or {}).get("errors") or [{}]
            code = (errors[0].get("extensions") or {}).get("code", f"HTTP_{status}")
            return self.passed(act, code)
        if payload["errors"]:
            code = payload["errors"][0]["code"]
            if code in PASSING or code == "NODE_HALTED":
                return self.passed(act, code)
            act.told, act.refused, act.current = when, code, payload["errors"][0]["currentVersion"]
            return True
        position = int(payload["position"])
        if act.position is not None:
            self.history.again += 1
            if position != act.position or not payload["repeated"]:
                self.history.slips.append(f"{act.command} was told {act.position}, and again {position} repeated={payload['repeated']}")
            return True
        act.told, act.position, act.code = when, position, payload["code"]
        self.newest = when
        return True

    def passed(self, act, code):
        act.answers.append(code)
        self.history.codes[code] = self.history.codes.get(code, 0) + 1
        if code not in PASSING and code not in ("NODE_HALTED", "INTERNAL_SERVER_ERROR", "HTTP_503"):
            self.history.slips.append(f"{act.kind} {act.command} was answered {code}")
        return False

    async def until_answered(self, act, line, dice, patience):
        """Sends the same id again, to any node, until there is an answer or the patience ends."""
        end = time.monotonic() + patience
        pause = 0.02
        while not await self.send(act, line, dice.choice(self.nodes)):
            if time.monotonic() > end:
                return False
            await asyncio.sleep(pause * (0.5 + dice.random()))
            pause = min(pause * 2, 0.5)
        return True

    async def desk(self, number, patience):
        dice, line, own = self.run.random(f"desk-{number}"), Line(), []
        while not self.stopping.is_set():
            throw = dice.random()
            if throw < 0.03 and self.history.acts:
                # An act that was acknowledged, sent again as by a client that forgot.
                old = dice.choice(self.history.acts)
                if old.position is not None:
                    await self.send(old, line, dice.choice(self.nodes))
                    continue
            if self.follow_ups and throw < 0.25 and self.hot:
                spot = dice.choice(self.hot)
                act = self.act("assign", spot[0], spot[1])
                answered = await self.until_answered(act, line, dice, patience)
                if answered and act.position is not None:
                    spot[1] = max(spot[1], act.expected + 1)
                elif answered and act.current is not None:
                    spot[1] = max(spot[1], act.current)
            elif self.follow_ups and throw < 0.55 and own:
                place = dice.randrange(len(own))
                stream, version = own[place]
                act = self.act("forward" if version == 2 else "assign", stream, version if dice.random() < 0.7 else None)
                if await self.until_answered(act, line, dice, patience) and act.position is not None:
                    own[place] = (stream, version + 1)
            else:
                act = self.act("accept")
                if await self.until_answered(act, line, dice, patience) and act.position is not None:
                    own.append((act.dossier, 2))
        line.close()

    async def open(self, desks=8, patience=60.0):
        """Makes the dossiers that are fought for, then lets the desks go."""
        line = Line()
        for _ in range(3 if self.follow_ups else 0):
            for kind in ("accept", "forward"):
                act = self.act(kind, *(() if kind == "accept" else (stream, 2)))
                if not await self.until_answered(act, line, self.dice, patience) or act.position is None:
                    self.run.find("load", f"the first {kind} was not taken: {act.refused} {act.answers[-3:]}")
                stream = act.dossier
            self.hot.append([stream, 3])
        line.close()
        self.desks = [asyncio.create_task(self.desk(number, patience)) for number in range(desks)]

    async def close(self, wait=90):
        """No new commands; those that are out are sent until they are answered."""
        self.stopping.set()
        done, late = await asyncio.wait(self.desks, timeout=wait) if self.desks else (set(), set())
        for desk in late:
            desk.cancel()
        for desk in done:
            if desk.exception():
                raise desk.exception()
        self.desks = []
        if late:
            self.run.find("load", f"{len(late)} desks still wait for an answer after {wait} s")

    async def leave(self):
        """Nobody waits any more: what is out stays unanswered."""
        self.stopping.set()
        for desk in self.desks:
            desk.cancel()
        await asyncio.wait(self.desks)
        self.desks = []

    async def send_all_again(self, sample=400):
        """Acknowledged commands once more: each must be answered with the same position."""
        acts = self.history.acknowledged
        acts = acts if len(acts) <= sample else self.dice.sample(acts, sample)
        line = Line()
        missed = 0
        for act in acts:
            if not await self.until_answered(act, line, self.dice, 20 if missed == 0 else 1):
                missed += 1
            if missed == 5:
                break
        line.close()
        if missed:
            self.run.find("again", f"{missed} or more commands that were acknowledged got no answer when sent again")
        return len(acts)
