#!/usr/bin/env bash
# Fetches a dossier's receipt and checks it without the office: that exactly this fact stands under the root the log has signed.
#
#   MOTCUA_URL=http://127.0.0.1:8080 ./verify.sh CODE [POLICY-FILE] [FOLDER]
#
# `motcua` must be on the PATH (or MOTCUA names it); the check itself needs no network. Exit 0 good, 1 bad, 3 cannot check.
set -euo pipefail
code=$1 policy=${2:-} folder=${3:-.}
receipt=$folder/$code.tlog-proof

# What was recorded a moment ago waits for the next signature: 202, or 503 before the first one, with `Retry-After`.
for _ in {1..30}; do
  status=$(curl -sS -o "$receipt" -w '%{http_code}' "$MOTCUA_URL/receipts/$code")
  [[ $status == 202 || $status == 503 ]] || break
  sleep 1
done
if [[ $status != 200 ]]; then
  cat "$receipt" >&2
  rm -f "$receipt"
  exit 3
fi

# Whose signatures count is not for the office to say. Bring a policy that you got elsewhere (a witness, a newspaper, an earlier
# visit); one fetched now proves only that receipt and policy fit together.
if [[ -z $policy ]]; then
  policy=$folder/policy
  curl -sSf -o "$policy" "$MOTCUA_URL/log/policy"
fi
"${MOTCUA:-motcua}" receipt verify "$receipt" --policy "$policy"

# The newest checkpoint: name of the log, number of facts, root. Keep it. Whoever shows a shorter or another log later is found
# out by it: on a copy (`motcua mirror`), `motcua verify --old checkpoint`.
curl -sSf -o "$folder/checkpoint" "$MOTCUA_URL/log/checkpoint"
{ read -r origin && read -r size && read -r root; } <"$folder/checkpoint"
index=$(sed -n 's/^index //p' "$receipt")
echo "$origin: fact $index of $size, root $root"
((index < size))
