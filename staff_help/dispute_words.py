"""What the dispute calls say beside the scripts: buttons, last words, the paper, and refusals.

`{amount}`, `{ticket}` and `{most}` are put in by who says it.
"""

from __future__ import annotations

from collections.abc import Mapping

from offers.model import Language

EN, ES, DE, AR = Language("en"), Language("es"), Language("de"), Language("ar")

LABELS: Mapping[Language, Mapping[str, str]] = {
    EN: {
        "explained": "Explained",
        "goodwill": "Give {amount}",
        "reissued": "Print it again",
        "escalated": "Ask headquarters",
    },
    ES: {
        "explained": "Explicado",
        "goodwill": "Dar {amount}",
        "reissued": "Imprimir otra vez",
        "escalated": "Preguntar a la central",
    },
    DE: {
        "explained": "Erklärt",
        "goodwill": "{amount} geben",
        "reissued": "Noch einmal drucken",
        "escalated": "Zentrale fragen",
    },
    AR: {
        "explained": "تم الشرح",
        "goodwill": "منح {amount}",
        "reissued": "طباعتها من جديد",
        "escalated": "سؤال الإدارة",
    },
}

LAST_WORDS: Mapping[Language, Mapping[str, str]] = {
    EN: {
        "explained": "Noted. Nothing is taken off.",
        "goodwill": "Take {amount} off at the till.",
        "reissued": "The new coupon is printing. The old one no longer works.",
        "escalated": "Headquarters looks into it. The number for the shopper: {ticket}.",
    },
    ES: {
        "explained": "Anotado. No se descuenta nada.",
        "goodwill": "Descuente {amount} en la caja.",
        "reissued": "Se imprime el cupón nuevo. El antiguo ya no vale.",
        "escalated": "La central lo revisa. Número para el cliente: {ticket}.",
    },
    DE: {
        "explained": "Notiert. Es wird nichts abgezogen.",
        "goodwill": "{amount} an der Kasse abziehen.",
        "reissued": "Der neue Coupon wird gedruckt. Der alte gilt nicht mehr.",
        "escalated": "Die Zentrale prüft es. Die Nummer für den Kunden: {ticket}.",
    },
    AR: {
        "explained": "سُجّل. لا يُخصم شيء.",
        "goodwill": "اخصم {amount} عند الصندوق.",
        "reissued": "تُطبع القسيمة الجديدة. القديمة لم تعد صالحة.",
        "escalated": "الإدارة تتحقّق. الرقم للمتسوّق: {ticket}.",
    },
}

# the small paper on request: what stands above the offer, and that it is worth nothing
PAPER: Mapping[Language, tuple[str, str]] = {
    EN: ("What counts, what does not", "This paper is no coupon."),
    ES: ("Qué cuenta y qué no", "Este papel no es un cupón."),
    DE: ("Was zählt, was nicht", "Dieses Papier ist kein Coupon."),
    AR: ("ما يُحتسب وما لا يُحتسب", "هذه الورقة ليست قسيمة."),
}

