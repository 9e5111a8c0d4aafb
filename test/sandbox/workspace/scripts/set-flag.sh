#!/bin/sh
# Sets a variable in an environment's .env file: sh scripts/set-flag.sh .env ENABLE_SEMANTIC_CACHE_V2 1
set -eu
file=$1 name=$2 value=$3
grep -q "^$name=" "$file" || { echo "$file has no $name." >&2; exit 1; }
sed "s/^$name=.*/$name=$value/" "$file" >"$file.new"
cat "$file.new" >"$file"
rm "$file.new"
grep "^$name=" "$file"
