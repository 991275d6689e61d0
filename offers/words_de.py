"""German: what is said of each outcome, and the parts that sentences and slips are put together from."""

from __future__ import annotations

from offers.reasons import Reason

R = Reason

SENTENCES: dict[Reason, tuple[str, ...]] = {
    R.APPLIED: (
        "{title}: Sie sparen {amount} und bekommen {points}.",
        "{title}: Sie sparen {amount}.",
        "{title}: Sie bekommen {points}.",
        "{title}: {reward}.",
    ),
    R.NEAR_MISS_QTY: (
        "{needs}, dann {then}.",
        "Für {title} fehlt noch etwas.",
    ),
    R.NEAR_MISS_VALUE: (
        "{needs}, dann {then}.",
        "Für {title} fehlt noch etwas.",
    ),
    R.NO_QUALIFYING_ITEM: (
        "{title} gilt für {set}, davon ist noch nichts im Einkauf.",
        "Im Einkauf ist noch nichts, was für {title} zählt.",
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
        "{title} gilt {times} je Einkauf und ist schon angerechnet.",
        "{title} lässt sich nicht mit {by_title} kombinieren.",
        "{title} lässt sich nicht mit anderen Angeboten kombinieren.",
    ),
    R.BETTER_OFFER_CHOSEN: (
        "{if_instead}Der Preis ist schon günstiger als mit {title}.",
        "Mit {by_title} sparen Sie mehr als mit {title}, deshalb gilt das bessere Angebot.",
        "Wir drucken höchstens {cap} auf einmal, andere kamen vor {title}.",
        "Andere Angebote bringen mehr als {title}.",
    ),
    R.MASS_PROMO_CLASH: (
        "{product} ist schon für alle reduziert, {title} kommt nicht noch dazu.",
        "Der Artikel ist schon für alle reduziert, {title} kommt nicht noch dazu.",
    ),
    R.NOT_STARTED: ("{title} beginnt am {starts}.", "{title} hat noch nicht begonnen."),
    R.EXPIRED: ("{title} endete am {ended}.", "{title} ist abgelaufen."),
    R.WRONG_STORE: (
        "{if_lane}{title} gilt nicht an dieser Kasse.",
        "{title} gilt nicht in diesem Markt.",
    ),
    R.WRONG_DAYPART: (
        "{title} gilt nur zu diesen Zeiten: {hours}.",
        "{title} gilt nicht um diese Zeit.",
    ),
    R.NOT_ASSIGNED: (
        "{if_panel}{title} wird erst mit wenigen Kunden ausprobiert.",
        "{title} gehört nicht zu den Angeboten dieser Karte.",
    ),
    R.OTHER_SHOPPER: ("{title} gehört zu einer anderen Kundenkarte.",),
    R.CARD_NOT_SCANNED: ("Für {title} bitte die Kundenkarte scannen.",),
    R.COUPON_NOT_PRESENTED: ("Für {title} bitte den gedruckten Coupon scannen.",),
    R.ID_TOO_WEAK: (
        "Für {title} brauchen wir die Karte oder die App, die Telefonnummer genügt nicht.",
    ),
    R.ALREADY_REDEEMED: (
        "{title} gilt {times} und ist schon eingelöst, zuletzt am {when}.",
        "{title} gilt {times} und ist schon eingelöst.",
        "Dieser Coupon wurde schon am {when} eingelöst ({where}).",
        "Dieser Coupon wurde schon am {when} eingelöst.",
        "Dieser Coupon wurde schon eingelöst ({where}).",
        "Dieser Coupon wurde schon eingelöst.",
    ),
    R.CLAIMED_ELSEWHERE: (
        "Dieser Coupon wird gerade woanders eingelöst ({where}).",
        "Dieser Coupon wird gerade an einer anderen Kasse eingelöst.",
    ),
    R.SERIAL_UNKNOWN: ("Die Nummer dieses Coupons ist nicht zu finden.",),
    R.SERIAL_FORGED: (
        "Wir können diesen Coupon nicht annehmen: Die Nummer ist keine von unseren.",
    ),
    R.CAP_PERSON: (
        "Mehr als {cap} Angebote im Monat drucken wir nicht.",
        "Für diesen Monat sind alle Angebote gedruckt.",
    ),
    R.CAP_CATEGORY: (
        "Mehr als {cap} im Monat für {category} drucken wir nicht.",
        "Für diese Warengruppe sind in diesem Monat alle Angebote gedruckt.",
    ),
    R.QUIET_TIME: (
        "{title} ist schon gedruckt: Der Coupon gilt bis {out_until}.",
        "{title} wurde vor Kurzem eingelöst und kann ab {until} wiederkommen.",
        "{title} wurde vor Kurzem eingelöst.",
    ),
    R.RIVAL_BRAND: (
        "{title} wird nicht neben {by_title} gedruckt, einer Konkurrenzmarke.",
        "{title} wird nicht neben einer Konkurrenzmarke gedruckt.",
    ),
    R.CONTACT_CAP: (
        "Mehr als {cap} Angebote und Nachrichten in der Woche schicken wir nicht.",
        "Für diese Woche ist die Zahl der Angebote und Nachrichten erreicht.",
    ),
    R.BUDGET_EXHAUSTED: ("{title} gab es in begrenzter Zahl, hier ist nichts mehr davon übrig.",),
    R.OUT_OF_STOCK: ("{title} wird nicht gedruckt, weil die Ware nicht da ist.",),
    R.RECALLED: (
        "{product} wurde zurückgerufen: bitte nicht verkaufen.",
        "{title} wurde zurückgezogen.",
    ),
    R.LOW_MOVER: (
        "{title} wird hier nicht gedruckt, weil sich die Ware in diesem Markt langsam verkauft.",
    ),
    R.NO_PAPER_NEEDED: ("{title} braucht keinen Coupon: Die Karte genügt.",),
    R.PICTURE_STALE: ("{title} wird nicht gedruckt, weil die Packung jetzt anders aussieht.",),
    R.NOT_APPROVED: (
        "{if_panel}{title} wird erst mit wenigen Kunden ausprobiert.",
        "{title} ist noch nicht freigegeben.",
    ),
    R.HOLDOUT: ("Heute gibt es kein neues Angebot.",),
    R.LEGAL_INFANT_FORMULA: ("Das Gesetz erlaubt keine Angebote für Säuglingsnahrung.",),
    R.LEGAL_ALCOHOL: ("Das Gesetz erlaubt hier kein solches Angebot für Alkohol.",),
    R.LEGAL_TOBACCO: ("Das Gesetz erlaubt keine Angebote für Tabak.",),
    R.LEGAL_HFSS_VOLUME: ("Das Gesetz erlaubt hier kein Mengenangebot für diesen Artikel.",),
    R.LEGAL_PRINT_ON_REQUEST: (
        "{if_never}Dieser Markt druckt keine Coupons.",
        "Coupons drucken wir auf Wunsch: Fragen Sie einfach.",
    ),
    R.OFFLINE_LIMIT: (
        "Wir können diesen Coupon gerade nicht prüfen. Er bleibt gültig, bitte später noch einmal.",
    ),
    R.STALE_DATA: (
        "{if_stock}{title} wird nicht gedruckt, weil wir den Bestand nicht kennen.",
        "Es wird nichts Neues gedruckt, weil die Daten dieser Kasse veraltet sein können.",
    ),
    R.OFFER_INVALID: ("{title} ist fehlerhaft und gilt nicht. Die Zentrale weiß es.",),
    R.DECISION_LATE: ("Die Prüfung hat zu lange gedauert. Der Coupon bleibt gültig.",),
    R.PRINTER_DOWN: ("Der Drucker ist nicht bereit, {title} wurde nicht gedruckt.",),
    R.PRINT_UNKNOWN: ("Bitte nachsehen, ob {title} gedruckt wurde.",),
    R.RETURNED_LINE: (
        "Mit der Rückgabe entfallen {amount} von {title}.",
        "Mit der Rückgabe entfällt {title}.",
    ),
    R.OVERRIDDEN: ("{title} wurde von Hand geändert.",),
    R.GOODWILL: ("Sie bekommen {amount} aus Kulanz.", "Das wurde aus Kulanz gegeben."),
}

