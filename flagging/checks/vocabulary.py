"""The few words that checks know by heart. English is the only source language with tables."""

from __future__ import annotations


def _set(table: str) -> frozenset[str]:
    return frozenset(table.split())


# Words that bind an English sentence together.
ENGLISH_GLUE = _set(
    """
    a an and are as at be been but by can did do does for from had has have how if in is it its may might
    must not of on or should than that the their then there these they this those to was were what when
    where which while who whom whose why will with would you your
    """
)
# Glue that also stands inside titles and names, which a translation may keep.
TITLE_GLUE = _set("a an and as at by de del der di du for from in la le of on or the to van von with")
# Units, functions, types and Latin terms that stay as they are in every language.
KEPT = _set(
    """
    sin cos tan log ln exp lim max min mod det dim ker deg gcd lcm arcsin arccos arctan sinh cosh tanh
    kg km cm mm nm mg ml mol mmol kj kcal hz khz mhz ghz kpa atm psi rpm mph bpm ppm ppb
    in vitro vivo situ utero et al de novo facto jure priori posteriori hoc pro rata mens rea actus reus
    stare decisis habeas corpus sapiens coli null true false int char void bool float string
    """
)
# Written with a capital, and yet to be translated.
CALENDAR = _set(
    """
    january february march april june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    """
)
# What a program or a model writes for nothing.
ABSENT = _set("n/a none null nan undefined [] {} nil missing empty")
