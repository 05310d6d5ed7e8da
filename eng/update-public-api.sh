#!/usr/bin/env bash
# Brings every src/*/PublicAPI.Unshipped.txt in line with the code: adds what the analyzer reports missing (RS0016), removes what is gone (RS0017).
set -euo pipefail
cd "$(dirname "$0")/.."
for project in src/*/*.csproj; do
  folder=$(dirname "$project")
  file="$folder/PublicAPI.Unshipped.txt"
  for pass in 1 2 3; do
    log=$(CI= dotnet build "$project" -c Release --no-incremental -nologo -v q 2>&1 | grep -F "/${project##*/}]" || true)
    added=$(sed -nE "s/.*warning RS0016: Symbol '(.*)' is not part of the declared public API.*/\1/p" <<<"$log" | sort -u)
    gone=$(sed -nE "s/.*warning RS0017: Symbol '(.*)' is part of the declared API, but.*/\1/p" <<<"$log" | sort -u)
    [ -z "$added$gone" ] && break
    { head -1 "$file"; { tail -n +2 "$file" | { grep -vxF -f <(printf "%s\n" "${gone:-#none}") || true; }; printf '%s\n' "$added"; } | grep . | LC_ALL=C sort -u; } >"$file.new"
    mv "$file.new" "$file"
  done
  echo "$file: $(($(wc -l <"$file") - 1)) symbols"
done
