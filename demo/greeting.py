"""What a person reads at the start: who can sign in, and what there is to do first. Pure."""

from __future__ import annotations

from demo.lab import PASSWORD
from demo.script import Person, people

FIRST_STEPS = (
    (
        "Ana, Ben, Chi, Dev",
        "My work: start on a language, press ? for the keys. Sensitivity waits there too.",
    ),
    ("Rui", "Review: settle what was rejected or judged differently, and what was drawn for revision."),
    ("Mia", "Progress, Checks and Releases: how far the languages are, what is flagged, 0.1 as it stands."),
    ("Oz", "Sees nothing, until: manage.py add_member sample oz@example.org --languages en"),
)


def sign_ins() -> str:
    """This function will return the table of the cast: name, part, address, languages and the one password."""
    rows = [("", "part", "e-mail", "works in"), *map(_row, people())]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    table = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join([f"Sign in with the password {PASSWORD}", "", *table])


def _row(person: Person) -> tuple[str, str, str, str]:
    part = person.role or (f"annotator, {person.standing}" if person.standing else "no part yet")
    languages = "all languages" if person.role == "reviewer" else " ".join(person.annotates)
    return person.name, part, person.email, languages


def what_to_do_first() -> str:
    """This function will return what each role does first, a line each."""
    width = max(len(who) for who, _ in FIRST_STEPS)
    return "\n".join(["What to do first", "", *(f"{who.ljust(width)}  {step}" for who, step in FIRST_STEPS)])
