"""Read GS1 element strings with biip. Loaded in the warm-up thread: biip costs 0.1 s.

Its table of company prefixes is dropped: 13 MB that only say how long the prefix in a number is,
which no lane asks. Without it biip answers that the prefix is unknown, and reads everything else.
"""

from __future__ import annotations

from biip import ParseError, gs1_prefixes
from biip.gs1_messages import GS1Message

_prefixes = getattr(gs1_prefixes, "_GS1_COMPANY_PREFIX_TRIE", None)
if isinstance(_prefixes, dict):
    _prefixes.clear()


def element_strings(text: str) -> dict[str, str]:
    """Give AI -> value, in plain digits; an empty dict where the text is no element string."""
    try:
        message = GS1Message.parse(text)
    except ParseError:
        return {}
    return {element.ai.ai: element.value for element in message.element_strings}
