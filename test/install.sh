#!/usr/bin/env bash
# Installs what the tests need and is missing; does nothing when all is there,
# so that it costs nothing to run before every test and works offline then.
set -euo pipefail
cd "$(dirname "$0")/.."

# command: Debian package. The race detector needs a C compiler.
declare -A packages=(
  [baresip]=baresip-core   # softphones
  [sipp]=sip-tester        # trunks
  [espeak-ng]=espeak-ng    # prompts that are spoken
  [gcc]=gcc
)

missing=()
for command in "${!packages[@]}"; do
  command -v "$command" >/dev/null || missing+=("${packages[$command]}")
done
[ -e /usr/include/stdio.h ] || missing+=(libc6-dev)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)

if [ "${#missing[@]}" -gt 0 ]; then
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "install as root: apt-get install ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "installing ${missing[*]}"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
fi

# JavaScript modules exactly as locked, again only when the lock has changed.
for dir in test/sdk/javascript examples/reminder; do
  [ -f "$dir/package-lock.json" ] || continue
  if ! cmp -s "$dir/package-lock.json" "$dir/node_modules/.installed-lock"; then
    (cd "$dir" && npm ci --no-fund --no-audit --loglevel=error)
    cp "$dir/package-lock.json" "$dir/node_modules/.installed-lock"
  fi
done
