"""Takes a dossier in at the counter, exactly once, then tracks and follows it as its applicant would.

    MOTCUA_URL=http://127.0.0.1:8080 MOTCUA_TOKEN=… python3 counter.py OFFICE PROCEDURE 'FULL NAME'

Ends when the dossier does; stop it earlier with Ctrl-C.
"""

import asyncio
import os
import sys
import uuid
from functools import partial

from aiohttp import ClientError
from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportError, TransportQueryError
from gql.transport.websockets import WebsocketsTransport

URL = os.environ["MOTCUA_URL"] + "/graphql"
TOKEN = os.environ["MOTCUA_TOKEN"]
# Errors that pass: the same may be sent again. Any other would come again too.
PASSING = {"NOT_YET", "RATE_LIMITED", "TIMEOUT", "UNAVAILABLE", "OVERLOADED", "STOPPING"}

ACCEPT = gql("""
    mutation Accept($input: AcceptDossierAtCounterInput!) {
      acceptDossierAtCounter(input: $input) { code capability position repeated errors { code field messageVi } }
    }
""")
TRACKING = "status statusLabel { vi } nextStep { vi } dueAt applicant { fullName }"
TRACK = gql("""
    query Track($code: String!, $capability: String, $position: Long) {
      journal { resume }
      tracking(code: $code, capability: $capability, minPosition: $position) { %s }
    }
""" % TRACKING)
FOLLOW = gql("""
    subscription Follow($code: String!, $capability: String, $after: String) {
      trackingChanged(code: $code, capability: $capability, after: $after) { kind resume tracking { %s } }
    }
""" % TRACKING)
ENDED = {"RETURNED", "REFUSED", "STOPPED", "WITHDRAWN", "NOT_ACCEPTED"}


def client(headers=None):
    return Client(transport=AIOHTTPTransport(url=URL, headers=headers, timeout=15))


async def patiently(session, document, given):
    """Asks until there is an answer: after a cut nobody knows whether the last question was heard."""
    for pause in (0.5, 1, 2, 4, 8, 0):
        try:
            async with session() as open_session:
                answer = await open_session.execute(document, variable_values=given)
            # Commands say what is wrong as data, also that the office has too much to do just now.
            refused = {error["code"] for part in answer.values() for error in (part or {}).get("errors", [])}
            if not refused & PASSING:
                return answer
        except TransportQueryError as error:
            told = error.errors[0].get("extensions", {})
            if told.get("code") not in PASSING or not pause:
                raise
            pause = told.get("retryAfter", pause)
        except (TransportError, OSError, asyncio.TimeoutError, ClientError) as error:
            if not pause:
                raise
            print(f"again in {pause} s: {error!r}", file=sys.stderr)
        await asyncio.sleep(pause)
    sys.exit("the office does not answer; start again with the same commandId")


async def accept(office, procedure, name):
    # The id belongs to the act, not to the request. A desk that may itself fall writes it down with the form before it sends.
    given = {"commandId": str(uuid.uuid4()), "office": office, "procedure": procedure, "applicant": {"fullName": name}}
    officer = partial(client, {"Authorization": f"Bearer {TOKEN}"})
    done = (await patiently(officer, ACCEPT, {"input": given}))["acceptDossierAtCounter"]
    # A form shows each text beside the field it names.
    if done["errors"]:
        sys.exit("\n".join(f"{error['code']} {'.'.join(error['field'])}: {error['messageVi']}" for error in done["errors"]))
    print(f"accepted {done['code']} at {done['position']}{', heard before' if done['repeated'] else ''}", flush=True)
    return done


def say(what, tracking):
    print(f"{what}: {tracking['statusLabel']['vi']}; {tracking['nextStep']['vi']}; due {tracking['dueAt']}", flush=True)


async def follow(receipt, after):
    while True:
        # One subprotocol only: with two this transport may speak the older one.
        transport = WebsocketsTransport(url="ws" + URL.removeprefix("http") + "/ws", subprotocols=["graphql-transport-ws"])
        try:
            async with Client(transport=transport) as session:
                async for told in session.subscribe(FOLLOW, variable_values={**receipt, "after": after}):
                    change = told["trackingChanged"]
                    say(change["kind"] or "inside the office", change["tracking"])
                    after = change["resume"]
                    if change["tracking"]["status"] in ENDED:
                        return
        except TransportQueryError as error:
            if error.errors[0]["extensions"]["code"] not in PASSING:
                raise
        except Exception as error:  # a cut: what happens meanwhile is told first when we are back with the newest token
            print(f"cut: {error!r}", file=sys.stderr)
        await asyncio.sleep(1)


async def main(office, procedure, name):
    done = await accept(office, procedure, name)
    # From here on as the applicant, who has no token but the key on the receipt. With the position no node answers with less
    # than was written; with `resume` nothing is missed between this answer and the first that is told.
    receipt = {"code": done["code"], "capability": done["capability"]}
    found = await patiently(client, TRACK, {**receipt, "position": done["position"]})
    say(found["tracking"]["applicant"]["fullName"], found["tracking"])
    await follow(receipt, found["journal"]["resume"])


asyncio.run(main(*sys.argv[1:4]))
