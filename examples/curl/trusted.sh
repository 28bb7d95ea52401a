#!/usr/bin/env bash
# Asks by the name of a document instead of its text: a plain GET. A node with `--documents trusted` answers nothing else.
#
#   MOTCUA_URL=http://127.0.0.1:8080 ./trusted.sh NAME VARIABLES-AS-JSON
#   ./trusted.sh                                            names every document that there is
set -euo pipefail

# The id is the SHA-256 of the document's text, so it never changes its meaning; a changed document has another id. Keep the ids
# with your program, as the manifest of the version that you tested with; here the manifest is fetched each time.
manifest=$(curl -sSf "$MOTCUA_URL/graphql/documents.json")
if [[ $# == 0 ]]; then
  jq -r 'keys[]' <<<"$manifest"
  exit
fi
id=$(jq -er --arg name "$1" '.[$name].id' <<<"$manifest") || {
  echo "no document is called $1" >&2
  exit 1
}
# The node is not believed that it is the text you read: count the hash yourself.
text=$(jq -j --arg name "$1" '.[$name].text' <<<"$manifest" | sha256sum)
[[ $id == "sha256:${text%% *}" ]]

# Mutations have no GET: their ids go by POST, as {"documentId": …, "variables": …}.
answer=$(curl -sS -G "$MOTCUA_URL/graphql" ${MOTCUA_TOKEN:+-H "authorization: Bearer $MOTCUA_TOKEN"} \
  -H 'accept: application/graphql-response+json' --data-urlencode "documentId=$id" --data-urlencode "variables=$2")
if jq -e '.errors // empty' <<<"$answer" >&2; then exit 1; fi
jq .data <<<"$answer"
