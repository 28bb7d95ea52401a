"""Python's gql follows a running server over graphql-transport-ws, and misses nothing.

python3 gql_subscriptions.py URL RECEIVER-TOKEN AUDITOR-TOKEN OFFICE PROCEDURE
"""

import asyncio
import json
import sys
import time
import uuid

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

URL, RECEIVER, AUDITOR, OFFICE, PROCEDURE = sys.argv[1:6]
ADDRESS = "ws" + URL.removeprefix("http") + "/ws"
PROTOCOL = "graphql-transport-ws"
SOON = 30
checked = 0

RECORDED = gql("subscription Recorded($after: String) { factRecorded(after: $after) { position resume kind entry { kind } } }")


def same(what, found, expected):
    global checked
    if found != expected:
        raise AssertionError(f"not so: {what}\nis       {found!r}\nexpected {expected!r}")
    checked += 1
    print(f"ok {what}")


def over_http(token):
    return Client(transport=AIOHTTPTransport(url=URL, headers={"Authorization": f"Bearer {token}"}))


def over_socket(token):
    # Unless told, this transport offers two subprotocols; where the answer's header is in small letters, it does not see which was
    # chosen, and speaks the older one.
    payload = {"Authorization": f"Bearer {token}"}
    return Client(transport=WebsocketsTransport(url=ADDRESS, init_payload=payload, subprotocols=[PROTOCOL]))


def over_aiohttp(token):
    """gql's other transport, as it comes."""
    payload = {"Authorization": f"Bearer {token}"}
    return Client(transport=AIOHTTPWebsocketsTransport(url=ADDRESS, init_payload=payload))


async def here(session):
    return (await session.execute(gql("{ journal { resume visibleSize } }")))["journal"]


async def accept(session):
    document = gql(
        "mutation Accept($input: AcceptDossierAtCounterInput!) { acceptDossierAtCounter(input: $input) { position errors { code } } }"
    )
    given = {"commandId": str(uuid.uuid4()), "office": OFFICE, "procedure": PROCEDURE, "applicant": {"fullName": "Nguyễn Văn Ánh"}}
    done = (await session.execute(document, variable_values={"input": given}))["acceptDossierAtCounter"]
    same("a dossier is taken in", done["errors"], [])
    return int(done["position"])


async def trail(session, start, end):
    document = gql("{ auditTrail(first: 100, filter: { newestFirst: true }) { nodes { position kind } } }")
    nodes = (await session.execute(document))["auditTrail"]["nodes"]
    found = [(int(node["position"]), node["kind"]) for node in reversed(nodes)]
    return [(position, kind) for position, kind in found if start <= position <= end]


async def follow(session, after, told):
    """Keeps what is told, each fact with the token that goes on after it, until it is cancelled."""
    async for one in session.subscribe(RECORDED, variable_values={"after": after}):
        told.append(one["factRecorded"])


async def reach(following, told, position):
    """Waits until the fact at `position` is told, or a later one: it may be told before the answer to its command is read."""
    while not told or int(told[-1]["position"]) < position:
        if following.done():
            following.result()
            raise AssertionError("not so: it goes on")
        await asyncio.sleep(0.01)


async def follows(what, connect):
    """Two dossiers while it listens, one while it is away, one when it is back."""
    told = []
    async with over_http(RECEIVER) as officer, over_http(AUDITOR) as reader:
        place = await here(officer)
        for away in (False, True):
            if away:
                await accept(officer)
            async with connect(AUDITOR) as session:
                same(f"{what}: the protocol that is spoken", session.transport.subprotocol, PROTOCOL)
                after = told[-1]["resume"] if told else place["resume"]
                following = asyncio.create_task(follow(session, after, told))
                for _ in range(2):
                    position = await accept(officer)
                    await asyncio.wait_for(reach(following, told, position), SOON)
                following.cancel()
                await asyncio.wait([following])
        facts = [(int(fact["position"]), fact["kind"]) for fact in told]
        expected = await trail(reader, int(place["visibleSize"]), facts[-1][0])
        same(f"{what}: every fact, once and in order", facts, expected)


async def answers():
    async with over_socket(AUDITOR) as session:
        found = await session.execute(gql("query OfficeOf($code: String!) { office(code: $code) { code } }"), variable_values={"code": OFFICE})
        same("a query over the socket", found, {"office": {"code": OFFICE}})


async def fails(what, client, code):
    try:
        async with client as session:
            async for told in session.subscribe(RECORDED):
                raise AssertionError(f"not so: {what} fails; it gives {told!r}")
    except TransportQueryError as error:
        same(f"{what}: its code", [one["extensions"]["code"] for one in error.errors], [code])
    else:
        raise AssertionError(f"not so: {what} fails")


async def bad_token():
    try:
        async with over_socket("x.y.z"):
            pass
    except Exception as error:  # gql raises what its WebSocket library does
        same("a bad token closes with 4403", "4403" in repr(error) + repr(error.__cause__), True)
    else:
        raise AssertionError("not so: a bad token is refused")


async def main():
    began = time.monotonic()
    await asyncio.wait_for(follows("websockets", over_socket), 4 * SOON)
    await asyncio.wait_for(follows("aiohttp", over_aiohttp), 4 * SOON)
    await answers()
    await fails("what is not for the reader", over_socket(RECEIVER), "FORBIDDEN")
    await bad_token()
    print(json.dumps({"checked": checked, "milliseconds": round((time.monotonic() - began) * 1000)}))


asyncio.run(main())
