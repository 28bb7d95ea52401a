#!/usr/bin/env bash
# Where a dossier stands, as everybody may know it. With the 16 characters of the receipt, as its applicant may.
#
#   MOTCUA_URL=http://127.0.0.1:8080 ./track.sh CODE [KEY]
set -euo pipefail

# Variables travel beside the document, never inside its text: what somebody typed cannot become a part of the question.
# shellcheck disable=SC2016  # the document's own variables
document='query Track($code: String!, $key: String) {
  tracking(code: $code, capability: $key) {
    code status statusLabel { vi } nextStep { vi } dueAt originalDueAt timeliness withReceipt applicant { fullName phone }
  }
}'
body=$(jq -n --arg query "$document" --arg code "$1" --arg key "${2:-}" \
  '{$query, variables: {$code, key: (if $key == "" then null else $key end)}}')
# No sign-in: this is what the page behind the QR code shows.
answer=$(curl -sS "$MOTCUA_URL/graphql" -H 'content-type: application/json' --data-binary "$body")
if jq -e '.errors // empty' <<<"$answer" >&2; then exit 1; fi
jq -e .data.tracking <<<"$answer" || {
  echo "there is no dossier $1" >&2
  exit 1
}