PHRASES: dict[str, str | dict[str, str]] = {
    "printed": "{title}: für Ihren nächsten Besuch gedruckt.",
    # near misses: what is missing, first with its name, then what else
    "need_units": {"one": "Noch {n} x {set}", "other": "Noch {n} x {set}"},
    "need_pieces": {"one": "Noch {n} Stück {set}", "other": "Noch {n} Stück {set}"},
    "need_distinct": {
        "one": "Noch {n} andere Sorte {set}",
        "other": "Noch {n} andere Sorten {set}",
    },
    "need_weight": "Noch {weight} {set}",
    "need_money": "Noch für {money} {set}",
    "need_basket": "Noch {money} im Einkauf",
    "need_other": {"one": "Dazu {n} x {other}", "other": "Dazu {n} x {other}"},
    "also_distinct": {"one": "davon {n} andere Sorte", "other": "davon {n} andere Sorten"},
    "also_weight": "mindestens {weight}",
    "also_money": "für mindestens {money}",
    "also_basket": "insgesamt noch {money} Einkauf",
    "also_other": {"one": "dazu {n} x {other}", "other": "dazu {n} x {other}"},
    "except": "alle außer {except}",
    "needs": "{first} ({more})",
    "then": "gibt es {reward}",
    "then_percent": "gibt es {reward}",
    "then_points": "gibt es {reward}",
    "then_price_one": "zahlen Sie dafür nur {price}",
    "then_price": "zahlen Sie zusammen nur {price}",
    "then_cheapest": "ist der günstigste Artikel gratis",
    "then_cheapest_percent": "gibt es {percent} auf den günstigsten Artikel",
    "then_nth_free": "ist der {nth} Artikel gratis",
    "then_nth_half": "gibt es den {nth} Artikel zum halben Preis",
    "then_nth_percent": "gibt es {percent} auf den {nth} Artikel",
    "then_it_free": "ist es gratis",
    "then_it_half": "gibt es das zum halben Preis",
    "then_it_percent": "gibt es {percent} darauf",
    # rewards, as a slip says them
    "percent": "{percent} Rabatt",
    "amount": "{amount} Rabatt",
    "per_kg": "{amount} Rabatt je kg",
    "price": "{price}",
    "price_of": "{n} für {price}",
    "cheapest": "der günstigste Artikel gratis",
    "cheapest_percent": "{percent} auf den günstigsten Artikel",
    "n_for_m": "{n} für {m}",
    "nth_free": "der {nth} Artikel gratis",
    "nth_half": "der {nth} Artikel zum halben Preis",
    "nth_percent": "{percent} auf den {nth} Artikel",
    "nth": {"other": "{n}."},
    "other_free": {"one": "{other} gratis", "other": "{n} x {other} gratis"},
    "other_half": {
        "one": "{other} zum halben Preis",
        "other": "{n} x {other} zum halben Preis",
    },
    "other_percent": {"one": "{percent} auf {other}", "other": "{percent} auf {n} x {other}"},
    "points": {"one": "{n} Punkt", "other": "{n} Punkte"},
    "basket_percent": "{percent} Rabatt auf den Einkauf",
    "basket_amount": "{amount} Rabatt auf den Einkauf",
    "up_to": "{reward}, höchstens {max}",
    # facts inside a sentence
    "times": {"one": "einmal", "other": "{n} Mal"},
    "place": "Markt {store}, Kasse {lane}",
    "comma": ", ",
    # a slip's other lines
    "counts": "{set}",
    "counts_units": {"one": "{n} x {set}", "other": "{n} x {set}"},
    "counts_pieces": {"one": "{n} Stück {set}", "other": "{n} Stück {set}"},
    "counts_distinct": {"one": "{n} Sorte", "other": "{n} verschiedene Sorten"},
    "counts_weight": "ab {weight}",
    "counts_spend": "ab {spend}",
    "counts_basket": "ab {spend} Einkaufswert",
    "anything": "der ganze Einkauf",
    "not": "Nicht: {names}",
    "valid": "Gültig bis {day}",
    "valid_from": "Gültig vom {from} bis {day}",
    "span": "{from} bis {to}",
    "hours": "{from} bis {to} Uhr",
    "once": "Je Coupon einmal einlösbar",
    "alone": "Nicht mit anderen Angeboten",
    "per_basket": {"one": "Einmal je Einkauf", "other": "Höchstens {n} je Einkauf"},
    "per_shopper": {"one": "Einmal je Kunde", "other": "Höchstens {n} je Kunde"},
    "first_n": {"one": "Nur für den Ersten", "other": "Nur für die ersten {n}"},
    # lines that the decision left out
    "left_out_unknown_product": (
        "Zeile {line}: Dieser Artikel ist uns nicht bekannt, er zählt für kein Angebot."
    ),
    "left_out_quantity": "Zeile {line}: Die Menge kann nicht stimmen, sie zählt für kein Angebot.",
    "left_out_amount": "Zeile {line}: Der Betrag kann nicht stimmen, er zählt für kein Angebot.",
    "left_out_currency": "Zeile {line}: Das ist eine andere Währung, sie zählt für kein Angebot.",
}
