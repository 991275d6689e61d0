"""The cashier's page in German: its fixed words, and why a gift is not given."""

from __future__ import annotations

PAGE: dict[str, str] = {
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
}

# code -> what happened, what to do
REFUSALS: dict[str, tuple[str, str]] = {
    "training": (
        "Das ist ein Trainingsverkauf: hier wird nichts gegeben.",
        "Für einen echten Verkauf das Training verlassen.",
    ),
    "no_such_offer": (
        "Dieser Einkauf hat kein solches Angebot.",
        "Die Angebotsnummer aus der letzten Antwort zum Korb senden.",
    ),
    "not_disputable": (
        "Dieses Angebot wurde nicht abgelehnt oder ist von Kulanz ausgenommen.",
        "Dem Kunden den Satz zum Angebot vorlesen.",
    ),
    "over_case_limit": (
        "Das ist mehr, als ein Fall geben darf.",
        "Höchstens {most} geben oder die Leitung rufen.",
    ),
    "over_shift_limit": (
        "Diese Kasse hat ihre Kulanz für diese Schicht gegeben.",
        "Höchstens {most} geben oder die Leitung rufen.",
    ),
    "already_settled": (
        "Dieses Angebot wurde schon mit anderem Betrag oder Namen geklärt.",
        "Unter 'geklärt' nachsehen; es wird nicht zweimal gegeben.",
    ),
}
