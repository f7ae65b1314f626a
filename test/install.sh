#!/usr/bin/env bash
# Installs what the tests need and is missing, and says so before it does.
# When nothing is missing it costs nothing and needs no network, so it runs
# before every test. Made for Debian 12 and newer; Go is there already.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=() modules=()

# need PACKAGE COMMAND-OR-FILE WHY: notes a Debian package whose command or file is not there.
need() {
  if ! command -v "$2" >/dev/null && ! [ -e "$2" ]; then
    packages+=("$1")
    echo "missing: Debian package $1, $3"
  fi
}

need baresip-core baresip             "for softphones"
need sip-tester   sipp                "for telephone networks (SIPp)"
need espeak-ng    espeak-ng           "for prompts that are spoken"
need gcc          gcc                 "for the race detector"
need libc6-dev    /usr/include/stdio.h "for the race detector"
need nodejs       node                "for the JavaScript SDK"
need npm          npm                 "for the JavaScript SDK"

# JavaScript modules exactly as locked, again only when the lock has changed.
for dir in test/sdk/javascript examples/reminder; do
  if ! cmp -s "$dir/package-lock.json" "$dir/node_modules/.installed-lock"; then
    modules+=("$dir")
    echo "missing: JavaScript modules of $dir"
  fi
done

if [ "${#packages[@]}" -eq 0 ] && [ "${#modules[@]}" -eq 0 ]; then
  echo "nothing to install: all that the tests need is here"
  exit
fi

if [ "${#packages[@]}" -gt 0 ]; then
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "install as root: apt-get install ${packages[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "installing with apt-get: ${packages[*]}"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${packages[@]}"
fi

for dir in ${modules[@]+"${modules[@]}"}; do
  echo "installing with npm: modules of $dir"
  (cd "$dir" && npm ci --no-fund --no-audit --loglevel=error)
  cp "$dir/package-lock.json" "$dir/node_modules/.installed-lock"
done
