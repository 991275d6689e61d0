"""The words of each language: sentences by reason, and the parts that slips and rewards need.

A sentence is a list of wordings, each with the facts it needs; the first one whose facts are all
in the evidence is said, and the last one needs none. `{title}` and `{reward}` are always there.
"One" and "other" forms stand beside each other where a count decides (the two plural forms that
both languages have: CLDR categories).
"""

from __future__ import annotations

from offers.reasons import Reason

R = Reason
Sentences = dict[Reason, tuple[str, ...]]

ENGLISH: Sentences = {
    R.APPLIED: ("{title}: {amount} is off.", "{title}: {reward}."),
    R.NEAR_MISS_QTY: (
        "{more} {set}, any except {except}, and {reward}.",
        "{more} {set}, and {reward}.",
        "A little more is needed for {title}.",
    ),
    R.NEAR_MISS_VALUE: (
        "{missing_basket} more in the basket, and {reward}.",
        "{missing_money} more of {set}, any except {except}, and {reward}.",
        "{missing_money} more of {set}, and {reward}.",
        "A little more is needed for {title}.",
    ),
    R.NO_QUALIFYING_ITEM: (
        "There is no {set} in the basket.",
        "Nothing in the basket counts for {title}.",
    ),
    R.EXCLUDED_VARIANT: (
        "{product} does not count: the offer is for {set}, any except {variant}.",
        "This variety does not count for {title}.",
    ),
    R.CONSUMED_BY_OTHER_OFFER: (
        "{by_title} has already taken the items that {title} needs.",
        "Another offer has already taken the items that {title} needs.",
    ),
    R.NOT_COMBINABLE: (
        "{title} can be used {times} in a basket, and it was.",
        "{title} cannot be combined with {by_title}.",
        "{title} cannot be combined with another offer.",
    ),
    R.BETTER_OFFER_CHOSEN: (
        "{instead} is already better than {title}.",
        "{by_title} gives more than {title}, so that one was used.",
        "Other offers give more than {title}.",
    ),
    R.MASS_PROMO_CLASH: (
        "{product} is already reduced for everyone, so {title} does not come on top.",
        "The item is already reduced for everyone, so {title} does not come on top.",
    ),
    R.NOT_STARTED: ("{title} starts on {starts}.", "{title} has not started yet."),
    R.EXPIRED: ("{title} ended on {ended}.", "{title} has ended."),
    R.WRONG_STORE: ("{title} is not valid in this store.",),
    R.WRONG_DAYPART: (
        "{title} is valid from {from} to {to} only.",
        "{title} is not valid at this hour.",
    ),
    R.NOT_ASSIGNED: ("{title} is not on this card.",),
    R.OTHER_SHOPPER: ("{title} was given to another card.",),
    R.CARD_NOT_SCANNED: ("Please scan the loyalty card for {title}.",),
    R.COUPON_NOT_PRESENTED: ("Please scan the printed coupon for {title}.",),
    R.ID_TOO_WEAK: ("{title} needs the card itself, a phone number is not enough.",),
    R.ALREADY_REDEEMED: (
        "This coupon was already used on {when} at {where}.",
        "This coupon was already used at {where}.",
        "This coupon was already used.",
    ),
    R.CLAIMED_ELSEWHERE: (
        "This coupon is being used at {where} right now.",
        "This coupon is being used at another till right now.",
    ),
    R.SERIAL_UNKNOWN: ("We do not know this coupon's number.",),
    R.SERIAL_FORGED: ("This coupon's number is not one of ours.",),
    R.CAP_PERSON: (
        "The limit of {cap} a month is reached.",
        "This month's limit of offers is reached.",
    ),
    R.CAP_CATEGORY: (
        "The limit of {cap} a month for {category} is reached.",
        "This month's limit of offers for this kind of product is reached.",
    ),
    R.QUIET_TIME: (
        "{title} was used a short time ago and can come again from {until}.",
        "{title} was used a short time ago.",
    ),
    R.RIVAL_BRAND: ("{title} is not printed beside an offer of a rival brand.",),
    R.CONTACT_CAP: ("This week's limit of messages is reached.",),
    R.BUDGET_EXHAUSTED: ("All coupons of {title} have been given out.",),
    R.OUT_OF_STOCK: ("{title} is not printed, because we are out of stock.",),
    R.RECALLED: (
        "{product} was recalled, please do not sell it.",
        "{title} was withdrawn.",
    ),
    R.LOW_MOVER: ("{title} is not printed in this store.",),
    R.NO_PAPER_NEEDED: ("{title} needs no coupon: the card is enough.",),
    R.PICTURE_STALE: ("{title} is not printed, because the packaging has changed.",),
    R.NOT_APPROVED: ("{title} has not been released.",),
    R.HOLDOUT: ("No new offer today.",),
    R.LEGAL_INFANT_FORMULA: ("The law allows no offers on infant formula.",),
    R.LEGAL_ALCOHOL: ("The law allows no such offers on alcohol here.",),
    R.LEGAL_TOBACCO: ("The law allows no offers on tobacco.",),
    R.LEGAL_HFSS_VOLUME: ("The law allows no multi-buy offers on this product here.",),
    R.LEGAL_PRINT_ON_REQUEST: ("Coupons are printed on request only.",),
    R.OFFLINE_LIMIT: (
        "We cannot check this coupon right now, and the limit for unchecked ones is reached.",
    ),
    R.STALE_DATA: ("We print nothing new, because this till's data may be out of date.",),
    R.OFFER_INVALID: ("{title} is faulty and cannot be used, headquarters has been told.",),
    R.DECISION_LATE: ("The check took too long, the coupon stays valid.",),
    R.PRINTER_DOWN: ("The printer is not ready, so {title} was not printed.",),
    R.PRINT_UNKNOWN: ("Please look whether {title} was printed.",),
    R.RETURNED_LINE: (
        "{amount} of {title} went back with the returned items.",
        "{title} went back with the returned items.",
    ),
    R.OVERRIDDEN: ("{title} was changed by hand.",),
    R.GOODWILL: ("{amount} was given as goodwill.", "This was given as goodwill."),
}

