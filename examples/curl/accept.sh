#!/usr/bin/env bash
# Takes a dossier in at the counter, once, however often it is sent: prints its code, the receipt's key and its position.
#
#   MOTCUA_URL=http://127.0.0.1:8080 MOTCUA_TOKEN=… ./accept.sh OFFICE PROCEDURE 'FULL NAME' [COMMAND-ID]
set -euo pipefail

# The id names the act. Whoever does not know whether an earlier try arrived gives the same id again: the answer is the first
# one's, and says `repeated`. With other content the id is refused (IDEMPOTENCY_CONFLICT).
id=${4:-$(cat /proc/sys/kernel/random/uuid)}
echo "commandId $id" >&2

# shellcheck disable=SC2016  # the document's own variable
document='mutation Accept($input: AcceptDossierAtCounterInput!) {
  acceptDossierAtCounter(input: $input) { code capability position repeated visible errors { code field messageVi messageEn } }
}'
body=$(jq -n --arg query "$document" --arg id "$id" --arg office "$1" --arg procedure "$2" --arg name "$3" \
  '{$query, variables: {input: {commandId: $id, $office, $procedure, applicant: {fullName: $name}}}}')

# Sent again by itself when the line breaks, and on 429 and 503, after the seconds that `Retry-After` says: safe, for the id. Into a
# file, which curl empties before it tries again.
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
curl -sS --retry 5 --retry-all-errors --max-time 20 -o "$answer" "$MOTCUA_URL/graphql" \
  -H "authorization: Bearer $MOTCUA_TOKEN" -H 'content-type: application/json' \
  -H 'accept: application/graphql-response+json' --data-binary "$body"

# Two kinds of "no": `errors` beside `data` when the request failed, `errors` inside the payload when the act was refused.
if jq -e '.errors // .data.acceptDossierAtCounter.errors | select(. != [])' "$answer" >&2; then exit 1; fi
jq '.data.acceptDossierAtCounter | del(.errors)' "$answer"
