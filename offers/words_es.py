"""Spanish: what is said of each outcome, and the parts that sentences and slips are put together from."""

from __future__ import annotations

from offers.reasons import Reason

R = Reason

SENTENCES: dict[Reason, tuple[str, ...]] = {
    R.APPLIED: (
        "{title}: ahorra {amount} y consigue {points}.",
        "{title}: ahorra {amount}.",
        "{title}: consigue {points}.",
        "{title}: {reward}.",
    ),
    R.NEAR_MISS_QTY: (
        "Con {needs}, {then}.",
        "Falta muy poco para {title}.",
    ),
    R.NEAR_MISS_VALUE: (
        "Con {needs}, {then}.",
        "Falta muy poco para {title}.",
    ),
    R.NO_QUALIFYING_ITEM: (
        "{title} es para {set}, y todavía no hay en la compra.",
        "En la compra todavía no hay nada que cuente para {title}.",
    ),
    R.EXCLUDED_VARIANT: (
        "{product} no cuenta: la oferta es para {set}, cualquier tipo menos {variant}.",
        "Esta variedad no cuenta para {title}.",
    ),
    R.CONSUMED_BY_OTHER_OFFER: (
        "Los artículos de {title} ya se han usado para {by_title}.",
        "Los artículos de {title} ya se han usado para otra oferta.",
    ),
    R.NOT_COMBINABLE: (
        "{title} se puede usar {times} por compra, y ya se ha usado.",
        "{title} no se puede combinar con {by_title}.",
        "{title} no se puede combinar con otras ofertas.",
    ),
    R.BETTER_OFFER_CHOSEN: (
        "{if_instead}El precio ya es mejor que con {title}.",
        "Con {by_title} ahorra más que con {title}, por eso hemos aplicado la mejor.",
        "Imprimimos {cap} como máximo cada vez, y otras ofertas iban antes que {title}.",
        "Con otras ofertas consigue más que con {title}.",
    ),
    R.MASS_PROMO_CLASH: (
        "{product} ya está rebajado para todos, y {title} no se suma.",
        "El artículo ya está rebajado para todos, y {title} no se suma.",
    ),
    R.NOT_STARTED: ("{title} empieza el {starts}.", "{title} aún no ha empezado."),
    R.EXPIRED: ("{title} terminó el {ended}.", "{title} ya ha terminado."),
    R.WRONG_STORE: (
        "{if_lane}{title} no es válido en esta caja.",
        "{title} no es válido en esta tienda.",
    ),
    R.WRONG_DAYPART: (
        "{title} solo vale en este horario: {hours}.",
        "{title} no vale a esta hora.",
    ),
    R.NOT_ASSIGNED: (
        "{if_panel}{title} está en pruebas con unos pocos clientes.",
        "{title} no está entre las ofertas de esta tarjeta.",
    ),
    R.OTHER_SHOPPER: ("{title} es de otra tarjeta de cliente.",),
    R.CARD_NOT_SCANNED: ("Para {title}, pase la tarjeta de cliente, por favor.",),
    R.COUPON_NOT_PRESENTED: ("Para {title}, pase el cupón impreso, por favor.",),
    R.ID_TOO_WEAK: (
        "Para {title} hace falta la tarjeta o la aplicación; el teléfono no es suficiente.",
    ),
    R.ALREADY_REDEEMED: (
        "{title} se puede usar {times}, y ya se ha usado. La última vez fue el {when}.",
        "{title} se puede usar {times}, y ya se ha usado.",
        "Este cupón ya se usó el {when} ({where}).",
        "Este cupón ya se usó el {when}.",
        "Este cupón ya se ha usado ({where}).",
        "Este cupón ya se ha usado.",
    ),
    R.CLAIMED_ELSEWHERE: (
        "Este cupón se está usando ahora mismo en otro sitio ({where}).",
        "Este cupón se está usando ahora mismo en otra caja.",
    ),
    R.SERIAL_UNKNOWN: ("No encontramos el número de este cupón.",),
    R.SERIAL_FORGED: ("No podemos aceptar este cupón: su número no es nuestro.",),
    R.CAP_PERSON: (
        "Ya se ha llegado al límite de ofertas impresas de este mes ({cap}).",
        "Ya se ha llegado al límite de ofertas impresas de este mes.",
    ),
    R.CAP_CATEGORY: (
        "Ya se ha llegado al límite de ofertas impresas de {category} de este mes ({cap}).",
        "Ya se ha llegado al límite de ofertas de este tipo de producto este mes.",
    ),
    R.QUIET_TIME: (
        "{title} ya está impreso: el cupón vale hasta el {out_until}.",
        "{title} se usó hace poco y puede volver a partir del {until}.",
        "{title} se usó hace poco.",
    ),
    R.RIVAL_BRAND: (
        "{title} no se imprime junto a {by_title}, de una marca competidora.",
        "{title} no se imprime junto a la oferta de una marca competidora.",
    ),
    R.CONTACT_CAP: (
        "Ya se ha llegado al límite de ofertas y mensajes de esta semana ({cap}).",
        "Ya se ha llegado al límite de ofertas y mensajes de esta semana.",
    ),
    R.BUDGET_EXHAUSTED: ("{title} era limitado y aquí ya no queda.",),
    R.OUT_OF_STOCK: ("{title} no se imprime porque no quedan existencias.",),
    R.RECALLED: (
        "{product} se ha retirado del mercado: por favor, no lo venda.",
        "{title} se ha retirado.",
    ),
    R.LOW_MOVER: ("{title} no se imprime aquí porque el producto se vende poco en esta tienda.",),
    R.NO_PAPER_NEEDED: ("{title} no necesita cupón: basta con la tarjeta.",),
    R.PICTURE_STALE: ("{title} no se imprime porque el envase ha cambiado.",),
    R.NOT_APPROVED: (
        "{if_panel}{title} está en pruebas con unos pocos clientes.",
        "{title} aún no está autorizado.",
    ),
    R.HOLDOUT: ("Hoy no hay ofertas nuevas.",),
    R.LEGAL_INFANT_FORMULA: ("La ley no permite ofertas de preparados para lactantes.",),
    R.LEGAL_ALCOHOL: ("La ley no permite aquí una oferta así para el alcohol.",),
    R.LEGAL_TOBACCO: ("La ley no permite ofertas de tabaco.",),
    R.LEGAL_HFSS_VOLUME: ("La ley no permite aquí ofertas por cantidad de este producto.",),
    R.LEGAL_PRINT_ON_REQUEST: (
        "{if_never}Esta tienda no imprime cupones.",
        "Los cupones se imprimen a petición: solo tiene que pedirlos.",
    ),
    R.OFFLINE_LIMIT: (
        "Ahora no podemos comprobar este cupón. Sigue siendo válido: inténtelo más tarde.",
    ),
    R.STALE_DATA: (
        "{if_stock}{title} no se imprime porque no sabemos cuántas unidades quedan.",
        "No se imprime nada nuevo porque los datos de esta caja pueden no estar al día.",
    ),
    R.OFFER_INVALID: ("{title} tiene un error y no se puede usar. La central ya lo sabe.",),
    R.DECISION_LATE: ("La comprobación ha tardado demasiado. El cupón sigue siendo válido.",),
    R.PRINTER_DOWN: ("La impresora no está lista, y {title} no se ha impreso.",),
    R.PRINT_UNKNOWN: ("Compruebe si {title} se ha impreso, por favor.",),
    R.RETURNED_LINE: (
        "Con la devolución se anulan {amount} de {title}.",
        "Con la devolución se anula {title}.",
    ),
    R.OVERRIDDEN: ("{title} se ha cambiado a mano.",),
    R.GOODWILL: ("Le damos {amount} como gesto comercial.", "Se ha dado como gesto comercial."),
}

