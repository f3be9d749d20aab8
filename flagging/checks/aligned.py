"""What a matrix of similarities says: options that stand under another letter, a question that is another's."""

from __future__ import annotations

from collections.abc import Sequence

from flagging.checks.base import (
    JSON,
    Described,
    Finding,
    Span,
    excerpt,
    gettext_noop,
    letter,
)

Matrix = Sequence[Sequence[float]]
# Every assignment of more options than this would take too long to try.
MOST_OPTIONS = 12


def best_assignment(matrix: Matrix) -> tuple[float, tuple[int, ...]]:
    """This function will return the largest sum of a square matrix over one-to-one assignments, and the column
    of each row. Of equal ones the identity wins, so that equal options are never called swapped.

    By dynamic programming over sets of columns (Held and Karp, 1962): 2^n × n steps.
    """
    size = len(matrix)
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for row in range(size):
        reached: dict[int, tuple[float, tuple[int, ...]]] = {}
        for taken, (total, chosen) in best.items():
            for column in range(size):
                bit = 1 << column
                if taken & bit:
                    continue
                found = (total + matrix[row][column], (*chosen, column))
                if taken | bit not in reached or found[0] > reached[taken | bit][0]:
                    reached[taken | bit] = found
        best = reached
    total, chosen = best[(1 << size) - 1]
    straight = sum(matrix[index][index] for index in range(size))
    return (straight, tuple(range(size))) if straight >= total else (total, chosen)


class OptionsSwapped(Described):
    """The options fit the source better in another order than in their own."""

    name = "options_swapped"
    severity = "broken"
    title = gettext_noop("Options swapped")
    message = gettext_noop(
        "By meaning, options %(letters)s of the source stand at %(moved)s in the translation (similarity "
        "%(own)s in place, %(best)s so)."
    )

    def run(
        self,
        names: Sequence[str],
        matrix: Matrix,
        source: Sequence[str],
        target: Sequence[str],
        *,
        margin: float,
    ) -> Finding | None:
        """This function will compare the best order of the options with their own.

        `matrix[i][j]` is the similarity of option i of the source and option j of the translation. A finding
        asks that the options which move gain at least `margin` each, on average.
        """
        if not 2 <= len(names) <= MOST_OPTIONS:
            return None
        _, order = best_assignment(matrix)
        moved = [index for index, column in enumerate(order) if column != index]
        if not moved:
            return None
        own = sum(matrix[index][index] for index in moved) / len(moved)
        best = sum(matrix[index][order[index]] for index in moved) / len(moved)
        if best - own < margin:
            return None
        params: dict[str, JSON] = {
            "letters": ", ".join(letter(names[index]) for index in moved),
            "moved": ", ".join(letter(names[order[index]]) for index in moved),
            "own": f"{own:.2f}",
            "best": f"{best:.2f}",
        }
        spans = [Span("source", names[index], 0, len(source[index])) for index in moved]
        spans += [Span("target", names[order[index]], 0, len(target[order[index]])) for index in moved]
        return Finding(names[moved[0]], params, tuple(spans))


class MisalignedQuestion(Described):
    """The question is the translation of another item's question, or of none."""

    name = "misaligned_question"
    severity = "suspect"
    title = gettext_noop("Another question")
    message = gettext_noop(
        "The translation hardly means what the source asks (similarity %(own)s, where %(usual)s is usual). "
        "Of the other sources “%(other)s” is closest to it (%(closest)s)."
    )

    def run(
        self,
        field: str,
        text: str,
        *,
        own: float,
        usual: float,
        spread: float,
        other: str,
        closest: float,
        margin: float,
    ) -> Finding | None:
        """This function will tell whether a question's similarity to its own source is far too low.

        `usual` and `spread` are median and robust deviation among the pairs it stands with, `other` the source
        among theirs that is closest to it, `closest` their similarity. A finding asks for one of two: that
        source fits better by `margin`, and its own similarity is below the usual; or its own is four
        deviations, and at least twice the margin, below the usual.
        """
        better = closest - own >= margin and own < usual
        outlier = own < usual - max(4 * spread, 2 * margin)
        if not (better or outlier):
            return None
        params: dict[str, JSON] = {
            "own": f"{own:.2f}",
            "usual": f"{usual:.2f}",
            "other": excerpt(other),
            "closest": f"{closest:.2f}",
        }
        return Finding(field, params, (Span("target", field, 0, len(text)),))
