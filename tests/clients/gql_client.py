"""Python's gql against a running server: python3 gql_client.py URL RECEIVER-TOKEN AUDITOR-TOKEN OFFICE PROCEDURE"""

import asyncio
import json
import sys
import time
import uuid

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError
from graphql import GraphQLError

URL, RECEIVER, AUDITOR, OFFICE, PROCEDURE = sys.argv[1:6]
checked = 0


def same(what, found, expected):
    global checked
    if found != expected:
        raise AssertionError(f"not so: {what}\nis       {found!r}\nexpected {expected!r}")
    checked += 1
    print(f"ok {what}")


class Asked(AIOHTTPTransport):
    """The transport as it is; it counts the requests."""

    count = 0

    async def execute(self, *asked, **more):
        self.count += 1
        return await super().execute(*asked, **more)


def client(token=None, **more):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client(transport=Asked(url=URL, headers=headers), **more)


OFFICE_OF = gql("query OfficeOf($code: String!) { office(code: $code) { id code name { vi en } } }")
TRAIL = gql(
    """
    query Trail($first: Int!, $after: String) {
      auditTrail(first: $first, after: $after) { nodes { position } pageInfo { hasNextPage endCursor } }
    }
    """
)
ACCEPT = gql(
    """
    mutation Accept($input: AcceptDossierAtCounterInput!) {
      acceptDossierAtCounter(input: $input) {
        code position repeated dossier { id version } errors { code field messageVi messageEn }
      }
    }
    """
)


async def schema():
    more = {"specified_by_url": True, "directive_is_repeatable": True, "schema_description": True, "input_value_deprecation": True}
    everybody = client(fetch_schema_from_transport=True, introspection_args=more)
    async with everybody as session:
        told = everybody.schema
        same("the schema is fetched", told.query_type.name, "Query")
        same("with its scalars", str(told.get_type("CommandPayload").fields["position"].type), "Long")
        code = {"code": OFFICE}
        found = await session.execute(OFFICE_OF, variable_values=code)
        same("a query with variables, checked here first", found["office"]["code"], OFFICE)
        before = session.transport.count
        try:
            await session.execute(gql("{ noSuchField }"))
        except GraphQLError as error:
            same("what does not fit is found here", error.message, "Cannot query field 'noSuchField' on type 'Query'.")
        else:
            raise AssertionError("not so: a document that does not fit is refused here")
        same("and not sent", session.transport.count, before)


async def fails(what, token, document, variables, code):
    async with client(token) as session:
        try:
            found = await session.execute(document, variable_values=variables)
        except TransportQueryError as error:
            same(f"{what}: its code", [one["extensions"]["code"] for one in error.errors], [code])
            same(f"{what}: its text in Vietnamese", bool(error.errors[0]["extensions"]["messageVi"]), True)
        else:
            raise AssertionError(f"not so: {what} fails; it gives {found!r}")


async def errors():
    await fails("what is not for the reader", RECEIVER, TRAIL, {"first": 1}, "FORBIDDEN")
    await fails("nobody signed in", None, TRAIL, {"first": 1}, "UNAUTHENTICATED")
    await fails("a page too large", AUDITOR, TRAIL, {"first": 1000}, "BAD_USER_INPUT")
    await fails("a bad token", "x.y.z", OFFICE_OF, {"code": OFFICE}, "UNAUTHENTICATED")
    await fails("no such field", None, gql("{ noSuchField }"), {}, "GRAPHQL_VALIDATION_FAILED")


async def pages():
    async with client(AUDITOR) as session:
        positions, after = [], None
        for number in range(1, 4):
            found = (await session.execute(TRAIL, variable_values={"first": 4, "after": after}))["auditTrail"]
            same(f"page {number} of a list", len(found["nodes"]), 4)
            positions += [int(node["position"]) for node in found["nodes"]]
            after = found["pageInfo"]["endCursor"]
        same("each later than the one before", positions, sorted(set(positions)))


async def commands():
    async with client(RECEIVER) as session:

        async def accept(given):
            return (await session.execute(ACCEPT, variable_values={"input": given}))["acceptDossierAtCounter"]

        applicant = {"fullName": "Nguyễn Văn Ánh", "citizenNumber": "001099000123"}
        given = {"commandId": str(uuid.uuid4()), "office": OFFICE, "procedure": PROCEDURE, "applicant": applicant}
        bad = await accept({**given, "commandId": str(uuid.uuid4()), "applicant": {**applicant, "fullName": ""}})
        told = [(error["code"], error["field"]) for error in bad["errors"]]
        same("a refused command has typed errors", told, [("TEXT_EMPTY", ["input", "applicant", "fullName"])])
        done = await accept(given)
        same("a good one is done", (done["errors"], done["repeated"]), ([], False))
        same("sent again, it gives the same", await accept(given), {**done, "repeated": True})


async def main():
    began = time.monotonic()
    for part in (schema, errors, pages, commands):
        await part()
    print(json.dumps({"checked": checked, "milliseconds": round((time.monotonic() - began) * 1000)}))


asyncio.run(main())
