"""Words as a search compares them: without case, accents and spellings that mean the same. Pure."""

from __future__ import annotations

import re
import unicodedata

MOST_LETTERS = 32  # of one word; a longer one is a code, and compared by its beginning
SAME = {  # what the standard's decomposition leaves apart
    "ø": "o",
    "æ": "a",
    "œ": "o",
    "ł": "l",
    "đ": "d",
    "\u0131": "i",  # dotless
    "\u0640": "",  # tatweel only stretches
    "\u0629": "\u0647",  # teh marbuta is typed as heh
    "\u0649": "\u064a",  # alef maksura is typed as yeh
    "\u06cc": "\u064a",  # Persian yeh
    "\u06a9": "\u0643",  # Persian kaf
    "\u0671": "\u0627",  # alef wasla
}
TABLE = str.maketrans(SAME)
UMLAUTS = re.compile("(?<=[aou])e")  # "Kaese" is how a till writes "Käse"
TOKENS = re.compile(r"[^\W\d_]+|\d+")
ARTICLE = "\u0627\u0644"  # the Arabic article is a part of its word
UNITS = frozenset({"g", "kg", "ml", "l", "cl", "gr", "x"})
SMALL = """
the of for and with on in to is
der die das und mit im für auf ein eine
el la los las de del con en por un una y
\u0645\u0646 \u0641\u064a \u0639\u0644\u0649 \u0645\u0639 \u0648
"""


def folded(text: str) -> str:
    """Give the form under which words are the same: "Käse", "KAESE" and "kase" are one."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return UMLAUTS.sub("", bare.translate(TABLE))


def tokens(text: str) -> list[str]:
    """Give the folded words and numbers of a text, units and small words left out, in their order."""
    found = (word(token) for token in TOKENS.findall(folded(text)))
    return [token for token in found if token and token not in LEFT_OUT]


def word(token: str) -> str:
    """Shorten a token to what is compared: no Arabic article, western digits, not too long."""
    if token.startswith(ARTICLE) and len(token) > len(ARTICLE) + 2:
        token = token.removeprefix(ARTICLE)
    if token.isdigit():
        token = "".join(str(unicodedata.digit(figure, 0)) for figure in token)
    return token[:MOST_LETTERS]


LEFT_OUT = UNITS | {folded(small) for small in SMALL.split()}
