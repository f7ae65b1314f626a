"""Finds the figures of verify.go.

Needs numpy. It takes what the searches found in the corpus that may be learnt from:

    go test -count 1 -timeout 30m -run AsMeasured ./internal/speech/recognition/pocketsphinx -dump /tmp/learnt.json
    python3 internal/speech/recognition/pocketsphinx/train/verify.py /tmp/learnt.json

and prints the weights of a logistic regression between phrases that were said and
phrases that were found in something else. The constant is moved to where the engine
rather takes a phrase than misses one: the corpus has more of other sentences than
callers say.
"""

import json
import sys

import numpy as np

MOVED = 2.5  # natural logarithm of odds


def pause(segment):
    return segment["Word"][0] in "<[+" or segment["Word"] == "SIL"


def frames(segment):
    return segment["Last"] - segment["First"] + 1


def evidence(phrase, sounds):
    """What compare of verify.go makes: stray, worst, beside; None without a word."""
    per_frame = [s["Score"] / frames(s) for s in sounds for _ in range(frames(s))]
    words = [s for s in phrase if not pause(s)]
    if not words:
        return None
    worse = [s["Score"] - sum(per_frame[s["First"] : s["Last"] + 1]) for s in phrase]
    worst = min(w / frames(s) for s, w in zip(phrase, worse) if not pause(s))
    beside = sum(w for s, w in zip(phrase, worse) if pause(s)) / sum(map(frames, words))
    middles = [(s["First"] + s["Last"]) // 2 for s in sounds if not pause(s)]
    stray = sum(not any(w["First"] <= m <= w["Last"] for w in words) for m in middles)
    return stray, worst, beside


def fitted(x, y, rounds=60, ridge=0.01):
    """Logistic regression by Newton's method: the weights, and the constant last."""
    mean, spread = x.mean(0), x.std(0)
    z = np.c_[(x - mean) / spread, np.ones(len(x))]
    b = np.zeros(z.shape[1])
    penalty = np.full(len(b), ridge * len(y) / 100)
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-z @ b))
        slope = z.T @ (y - p) - penalty * np.r_[b[:-1], 0]
        b += np.linalg.solve((z.T * (p * (1 - p) + 1e-9)) @ z + np.diag(penalty), slope)
    weights = b[:-1] / spread
    return np.r_[weights, b[-1] - weights @ mean]


def main(path):
    rows, said = [], []
    for line in open(path):
        o = json.loads(line)
        if o["Said"] and o["Nearest"] != o["Said"]:
            continue  # another phrase of the same choice: no rule can tell
        e = evidence(o["Heard"] or [], o["Sounds"] or [])
        if e is not None:
            rows.append(e)
            said.append(bool(o["Said"]))
    b = fitted(np.array(rows, float), np.array(said, float))
    for name, value in zip(["weightStray", "weightWorst", "weightBeside"], b):
        print(f"{name} = {value:.4f}")
    print(f"weightNone = {b[-1] + MOVED:.2f}")


if __name__ == "__main__":
    main(sys.argv[1])