GERMAN: Sentences = {
    R.APPLIED: ("{title}: {amount} abgezogen.", "{title}: {reward}."),
    R.NEAR_MISS_QTY: (
        "{more} {set}, alle außer {except}, dann gibt es {reward}.",
        "{more} {set}, dann gibt es {reward}.",
        "Für {title} fehlt noch etwas.",
    ),
    R.NEAR_MISS_VALUE: (
        "Noch {missing_basket} im Einkauf, dann gibt es {reward}.",
        "Noch {missing_money} für {set}, alle außer {except}, dann gibt es {reward}.",
        "Noch {missing_money} für {set}, dann gibt es {reward}.",
        "Für {title} fehlt noch etwas.",
    ),
    R.NO_QUALIFYING_ITEM: (
        "Im Einkauf ist nichts davon: {set}.",
        "Nichts im Einkauf zählt für {title}.",
    ),
    R.EXCLUDED_VARIANT: (
        "{product} zählt nicht: Das Angebot gilt für {set}, alle außer {variant}.",
        "Diese Sorte zählt nicht für {title}.",
    ),
    R.CONSUMED_BY_OTHER_OFFER: (
        "Die Artikel für {title} sind schon bei {by_title} angerechnet.",
        "Die Artikel für {title} sind schon bei einem anderen Angebot angerechnet.",
    ),
    R.NOT_COMBINABLE: (
        "{title} gilt {times} je Einkauf und wurde schon angerechnet.",
        "{title} lässt sich nicht mit {by_title} verbinden.",
        "{title} lässt sich nicht mit anderen Angeboten verbinden.",
    ),
    R.BETTER_OFFER_CHOSEN: (
        "{instead} ist schon günstiger als {title}.",
        "{by_title} bringt mehr als {title}, deshalb gilt das bessere Angebot.",
        "Andere Angebote bringen mehr als {title}.",
    ),
    R.MASS_PROMO_CLASH: (
        "{product} ist schon für alle reduziert, {title} kommt nicht noch dazu.",
        "Der Artikel ist schon für alle reduziert, {title} kommt nicht noch dazu.",
    ),
    R.NOT_STARTED: ("{title} beginnt am {starts}.", "{title} hat noch nicht begonnen."),
    R.EXPIRED: ("{title} endete am {ended}.", "{title} ist abgelaufen."),
    R.WRONG_STORE: ("{title} gilt nicht in diesem Markt.",),
    R.WRONG_DAYPART: (
        "{title} gilt nur von {from} bis {to} Uhr.",
        "{title} gilt nicht um diese Uhrzeit.",
    ),
    R.NOT_ASSIGNED: ("{title} ist nicht auf dieser Karte.",),
    R.OTHER_SHOPPER: ("{title} gehört zu einer anderen Karte.",),
    R.CARD_NOT_SCANNED: ("Für {title} bitte die Kundenkarte scannen.",),
    R.COUPON_NOT_PRESENTED: ("Für {title} bitte den gedruckten Coupon scannen.",),
    R.ID_TOO_WEAK: ("Für {title} braucht es die Karte selbst, die Telefonnummer genügt nicht.",),
    R.ALREADY_REDEEMED: (
        "Dieser Coupon wurde schon am {when} in {where} eingelöst.",
        "Dieser Coupon wurde schon in {where} eingelöst.",
        "Dieser Coupon wurde schon eingelöst.",
    ),
    R.CLAIMED_ELSEWHERE: (
        "Dieser Coupon wird gerade in {where} eingelöst.",
        "Dieser Coupon wird gerade an einer anderen Kasse eingelöst.",
    ),
    R.SERIAL_UNKNOWN: ("Wir kennen die Nummer dieses Coupons nicht.",),
    R.SERIAL_FORGED: ("Die Nummer dieses Coupons ist nicht von uns.",),
    R.CAP_PERSON: (
        "Die Grenze von {cap} im Monat ist erreicht.",
        "Die Zahl der Angebote für diesen Monat ist erreicht.",
    ),
    R.CAP_CATEGORY: (
        "Die Grenze von {cap} im Monat für {category} ist erreicht.",
        "Die Zahl der Angebote für diese Warengruppe ist in diesem Monat erreicht.",
    ),
    R.QUIET_TIME: (
        "{title} wurde vor Kurzem eingelöst und kann ab {until} wiederkommen.",
        "{title} wurde vor Kurzem eingelöst.",
    ),
    R.RIVAL_BRAND: ("{title} wird nicht neben einer Konkurrenzmarke gedruckt.",),
    R.CONTACT_CAP: ("Die Zahl der Nachrichten für diese Woche ist erreicht.",),
    R.BUDGET_EXHAUSTED: ("Alle Coupons für {title} sind vergeben.",),
    R.OUT_OF_STOCK: ("{title} wird nicht gedruckt, weil die Ware nicht da ist.",),
    R.RECALLED: (
        "{product} wurde zurückgerufen, bitte nicht verkaufen.",
        "{title} wurde zurückgezogen.",
    ),
    R.LOW_MOVER: ("{title} wird in diesem Markt nicht gedruckt.",),
    R.NO_PAPER_NEEDED: ("Für {title} braucht es keinen Coupon: Die Karte genügt.",),
    R.PICTURE_STALE: ("{title} wird nicht gedruckt, weil die Packung jetzt anders aussieht.",),
    R.NOT_APPROVED: ("{title} ist nicht freigegeben.",),
    R.HOLDOUT: ("Heute gibt es kein neues Angebot.",),
    R.LEGAL_INFANT_FORMULA: ("Das Gesetz erlaubt keine Angebote für Säuglingsnahrung.",),
    R.LEGAL_ALCOHOL: ("Das Gesetz erlaubt hier keine solchen Angebote für Alkohol.",),
    R.LEGAL_TOBACCO: ("Das Gesetz erlaubt keine Angebote für Tabak.",),
    R.LEGAL_HFSS_VOLUME: ("Das Gesetz erlaubt hier keine Mengenangebote für diesen Artikel.",),
    R.LEGAL_PRINT_ON_REQUEST: ("Coupons drucken wir nur auf Wunsch.",),
    R.OFFLINE_LIMIT: (
        "Wir können den Coupon gerade nicht prüfen, und die Grenze für ungeprüfte ist erreicht.",
    ),
    R.STALE_DATA: ("Wir drucken nichts Neues, weil die Daten dieser Kasse veraltet sein können.",),
    R.OFFER_INVALID: ("{title} ist fehlerhaft und gilt nicht, die Zentrale weiß es.",),
    R.DECISION_LATE: ("Die Prüfung hat zu lange gedauert, der Coupon bleibt gültig.",),
    R.PRINTER_DOWN: ("Der Drucker ist nicht bereit, {title} wurde nicht gedruckt.",),
    R.PRINT_UNKNOWN: ("Bitte nachsehen, ob {title} gedruckt wurde.",),
    R.RETURNED_LINE: (
        "{amount} von {title} gehen mit den Artikeln zurück.",
        "{title} geht mit den Artikeln zurück.",
    ),
    R.OVERRIDDEN: ("{title} wurde von Hand geändert.",),
    R.GOODWILL: ("{amount} aus Kulanz gegeben.", "Das wurde aus Kulanz gegeben."),
}

