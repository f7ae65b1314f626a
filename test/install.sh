#!/usr/bin/env bash
# Installs what the tests need and is missing, and says so before it does.
# When nothing is missing it costs nothing and needs no network, so it runs
# before every test. Made for Debian 12 and newer; Go is there already.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=() modules=() python=test/sdk/python engines=test/engines java=test/sdk/java

# need PACKAGE COMMAND-OR-FILE WHY: notes a Debian package whose command or file is not there.
need() {
  if ! command -v "$2" >/dev/null && ! [ -e "$2" ]; then
    packages+=("$1")
    echo "missing: Debian package $1, $3"
  fi
}

# library NAME: where the system has a library of C, or a place where nothing is.
library() { /sbin/ldconfig -p | awk -v name="$1" '$1 == name { print $NF; found = 1; exit } END { if (!found) print "/nowhere/" name }'; }

need baresip-core baresip             "for softphones"
need sip-tester   sipp                "for telephone networks (SIPp)"
need espeak-ng    espeak-ng           "for prompts that are spoken"
need libflite1    "$(library libflite.so.1)" "for English prompts"
need libpocketsphinx3    "$(library libpocketsphinx.so.3)" "for choices by voice"
need pocketsphinx-en-us  /usr/share/pocketsphinx/model/en-us/en-us.lm.bin "for choices by voice"
need ffmpeg       ffmpeg              "for what players make of recordings"
need chromium     chromium            "for what browsers make of recordings"
need libmp3lame0   "$(library libmp3lame.so.0)"   "for recordings in MP3"
need libvo-aacenc0 "$(library libvo-aacenc.so.0)" "for recordings in MP4"
need libopus0      "$(library libopus.so.0)"      "for recordings in MP4"
need gcc          gcc                 "for the race detector"
need libc6-dev    /usr/include/stdio.h "for the race detector"
need nodejs       node                "for the JavaScript SDK"
need npm          npm                 "for the JavaScript SDK"
need default-jdk-headless javac       "for the Java SDK"
need maven        mvn                 "for the Java SDK"

# Debian's python3 has venv but not what venv needs; another python3 has both.
if ! command -v python3 >/dev/null; then
  packages+=(python3 python3-venv)
  echo "missing: Debian packages python3 and python3-venv, for the Python SDK"
elif ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
  packages+=(python3-venv)
  echo "missing: Debian package python3-venv, for the Python SDK"
fi

# JavaScript modules exactly as locked, again only when the lock has changed.
for dir in test/sdk/javascript test/storage examples/reminder examples/outage-broadcast; do
  if ! cmp -s "$dir/package-lock.json" "$dir/node_modules/.installed-lock"; then
    modules+=("$dir")
    echo "missing: JavaScript modules of $dir"
  fi
done

# Python packages in a virtual environment of their own, as locked too: the SDK, and
# engines of speech.
environment_is_there() {
  cmp -s "$1/requirements.txt" "$1/.venv/.installed-requirements" && "$1/.venv/bin/python3" -c '' 2>/dev/null
}
if ! environment_is_there "$python"; then
  echo "missing: the Python SDK in $python/.venv"
fi
if ! environment_is_there "$engines"; then
  echo "missing: whisper and piper in $engines/.venv, about 650 MB"
fi

# The Java SDK and what it stands on, as files: only their coming needs Maven.
jars_are_there() {
  cmp -s "$java/pom.xml" "$java/lib/.installed-pom"
}
if ! jars_are_there; then
  echo "missing: the Java SDK in $java/lib"
fi

# A server of S3, built once into .cache.
gateway=v1.8.0
if ! [ -x ".cache/versitygw-$gateway" ]; then
  echo "missing: versitygw $gateway, for recordings in a bucket"
fi

if [ -x ".cache/versitygw-$gateway" ] && [ "${#packages[@]}" -eq 0 ] && [ "${#modules[@]}" -eq 0 ] && environment_is_there "$python" && environment_is_there "$engines" && jars_are_there; then
  echo "nothing to install: all that the tests need is here"
  exit
fi

# again COMMAND...: three times, since what is fetched over a network fails now and then.
again() {
  for pause in 5 20; do
    "$@" && return
    echo "that failed; again in $pause s" >&2
    sleep "$pause"
  done
  "$@"
}

if [ "${#packages[@]}" -gt 0 ]; then
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "install as root: apt-get install ${packages[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "installing with apt-get: ${packages[*]}"
  again "${as_root[@]}" apt-get update -q
  again "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${packages[@]}"
fi

for dir in ${modules[@]+"${modules[@]}"}; do
  echo "installing with npm: modules of $dir"
  (cd "$dir" && again npm ci --no-fund --no-audit --loglevel=error)
  cp "$dir/package-lock.json" "$dir/node_modules/.installed-lock"
done

# environment DIR: makes a virtual environment in DIR, with what its requirements say.
environment() {
  rm -rf "$1/.venv"
  python3 -m venv "$1/.venv"
  # The wheels are kept: who installs from them needs no network.
  pip=("$1/.venv/bin/python3" -m pip --disable-pip-version-check)
  again "${pip[@]}" download -q -d "$1/.venv/wheels" -r "$1/requirements.txt"
  "${pip[@]}" install -q --no-index --find-links "$1/.venv/wheels" -r "$1/requirements.txt"
  cp "$1/requirements.txt" "$1/.venv/.installed-requirements"
}

if ! environment_is_there "$python"; then
  echo "installing with pip: the Python SDK into $python/.venv"
  environment "$python"
fi

if ! environment_is_there "$engines"; then
  echo "installing with pip: whisper and piper into $engines/.venv"
  environment "$engines"
  rm -rf "$engines/.venv/wheels" # nobody else installs them
fi

if ! jars_are_there; then
  echo "installing with Maven: the Java SDK into $java/lib"
  rm -rf "$java/lib"
  (cd "$java" && again mvn -q -B dependency:copy-dependencies)
  cp "$java/pom.xml" "$java/lib/.installed-pom"
fi

if ! [ -x ".cache/versitygw-$gateway" ]; then
  echo "installing with go: versitygw into .cache"
  again env GOBIN="$PWD/.cache/versitygw.tmp" go install -ldflags '-s -w' "github.com/versity/versitygw/cmd/versitygw@$gateway"
  mv .cache/versitygw.tmp/versitygw ".cache/versitygw-$gateway"
  rmdir .cache/versitygw.tmp
fi
