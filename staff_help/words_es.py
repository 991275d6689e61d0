"""The cashier's page in Spanish: its fixed words, and why a gift is not given."""

from __future__ import annotations

PAGE: dict[str, str] = {
    "lane": "Caja",
    "till": "Caja",
    "shopper": "Cliente",
    "no_shopper": "Ninguna tarjeta escaneada",
    "printer": "Impresora",
    "hq": "Central",
    "cache": "Ofertas",
    "offers_heading": "Ofertas de esta compra",
    "received_heading": "Acaba de recibir",
    "settled_heading": "Resuelto en esta compra",
    "nothing_new": "Hoy no hay ofertas nuevas.",
    "no_sale": "Listo para el siguiente cliente",
    "no_sale_hint": "Las ofertas aparecen aquí en cuanto la caja envía una cesta.",
    "no_lines": "Ninguna oferta afecta a esta cesta.",
    "total": "Ahorro con ofertas",
    "training": "PRÁCTICAS: aquí no se gasta ni se imprime nada válido",
    "not_connected": "Sin conexión. La caja sigue vendiendo; se intenta de nuevo…",
    "provisional": "Central aún sin consultar",
    "kind_refused": "Rechazada",
    "kind_near_miss": "Casi",
    "kind_applied": "Aplicada",
    "kind_other": "Sin usar",
    "state_open": "Abierta",
    "state_tendered": "Pagada",
    "state_voided": "Anulada",
    "state_suspended": "Aparcada",
    "settle": "Resolver…",
    "settle_heading": "Resolver con un gesto comercial",
    "amount": "Importe",
    "less": "Menos",
    "more": "Más",
    "note": "Motivo",
    "note_claim": "Se acepta lo que dice el cliente",
    "note_wording": "El texto se podía entender mal",
    "note_shelf": "La etiqueta del estante estaba mal",
    "note_failed": "El cupón no se podía leer",
    "badge": "Su número de empleado",
    "badge_missing": "Primero escriba su número de empleado.",
    "give": "Dar {amount}",
    "cancel": "Cancelar",
    "given": "Resuelto. Descuente {amount} en la caja.",
    "failed": "No resuelto: la caja no respondió. Inténtelo de nuevo; nunca se da dos veces.",
    "print_printing": "imprimiendo",
    "print_printed": "impreso",
    "print_accepted": "enviado a la impresora",
    "print_unconfirmed": "enviado, sin confirmar: mire el papel",
    "print_not_printed": "no impreso",
    "print_unknown": "no se sabe: mire el papel",
}

# code -> what happened, what to do
REFUSALS: dict[str, tuple[str, str]] = {
    "training": (
        "Es una venta de prácticas: en ella no se puede dar nada.",
        "Salga del modo de prácticas para una venta real.",
    ),
    "no_such_offer": (
        "Esta compra no tiene esa oferta.",
        "Envíe el identificador de la oferta que da la última respuesta a la cesta.",
    ),
    "not_disputable": (
        "Esta oferta no fue rechazada, o no admite un gesto comercial.",
        "Lea al cliente la frase de la oferta.",
    ),
    "over_case_limit": (
        "Es más de lo que se puede dar en un caso.",
        "Dé {most} como máximo, o llame al encargado.",
    ),
    "over_shift_limit": (
        "Esta caja ya ha dado lo que puede dar en este turno.",
        "Dé {most} como máximo, o llame al encargado.",
    ),
    "already_settled": (
        "Esta oferta ya se resolvió con otro importe u otro empleado.",
        "Mire lo que está resuelto en esta compra; no se da dos veces.",
    ),
}