SENTENCES = {"en": ENGLISH, "de": GERMAN}

PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "printed": "{title}: printed for the next visit.",
        "instead": "The price",
        "more_one": "One more",
        "more_other": "{n} more",
        "times_one": "once",
        "times_other": "{n} times",
        "is_off": "{reward} is off",
        "is_free": "the cheapest is free",
        "is_price": "they cost {price} together",
        "is_price_one": "it costs {price}",
        "percent": "{n} % off",
        "percent_max": "{n} % off, {max} at most",
        "amount": "{amount} off",
        "price": "{price}",
        "cheapest": "cheapest free",
        "basket": "{reward} your shopping",
        "counts": "{set}",
        "counts_units": "{n} x {set}",
        "counts_spend": "{set}, from {spend} on",
        "counts_basket": "from {spend} on in all",
        "anything": "your whole shopping",
        "not": "Not: {names}",
        "valid": "Valid until {day}",
        "hours": "{from} to {to}",
        "once": "One use per coupon",
        "alone": "Not with other offers",
        "per_basket": "At most {n} per shopping trip",
    },
    "de": {
        "printed": "{title}: für den nächsten Besuch gedruckt.",
        "instead": "Der Preis",
        "more_one": "Noch 1 x",
        "more_other": "Noch {n} x",
        "times_one": "einmal",
        "times_other": "{n} Mal",
        "is_off": "{reward}",
        "is_free": "das günstigste gratis",
        "is_price": "den Preis von {price} für alle zusammen",
        "is_price_one": "den Preis von {price}",
        "percent": "{n} % Rabatt",
        "percent_max": "{n} % Rabatt, höchstens {max}",
        "amount": "{amount} Rabatt",
        "price": "{price}",
        "cheapest": "das günstigste gratis",
        "basket": "{reward} auf den Einkauf",
        "counts": "{set}",
        "counts_units": "{n} x {set}",
        "counts_spend": "{set}, ab {spend}",
        "counts_basket": "ab {spend} Einkauf",
        "anything": "der ganze Einkauf",
        "not": "Nicht: {names}",
        "valid": "Gültig bis {day}",
        "hours": "{from} bis {to} Uhr",
        "once": "Je Coupon einmal einlösbar",
        "alone": "Nicht mit anderen Angeboten",
        "per_basket": "Höchstens {n} je Einkauf",
    },
}
