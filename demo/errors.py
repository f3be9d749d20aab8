"""What can stop the sample, in words for whoever runs it."""

from __future__ import annotations


class SampleError(Exception):
    """The sample cannot go on; the message says what is wrong and what to do."""


class NotATrialError(SampleError):
    """The sample was asked for outside debug, where a password that everybody knows has no place."""
