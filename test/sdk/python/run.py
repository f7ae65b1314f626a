"""Runs the scenarios as test/sdk/README.md says.

    SCENARIO_OPTIONS='{"connectionString":…}' run.py [part of a name]
"""
import json
import os
import socket
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

from application import Application
from phones import Phone
from scenarios import calls, identity, incoming, media, participants, recordings, rules, speech, streams, transcription, transfer
from steps import World


def run(world, name, scenario):
    """Runs one scenario, prints how it went, and reports whether it passed."""
    started = time.monotonic()
    try:
        scenario(world)
    except Exception:  # pylint: disable=broad-exception-caught
        trace = traceback.format_exc().strip().replace("\n", "\n  ")
        say(f"not ok - {name}\n  {trace}")
        return False
    say(f"ok - {name} ({1000 * (time.monotonic() - started):.0f} ms)")
    return True


def say(line):
    """Prints a line as a whole: print writes its end apart, and another thread may come between."""
    print(line + "\n", end="", flush=True)


def known_here(name):
    """The server is also reached by a name that the SDK sends its signature to."""
    ask = socket.getaddrinfo
    socket.getaddrinfo = lambda host, *rest, **more: ask("127.0.0.1" if host == name else host, *rest, **more)


def main():
    options = json.loads(os.environ["SCENARIO_OPTIONS"])
    known_here(options["recordingHost"])
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    app = Application(options["connectionString"], options["port"])
    app.validated()
    world = World(app, {name: Phone(options["phones"], name) for name in ("alice", "bob", "carol", "carrier", "guest")}, options)

    # Groups run beside each other, and each has phones of its own: alice
    # belongs to calls, bob to media, carol and the carrier to incoming, the
    # guest to identity.
    slow = [s for s in calls.SCENARIOS if "never answers" in s[0]]
    quick = [s for s in calls.SCENARIOS if s not in slow]
    groups = [[s] for s in slow] + [quick] + [g.SCENARIOS for g in (incoming, media, rules, recordings, participants, transfer, speech, streams, transcription, identity)]

    def run_group(group):
        return [run(world, *scenario) for scenario in group if wanted in scenario[0]]

    with ThreadPoolExecutor(len(groups)) as beside:
        passed = [ok for results in beside.map(run_group, groups) for ok in results]
    print(f"{sum(passed)} passed, {len(passed) - sum(passed)} failed")
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
