"""Read GS1 element strings with biip. Loaded in the warm-up thread: biip costs 17 MB and 0.1 s."""

from __future__ import annotations

from biip import ParseError
from biip.gs1_messages import GS1Message


def element_strings(text: str) -> dict[str, str]:
    """Give AI -> value, in plain digits; an empty dict where the text is no element string."""
    try:
        message = GS1Message.parse(text)
    except ParseError:
        return {}
    return {element.ai.ai: element.value for element in message.element_strings}
