"""The page's own words, one table per language, and amounts of money in words."""

from __future__ import annotations

from collections.abc import Mapping

from offers.model import Language

ENGLISH = Language("en")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

# ISO 4217's minor unit, where it is not two digits
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "BHD": 3, "KWD": 3, "TND": 3}

WORDS: Mapping[Language, Mapping[str, str]] = {
    ENGLISH: {
        "lane": "Lane",
        "till": "Till",
        "shopper": "Shopper",
        "no_shopper": "No card scanned",
        "printer": "Printer",
        "hq": "Headquarters",
        "cache": "Offers",
        "offers_heading": "Offers in this sale",
        "received_heading": "You have just received",
        "settled_heading": "Settled in this sale",
        "nothing_new": "No new offer today.",
        "no_sale": "Ready for the next shopper",
        "no_sale_hint": "Offers show here as soon as the till sends a basket.",
        "no_lines": "No offer touches this basket.",
        "total": "Offers take off",
        "training": "TRAINING: nothing here is used up or printed for real",
        "not_connected": "Not connected to the lane. The till goes on selling; trying again…",
        "provisional": "Headquarters not asked yet",
        "kind_refused": "Refused",
        "kind_near_miss": "Almost",
        "kind_applied": "Applied",
        "kind_other": "Not used",
        "state_open": "Open",
        "state_tendered": "Paid",
        "state_voided": "Given up",
        "state_suspended": "Parked",
        "settle": "Settle…",
        "settle_heading": "Settle as goodwill",
        "amount": "Amount",
        "less": "Less",
        "more": "More",
        "note": "Why",
        "note_claim": "Shopper's claim accepted",
        "note_wording": "Wording misled the shopper",
        "note_shelf": "Shelf label was wrong",
        "note_failed": "Coupon could not be read",
        "badge": "Your badge",
        "badge_missing": "Enter your badge number first.",
        "give": "Give {amount}",
        "cancel": "Cancel",
        "given": "Settled. Take {amount} off at the till.",
        "failed": "Not settled: the lane did not answer. Try again; it is never given twice.",
        "print_printing": "printing",
        "print_printed": "printed",
        "print_accepted": "sent to the printer",
        "print_unconfirmed": "sent, not confirmed: look at the slip",
        "print_not_printed": "not printed",
        "print_unknown": "unknown: look at the slip",
    },
    Language("de"): {
        "lane": "Kasse",
        "till": "Kasse",
        "shopper": "Kunde",
        "no_shopper": "Keine Karte gescannt",
        "printer": "Drucker",
        "hq": "Zentrale",
        "cache": "Angebote",
        "offers_heading": "Angebote in diesem Einkauf",
        "received_heading": "Sie haben gerade erhalten",
        "settled_heading": "In diesem Einkauf geklärt",
        "nothing_new": "Heute kein neues Angebot.",
        "no_sale": "Bereit für den nächsten Kunden",
        "no_sale_hint": "Angebote erscheinen hier, sobald die Kasse einen Korb sendet.",
        "no_lines": "Kein Angebot betrifft diesen Korb.",
        "total": "Angebote sparen",
        "training": "TRAINING: hier wird nichts verbraucht und nichts gültig gedruckt",
        "not_connected": "Keine Verbindung. Die Kasse verkauft weiter; neuer Versuch…",
        "provisional": "Zentrale noch nicht gefragt",
        "kind_refused": "Abgelehnt",
        "kind_near_miss": "Fast",
        "kind_applied": "Eingelöst",
        "kind_other": "Nicht genutzt",
        "state_open": "Offen",
        "state_tendered": "Bezahlt",
        "state_voided": "Abgebrochen",
        "state_suspended": "Geparkt",
        "settle": "Klären…",
        "settle_heading": "Als Kulanz klären",
        "amount": "Betrag",
        "less": "Weniger",
        "more": "Mehr",
        "note": "Grund",
        "note_claim": "Kundenwunsch anerkannt",
        "note_wording": "Text war missverständlich",
        "note_shelf": "Regaletikett war falsch",
        "note_failed": "Coupon war nicht lesbar",
        "badge": "Ihre Nummer",
        "badge_missing": "Bitte zuerst Ihre Personalnummer eingeben.",
        "give": "{amount} geben",
        "cancel": "Abbrechen",
        "given": "Geklärt. {amount} an der Kasse abziehen.",
        "failed": "Nicht geklärt: keine Antwort. Erneut versuchen; es wird nie doppelt gegeben.",
        "print_printing": "druckt",
        "print_printed": "gedruckt",
        "print_accepted": "an den Drucker gesendet",
        "print_unconfirmed": "gesendet, nicht bestätigt: bitte Bon ansehen",
        "print_not_printed": "nicht gedruckt",
        "print_unknown": "unklar: bitte Bon ansehen",
    },
}


def words(language: Language) -> Mapping[str, str]:
    """Give a language's table; English where there is none. A region is ignored ("de-at")."""
    return WORDS.get(language) or WORDS.get(Language(language.split("-")[0])) or WORDS[ENGLISH]


def direction(language: Language) -> str:
    """Tell which way a language runs: "ltr" or "rtl"."""
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def money(amount_minor: int, currency: str) -> str:
    """Write an amount as a figure and its currency: 150 EUR minor units are "1.50 EUR"."""
    digits = MINOR_DIGITS.get(currency, 2)
    whole, part = divmod(amount_minor, 10**digits)
    figure = f"{whole}.{part:0{digits}d}" if digits else str(whole)
    return f"{figure} {currency}"
