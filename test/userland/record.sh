#!/usr/bin/env bash
# Records what the real programs of this system answer to scripts.txt: a JSON row [script, status, output] for each, run in
# an empty folder with a clean environment. Run it on Debian 12 or Ubuntu 24.04.
set -u
here=$(cd "$(dirname "$0")" && pwd)
while IFS= read -r line; do
  dir=$(mktemp -d)
  out=$(cd "$dir" && env -i PATH=/usr/bin:/bin HOME=/root LC_ALL=C timeout 10 bash -c "$line" 2>&1 </dev/null; printf '\n%d' $?)
  rm -rf "$dir"
  jq -cn --arg s "$line" --arg o "${out%$'\n'*}" --argjson c "${out##*$'\n'}" '[$s, $c, $o]'
done <"$here/scripts.txt" >"$here/recorded.jsonl"
