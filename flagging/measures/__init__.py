"""How good the pass is, and what it cannot say: pure functions over the verdicts of a random audit.

Everything here reads a suspicion, higher = more likely bad (a scorer's value with its sign turned), and
weighs a verdict by one over the probability with which its item came into the sample. Within one language,
unless a function says otherwise. Nothing imports Django; what is random takes a seed.
"""