PHRASES: dict[str, str | dict[str, str]] = {
    "printed": "{title}: impreso para su próxima visita.",
    # near misses: what is missing, first with its name, then what else
    "need_units": {
        "one": "{n} unidad más de {set}",
        "many": "{n} de unidades más de {set}",
        "other": "{n} unidades más de {set}",
    },
    "need_pieces": {
        "one": "{n} pieza más de {set}",
        "many": "{n} de piezas más de {set}",
        "other": "{n} piezas más de {set}",
    },
    "need_distinct": {
        "one": "{n} variedad más de {set}",
        "many": "{n} de variedades más de {set}",
        "other": "{n} variedades más de {set}",
    },
    "need_weight": "{weight} más de {set}",
    "need_money": "{money} más de {set}",
    "need_basket": "{money} más en la compra",
    "need_other": {
        "one": "{n} unidad de {other} además",
        "many": "{n} de unidades de {other} además",
        "other": "{n} unidades de {other} además",
    },
    "also_distinct": {
        "one": "{n} de otra variedad",
        "many": "{n} de otras variedades",
        "other": "{n} de otras variedades",
    },
    "also_weight": "al menos {weight}",
    "also_money": "por al menos {money}",
    "also_basket": "con {money} más en toda la compra",
    "also_other": {
        "one": "más {n} unidad de {other}",
        "many": "más {n} de unidades de {other}",
        "other": "más {n} unidades de {other}",
    },
    "except": "cualquier tipo menos {except}",
    "needs": "{first} ({more})",
    "then": "consigue {reward}",
    "then_percent": "consigue un {reward}",
    "then_points": "consigue {reward}",
    "then_price_one": "paga solo {price}",
    "then_price": "paga solo {price} por todo",
    "then_cheapest": "la unidad más barata sale gratis",
    "then_cheapest_percent": "la unidad más barata tiene un {percent} de descuento",
    "then_nth_free": "la {nth} unidad sale gratis",
    "then_nth_half": "la {nth} unidad sale a mitad de precio",
    "then_nth_percent": "la {nth} unidad tiene un {percent} de descuento",
    "then_it_free": "le sale gratis",
    "then_it_half": "le sale a mitad de precio",
    "then_it_percent": "consigue un {percent} de descuento en ello",
    # rewards, as a slip says them
    "percent": "{percent} de descuento",
    "amount": "{amount} de descuento",
    "per_kg": "{amount} de descuento por kg",
    "price": "{price}",
    "price_of": "{n} por {price}",
    "cheapest": "la unidad más barata, gratis",
    "cheapest_percent": "{percent} de descuento en la unidad más barata",
    "n_for_m": "{n}x{m}",
    "nth_free": "la {nth} unidad, gratis",
    "nth_half": "la {nth} unidad, a mitad de precio",
    "nth_percent": "{percent} de descuento en la {nth} unidad",
    "nth": {"other": "{n}.ª"},
    "other_free": {
        "one": "{other} gratis",
        "many": "{n} x {other} gratis",
        "other": "{n} x {other} gratis",
    },
    "other_half": {
        "one": "{other} a mitad de precio",
        "many": "{n} x {other} a mitad de precio",
        "other": "{n} x {other} a mitad de precio",
    },
    "other_percent": {
        "one": "{percent} de descuento en {other}",
        "many": "{percent} de descuento en {n} x {other}",
        "other": "{percent} de descuento en {n} x {other}",
    },
    "points": {"one": "{n} punto", "many": "{n} de puntos", "other": "{n} puntos"},
    "basket_percent": "{percent} de descuento en la compra",
    "basket_amount": "{amount} de descuento en la compra",
    "up_to": "{reward}, hasta {max}",
    # facts inside a sentence
    "times": {"one": "una vez", "many": "{n} de veces", "other": "{n} veces"},
    "place": "tienda {store}, caja {lane}",
    "comma": ", ",
    # a slip's other lines
    "counts": "{set}",
    "counts_units": {"one": "{n} x {set}", "many": "{n} x {set}", "other": "{n} x {set}"},
    "counts_pieces": {
        "one": "{n} pieza de {set}",
        "many": "{n} de piezas de {set}",
        "other": "{n} piezas de {set}",
    },
    "counts_distinct": {
        "one": "{n} variedad",
        "many": "{n} de variedades distintas",
        "other": "{n} variedades distintas",
    },
    "counts_weight": "desde {weight}",
    "counts_spend": "desde {spend}",
    "counts_basket": "en compras desde {spend}",
    "anything": "toda su compra",
    "not": "Menos: {names}",
    "valid": "Válido hasta el {day}",
    "valid_from": "Válido del {from} al {day}",
    "span": "{from} a {to}",
    "hours": "de {from} a {to}",
    "once": "Un solo uso por cupón",
    "alone": "No acumulable con otras ofertas",
    "per_basket": {
        "one": "Una vez por compra",
        "many": "Máximo {n} por compra",
        "other": "Máximo {n} por compra",
    },
    "per_shopper": {
        "one": "Una vez por cliente",
        "many": "Máximo {n} por cliente",
        "other": "Máximo {n} por cliente",
    },
    "first_n": {
        "one": "Solo para el primero",
        "many": "Solo para los primeros {n}",
        "other": "Solo para los primeros {n}",
    },
    # lines that the decision left out
    "left_out_unknown_product": (
        "Línea {line}: no conocemos este producto, no cuenta para ninguna oferta."
    ),
    "left_out_quantity": (
        "Línea {line}: la cantidad no puede ser correcta, no cuenta para ninguna oferta."
    ),
    "left_out_amount": (
        "Línea {line}: el importe no puede ser correcto, no cuenta para ninguna oferta."
    ),
    "left_out_currency": "Línea {line}: es otra moneda, no cuenta para ninguna oferta.",
}
