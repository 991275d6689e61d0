"""What can be wrong with words from outside. The reader quarantines them; nothing stops."""

from __future__ import annotations


class BadWords(Exception):  # noqa: N818 - named by what is bad, as its three kinds are
    """The base of the three: `why` goes into the quarantine."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class BadPayload(BadWords):
    """The bytes are not the message that they claim to be."""


class UnknownSchema(BadWords):
    """A kind of message, or a major version, that this release does not read."""


class BadLetter(BadWords):
    """Signed words that nobody with a right to them wrote, or that were not meant for this."""
