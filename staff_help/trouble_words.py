"""What is said of the lane itself when something is wrong with it: above the sale, and to the till.

`{file}` is put in by who says it.
"""

from __future__ import annotations

from collections.abc import Mapping

from offers.model import Language

EN, ES, DE, AR = Language("en"), Language("es"), Language("de"), Language("ar")

SAID: Mapping[Language, Mapping[str, str]] = {
    EN: {
        "aside": "The records of this lane were damaged and put aside ({file}); it goes on with"
        " new ones. Tell store IT.",
        "twin": "Another PC goes by this lane's name at headquarters. Tell store IT: only one of"
        " the two may run.",
        "forgot": "The message service of headquarters had forgotten this lane; everything is sent"
        " again, nothing is lost.",
    },
    ES: {
        "aside": "Los registros de esta caja estaban dañados y se han apartado ({file}); sigue con"
        " otros nuevos. Avise a informática.",
        "twin": "Otro equipo se presenta a la central con el nombre de esta caja. Avise a"
        " informática: solo puede funcionar uno de los dos.",
        "forgot": "El servicio de mensajes de la central había olvidado esta caja; se envía todo de"
        " nuevo, no se pierde nada.",
    },
    DE: {
        "aside": "Die Aufzeichnungen dieser Kasse waren beschädigt und liegen beiseite ({file}); sie"
        " arbeitet mit neuen weiter. Der Technik melden.",
        "twin": "Ein anderer Rechner meldet sich bei der Zentrale unter dem Namen dieser Kasse. Der"
        " Technik melden: nur einer von beiden darf laufen.",
        "forgot": "Der Nachrichtendienst der Zentrale hatte diese Kasse vergessen; alles wird noch"
        " einmal gesendet, nichts geht verloren.",
    },
    AR: {
        "aside": "كانت سجلات هذا الصندوق متضررة فوُضعت جانبًا ({file})؛ وهو يعمل بسجلات جديدة."
        " يُبلَّغ الدعم الفني.",
        "twin": "جهاز آخر يتصل بالإدارة باسم هذا الصندوق. يُبلَّغ الدعم الفني: لا يجوز أن يعمل إلا"
        " واحد منهما.",
        "forgot": "نسيت خدمة رسائل الإدارة هذا الصندوق؛ يُرسل كل شيء من جديد، ولا يضيع شيء.",
    },
}

REFUSALS: Mapping[Language, Mapping[str, tuple[str, str]]] = {
    EN: {
        "disk_full": (
            "The lane's disk is full: nothing of this call was kept.",
            "Sell without the offers, and free space on the disk.",
        ),
        "disk_failed": (
            "The lane's disk fails, or takes nothing: nothing of this call was kept.",
            "Sell without the offers, and tell store IT to look at the disk.",
        ),
    },
    ES: {
        "disk_full": (
            "El disco de esta caja está lleno: no se ha guardado nada de esta llamada.",
            "Venda sin las ofertas y libere espacio en el disco.",
        ),
        "disk_failed": (
            "El disco de esta caja falla o no admite nada: no se ha guardado nada de esta llamada.",
            "Venda sin las ofertas y avise a informática para que mire el disco.",
        ),
    },
    DE: {
        "disk_full": (
            "Die Platte dieser Kasse ist voll: von diesem Aufruf wurde nichts bewahrt.",
            "Ohne die Angebote verkaufen und Platz auf der Platte schaffen.",
        ),
        "disk_failed": (
            "Die Platte dieser Kasse versagt oder nimmt nichts an: von diesem Aufruf wurde nichts"
            " bewahrt.",
            "Ohne die Angebote verkaufen und der Technik melden, dass sie die Platte ansieht.",
        ),
    },
    AR: {
        "disk_full": (
            "قرص هذا الصندوق ممتلئ: لم يُحفظ شيء من هذا الطلب.",
            "يستمر البيع بدون العروض، ويُفرَّغ مكان على القرص.",
        ),
        "disk_failed": (
            "قرص هذا الصندوق معطّل أو لا يقبل الكتابة: لم يُحفظ شيء من هذا الطلب.",
            "يستمر البيع بدون العروض، ويُبلَّغ الدعم الفني لفحص القرص.",
        ),
    },
}
