#!/bin/sh
# install.sh FOLDER: puts these tests and the packages that they need into FOLDER, once for each state of both.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cp "$here"/package.json "$here"/package-lock.json "$here"/.npmrc "$here"/*.mjs "$here"/*.py "$1"
cd "$1"
if ! cmp -s package-lock.json node_modules/.installed; then
  npm ci --no-progress || npm ci --no-progress
  cp package-lock.json node_modules/.installed
fi
