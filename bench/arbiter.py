"""How often the arbiter's choice among three real systems is the best by judges it has not seen.

    python -m bench.arbiter [--data DIR]

1,000 questions translated into German by three systems, each scored by up to five language models (DIR, else
ISOGLOSS_DATA, else ../shared/data: `mmlu-de-systems`). For every judge that scored all three of at least a hundred
items: the best by that judge (ties count as best) is the truth; the arbiter sees the checks alone, another judge
alone, the mean of the other judges (also drawn to the systems' means), or what each system said of itself. `hit`:
share of the items whose choice is best; `alone`: the same where one system alone is best; `mean`: the choice's
score by the judge that is the truth.

Choices that are left even by all they see go to the best system by the mean of the seen scores, and without scores
count as drawn at random. A judge of a system's own family is marked.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import TypeAlias

import numpy as np

from bench.checks import data_directory, english_test, item_fields, read_rows
from flagging.checks import PAIR_CHECKS, Pair, measure
from flagging.measures.arbiter import (
    Candidate,
    Severity,
    agreement,
    drawn_to_means,
    preferred,
    rank,
    shares_won,
)

SYSTEMS = ("DeepSeek-V3", "Llama-3.2-1B-Instruct", "Meta-Llama-3.1-8B-Instruct")
LEAST_ITEMS = 100
DRAWS = 2000

Scores: TypeAlias = dict[str, dict[str, float]]
Chooser: TypeAlias = Callable[[str], Mapping[str, float]]


def judge_scores(folder: Path) -> dict[str, Scores]:
    """This function will return judge to item to system to score, as they are kept."""
    found: dict[str, Scores] = defaultdict(lambda: defaultdict(dict))
    for row in read_rows(folder / "judge_scores.jsonl.gz"):
        found[row["judge"]][row["sample_id"]][row["system"]] = float(row["score"])
    return found


def own_scores(folder: Path) -> Scores:
    """This function will return item to system to the score that the system gave itself."""
    found: Scores = defaultdict(dict)
    for system in SYSTEMS:
        for row in read_rows(folder / f"{system}.jsonl.gz"):
            if row["score"] is not None:
                found[row["sample_id"]][system] = float(row["score"])
    return found


def severities(data: Path) -> dict[str, dict[str, tuple[Severity, ...]]]:
    """This function will run the pair checks over all systems: item to system to the severities that fired."""
    english = english_test(data)
    found: dict[str, dict[str, tuple[Severity, ...]]] = defaultdict(dict)
    for system in SYSTEMS:
        rows = list(read_rows(data / "mmlu-de-systems" / f"{system}.jsonl.gz"))
        fields = [(item_fields(english[row["sample_id"]]), item_fields(row)) for row in rows]
        whole = measure(Pair(source, target, "en", "de") for source, target in fields)
        for row, (source, target) in zip(rows, fields, strict=True):
            pair = Pair(source, target, "en", "de", row["answer"], whole)
            fired = (check.severity for check in PAIR_CHECKS for _ in check.run(pair))
            found[row["sample_id"]][system] = tuple(fired)
    return found


def complete(scores: Scores) -> Scores:
    """This function will keep the items in which every system has a score."""
    return {item: of for item, of in scores.items() if set(SYSTEMS) <= set(of)}


def mean_of(judges: Mapping[str, Scores], left_out: str) -> Scores:
    """This function will average the other judges' scores of the items in which each compared all systems."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for judge, scores in judges.items():
        if judge != left_out and len(complete(scores)) >= LEAST_ITEMS:
            for item, of in complete(scores).items():
                for system in SYSTEMS:
                    found[item][system].append(of[system])
    return {item: {system: float(np.mean(them)) for system, them in of.items()} for item, of in found.items()}


def reliability_of(judges: Mapping[str, Scores], left_out: str) -> float:
    """This function will return how reliable the other judges' mean is: their correlations within systems,
    averaged, stepped up to their number (Spearman and Brown)."""
    seen = [s for judge, s in judges.items() if judge != left_out and len(complete(s)) >= LEAST_ITEMS]
    pairs = [agreement(complete(one), complete(other)) for one, other in combinations(seen, 2)]
    mean = float(np.mean(pairs))
    return len(seen) * mean / (1 + (len(seen) - 1) * mean)


def by_scores(scores: Scores, fired: Mapping[str, Mapping[str, tuple[Severity, ...]]]) -> Chooser:
    """This function will choose as the arbiter does, by checks and scores together."""
    order = preferred({system: [of.get(system) for of in scores.values()] for system in SYSTEMS})

    def choose(item: str) -> Mapping[str, float]:
        of = scores.get(item, {})
        candidates = [Candidate(system, of.get(system), fired[item][system]) for system in SYSTEMS]
        return {rank(candidates, order).best: 1.0}

    return choose


def by_system(scores: Scores, fired: Mapping[str, Mapping[str, tuple[Severity, ...]]]) -> Chooser:
    """This function will choose the system whose mean is highest of those that no check calls broken."""
    order = preferred({system: [of[system] for of in scores.values()] for system in SYSTEMS})

    def choose(item: str) -> Mapping[str, float]:
        broken = {system: 1.0 if "broken" in fired[item][system] else 0.0 for system in order}
        return {min(order, key=broken.__getitem__): 1.0}

    return choose


