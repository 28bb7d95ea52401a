#!/usr/bin/env bash
# Follows a dossier by server-sent events: one line for each change, none missed and none twice, also over cut lines.
#
#   MOTCUA_URL=http://127.0.0.1:8080 ./follow.sh CODE [RESUME-TOKEN]        until it is stopped
set -euo pipefail

# shellcheck disable=SC2016  # the document's own variable
document='subscription Follow($code: String!) {
  trackingChanged(code: $code) { kind position tracking { status statusLabel { vi } dueAt } }
}'
body=$(jq -n --arg query "$document" --arg code "$1" '{$query, variables: {$code}}')
seen=${2:-}
trap '[[ -z ${stream:-} ]] || kill "$stream" 2>/dev/null || true' EXIT
trap exit INT TERM

while true; do
  # `Last-Event-ID` is what a browser's EventSource sends by itself when it comes back. While nothing happens the server says its
  # place every 15 seconds: when there is nothing for 45, the line is dead, whatever it looks like.
  exec {events}< <(exec curl -sSN --speed-limit 1 --speed-time 45 "$MOTCUA_URL/graphql" \
    -H 'accept: text/event-stream' -H 'content-type: application/json' ${seen:+-H "last-event-id: $seen"} --data-binary "$body")
  stream=$!
  while IFS= read -r line <&"$events" || [[ -n $line ]]; do
    case $line in
      # The place of the event that follows; alone it is the place of a quiet stream.
      'id: '*) next=${line#id: } ;;
      'data: {'*)
        # An error at the start (a code that is none, too many streams) would come again each time.
        if jq -e '.errors // empty' <<<"${line#data: }" >&2; then exit 1; fi
        jq -rc '.data.trackingChanged | [.position, .kind // "inside the office", .tracking.status, .tracking.statusLabel.vi, .tracking.dueAt] | @tsv' <<<"${line#data: }"
        ;;
      # Only a whole event counts: what was cut in its middle is told again.
      '') seen=${next:-$seen} ;;
      # No stream but an answer: the request itself was refused.
      '{'*)
        jq . <<<"$line" >&2
        exit 1
        ;;
    esac
  done
  exec {events}<&-
  echo "cut; back in a second behind ${seen:-now}" >&2
  sleep 1
done