# code -> what happened, what to do
REFUSALS: Mapping[Language, Mapping[str, tuple[str, str]]] = {
    EN: {
        "over_shopper_limit": (
            "This shopper has had what may be given in four weeks.",
            "Give at most {most}, or call a manager.",
        ),
        "over_basket": (
            "That is more than the sale still costs.",
            "Give at most {most}.",
        ),
        "no_such_choice": (
            "The script does not offer that here and now.",
            "Open the dispute again, and take one of its choices.",
        ),
        "sign_in_first": (
            "Nobody is signed in at this lane.",
            "Scan your badge, or enter your number and PIN.",
        ),
        "sign_in_refused": (
            "Badge, number or PIN is not right.",
            "Try again; a supervisor can tell who is registered.",
        ),
        "pin_locked": (
            "Too many wrong PINs: none is taken for a while.",
            "Wait {most} minutes; the badge still works.",
        ),
        "pin_unavailable": (
            "This lane has no key to check PINs with.",
            "Tell store IT: the key directory lacks a pin key.",
        ),
        "reissue_offline": (
            "Headquarters did not answer: nobody can be sure that the old coupon is unused.",
            "Keep the paper, it stays good; or settle it another way.",
        ),
        "reissue_used": (
            "The old coupon is used, out of date, held by another sale, or not genuine.",
            "Read the coupon's sentence to the shopper; or settle it another way.",
        ),
        "reissue_serial": (
            "It is not known which coupon was printed for this shopper.",
            "Enter the twelve digits under its code; or settle it another way.",
        ),
        "printer_away": (
            "The printer does not print now.",
            "Put the printer right, then try again.",
        ),
    },
    ES: {
        "over_shopper_limit": (
            "Este cliente ya ha recibido lo que se puede dar en cuatro semanas.",
            "Dé como máximo {most} o llame a un encargado.",
        ),
        "over_basket": (
            "Es más de lo que aún cuesta la venta.",
            "Dé como máximo {most}.",
        ),
        "no_such_choice": (
            "El guion no ofrece eso aquí y ahora.",
            "Abra otra vez la reclamación y elija una de sus opciones.",
        ),
        "sign_in_first": (
            "Nadie ha iniciado sesión en esta caja.",
            "Lea su credencial o introduzca su número y su PIN.",
        ),
        "sign_in_refused": (
            "La credencial, el número o el PIN no es correcto.",
            "Inténtelo otra vez; un supervisor sabe quién está registrado.",
        ),
        "pin_locked": (
            "Demasiados PIN erróneos: por un rato no se acepta ninguno.",
            "Espere {most} minutos; la credencial sigue funcionando.",
        ),
        "pin_unavailable": (
            "Esta caja no tiene clave para comprobar PIN.",
            "Avise a informática: falta una clave pin en el directorio de claves.",
        ),
        "reissue_offline": (
            "La central no respondió: nadie sabe si el cupón antiguo sigue sin usar.",
            "Guarde el papel, sigue siendo válido; o resuélvalo de otro modo.",
        ),
        "reissue_used": (
            "El cupón antiguo está usado o caducado, lo tiene otra venta o no es auténtico.",
            "Lea al cliente la frase del cupón; o resuélvalo de otro modo.",
        ),
        "reissue_serial": (
            "No se sabe qué cupón se imprimió para este cliente.",
            "Introduzca los doce dígitos bajo su código; o resuélvalo de otro modo.",
        ),
        "printer_away": (
            "La impresora no imprime ahora.",
            "Arregle la impresora e inténtelo otra vez.",
        ),
    },
    DE: {
        "over_shopper_limit": (
            "Dieser Kunde hat bekommen, was in vier Wochen möglich ist.",
            "Höchstens {most} geben, oder die Leitung rufen.",
        ),
        "over_basket": (
            "Das ist mehr, als der Einkauf noch kostet.",
            "Höchstens {most} geben.",
        ),
        "no_such_choice": (
            "Das Skript bietet das hier und jetzt nicht an.",
            "Die Beschwerde neu öffnen und eine ihrer Antworten nehmen.",
        ),
        "sign_in_first": (
            "An dieser Kasse ist niemand angemeldet.",
            "Ausweis scannen, oder Nummer und PIN eingeben.",
        ),
        "sign_in_refused": (
            "Ausweis, Nummer oder PIN stimmt nicht.",
            "Noch einmal versuchen; die Aufsicht weiß, wer eingetragen ist.",
        ),
        "pin_locked": (
            "Zu viele falsche PINs: Eine Weile wird keine angenommen.",
            "{most} Minuten warten; der Ausweis geht weiterhin.",
        ),
        "pin_unavailable": (
            "Diese Kasse hat keinen Schlüssel, um PINs zu prüfen.",
            "Die IT rufen: Im Schlüsselverzeichnis fehlt ein pin-Schlüssel.",
        ),
        "reissue_offline": (
            "Die Zentrale antwortet nicht: Niemand weiß, ob der alte Coupon noch frei ist.",
            "Das Papier aufheben, es gilt weiter; oder anders regeln.",
        ),
        "reissue_used": (
            "Der alte Coupon ist eingelöst, abgelaufen, in einem anderen Verkauf oder nicht echt.",
            "Dem Kunden den Satz zum Coupon vorlesen; oder anders regeln.",
        ),
        "reissue_serial": (
            "Welcher Coupon für diesen Kunden gedruckt wurde, ist nicht bekannt.",
            "Die zwölf Ziffern unter dem Code eingeben; oder anders regeln.",
        ),
        "printer_away": (
            "Der Drucker druckt gerade nicht.",
            "Den Drucker in Ordnung bringen, dann noch einmal.",
        ),
    },
    AR: {
        "over_shopper_limit": (
            "حصل هذا المتسوّق على ما يجوز منحه في أربعة أسابيع.",
            "امنح {most} على الأكثر، أو استدعِ مديرًا.",
        ),
        "over_basket": (
            "هذا أكثر مما تبقّى من ثمن البيع.",
            "امنح {most} على الأكثر.",
        ),
        "no_such_choice": (
            "لا يتيح النص هذا الخيار هنا والآن.",
            "افتح الشكوى من جديد واختر أحد خياراتها.",
        ),
        "sign_in_first": (
            "لم يسجّل أحد الدخول عند هذا الصندوق.",
            "امسح بطاقة العمل، أو أدخل رقمك والرمز السري.",
        ),
        "sign_in_refused": (
            "البطاقة أو الرقم أو الرمز السري غير صحيح.",
            "حاول من جديد؛ المشرف يعرف من هو مسجّل.",
        ),
        "pin_locked": (
            "رموز خاطئة كثيرة: لا يُقبل أي رمز لفترة.",
            "انتظر {most} دقيقة؛ بطاقة العمل ما زالت تعمل.",
        ),
        "pin_unavailable": (
            "لا يملك هذا الصندوق مفتاحًا لفحص الرموز.",
            "أبلغ قسم التقنية: مجلد المفاتيح ينقصه مفتاح pin.",
        ),
        "reissue_offline": (
            "لم تجب الإدارة: لا أحد يعلم هل استُعملت القسيمة القديمة.",
            "احتفظ بالورقة فهي صالحة؛ أو سوِّ الأمر بطريقة أخرى.",
        ),
        "reissue_used": (
            "القسيمة القديمة مستعملة أو منتهية أو محجوزة لبيع آخر أو غير أصلية.",
            "اقرأ للمتسوّق جملة القسيمة؛ أو سوِّ الأمر بطريقة أخرى.",
        ),
        "reissue_serial": (
            "لا يُعرف أي قسيمة طُبعت لهذا المتسوّق.",
            "أدخل الأرقام الاثني عشر تحت رمزها؛ أو سوِّ الأمر بطريقة أخرى.",
        ),
        "printer_away": (
            "الطابعة لا تطبع الآن.",
            "أصلح الطابعة ثم حاول من جديد.",
        ),
    },
}