def by_checks(fired: Mapping[str, Mapping[str, tuple[Severity, ...]]]) -> Chooser:
    """This function will choose by the checks alone; those they leave even share the choice."""

    def choose(item: str) -> Mapping[str, float]:
        orders = (SYSTEMS[turn:] + SYSTEMS[:turn] for turn in range(len(SYSTEMS)))
        best = {rank([Candidate(s, None, fired[item][s]) for s in SYSTEMS], order).best for order in orders}
        return {system: 1 / len(best) for system in best}

    return choose


def hits(truth: Scores, choose: Chooser) -> np.ndarray:
    """This function will return a row an item: chance of a best choice, whether one is best alone, its score."""
    rows = []
    for item, of in truth.items():
        top = max(of.values())
        best = {system for system, score in of.items() if score == top}
        chosen = choose(item)
        hit = sum(chance for system, chance in chosen.items() if system in best)
        rows.append((hit, len(best) == 1, sum(chance * of[system] for system, chance in chosen.items())))
    return np.array(rows)


def line(name: str, found: np.ndarray, against: np.ndarray) -> str:
    """This function will put a chooser's figures on a line, with the bootstrap interval of its gain in hits."""
    random = np.random.default_rng(0)
    gain = found[:, 0] - against[:, 0]
    drawn = random.choice(gain, size=(DRAWS, len(gain))).mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    alone = found[:, 1] == 1
    return (
        f"  {name:44} {found[:, 0].mean():.3f}  {found[alone, 0].mean():.3f}  {found[:, 2].mean():.3f}"
        f"   {gain.mean():+.3f} [{low:+.3f}, {high:+.3f}]"
    )


def report(data: Path) -> Iterator[str]:
    """This function will yield the table, a block for each judge that is the truth."""
    folder = data / "mmlu-de-systems"
    judges = judge_scores(folder)
    fired, own = severities(data), own_scores(folder)
    for name in SYSTEMS:
        broken = sum("broken" in of[name] for of in fired.values())
        yield f"{name}: broken {broken}, any finding {sum(bool(of[name]) for of in fired.values())} of {len(fired)}"
    for judge in sorted(judges):
        truth = complete(judges[judge])
        if len(truth) < LEAST_ITEMS:
            yield f"\n{judge}: scored all three systems of {len(truth)} items only, left out"
            continue
        yield from _block(judge, truth, judges, fired, own)
    everyone = mean_of(judges, "")
    choose = by_scores(drawn_to_means(everyone, reliability_of(judges, "")), fired)
    for system, share in shares_won(("de", next(iter(choose(item)))) for item in fired)["de"].items():
        yield f"share won by all judges and checks: {system:28} {share.share:.3f} of {share.items}"


def _block(
    judge: str,
    truth: Scores,
    judges: Mapping[str, Scores],
    fired: Mapping[str, Mapping[str, tuple[Severity, ...]]],
    own: Scores,
) -> Iterator[str]:
    reliability = reliability_of(judges, judge)
    mark = " (of a system's own family)" if judge.split("-")[0] in {s.split("-")[0] for s in SYSTEMS} else ""
    always = {s: hits(truth, lambda _, s=s: {s: 1.0}) for s in SYSTEMS}
    best = max(always, key=lambda system: always[system][:, 0].mean())
    alone = int(always[best][:, 1].sum())
    yield f"\nbest by {judge}{mark}, {len(truth)} items, one alone best in {alone}"
    yield f"  (the other judges' mean has reliability {reliability:.2f} within systems)"
    yield f"  {'':44} hit    alone  mean    hits gained on always {best}"
    for system, found in always.items():
        yield line(f"always {system}", found, always[best])
    seen: dict[str, Chooser] = {
        "at random": lambda _: dict.fromkeys(SYSTEMS, 1 / len(SYSTEMS)),
        "checks alone": by_checks(fired),
        "the systems' own scores": by_scores(own, fired),
        "the better system, unless it is broken": by_system(mean_of(judges, judge), fired),
        "mean of the other judges": by_scores(mean_of(judges, judge), fired),
        "the same, drawn to the systems' means": by_scores(
            drawn_to_means(mean_of(judges, judge), reliability), fired
        ),
    }
    for other in sorted(set(judges) - {judge}):
        if len(complete(judges[other])) >= LEAST_ITEMS:
            seen[f"{other} alone"] = by_scores(judges[other], fired)
    for name, choose in seen.items():
        yield line(name, hits(truth, choose), always[best])


def main() -> None:
    """This function will print the table; exits 1 where the data is not there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data")
    data = data_directory(parser.parse_args().data)
    if not (data / "mmlu-de-systems").is_dir():
        raise SystemExit(f"{data} holds no mmlu-de-systems: name the folder of the real data with --data.")
    for text in report(data):
        print(text)


if __name__ == "__main__":
    main()
