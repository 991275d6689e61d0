"""The cashier's page in Arabic: its fixed words, and why a gift is not given."""

from __future__ import annotations

PAGE: dict[str, str] = {
    "lane": "الصندوق",
    "till": "الصندوق",
    "shopper": "العميل",
    "no_shopper": "لم تُمسح أي بطاقة",
    "printer": "الطابعة",
    "hq": "الإدارة",
    "cache": "العروض",
    "offers_heading": "العروض في هذه العملية",
    "received_heading": "طُبع للعميل الآن",
    "settled_heading": "تمت تسويته في هذه العملية",
    "nothing_new": "لا يوجد عرض جديد اليوم.",
    "no_sale": "جاهز للعميل التالي",
    "no_sale_hint": "تظهر العروض هنا بمجرد أن يرسل الصندوق سلة.",
    "no_lines": "لا يوجد عرض يخص هذه السلة.",
    "total": "التوفير من العروض",
    "training": "تدريب: لا يُستهلك هنا شيء ولا يُطبع شيء صالح",
    "not_connected": "لا يوجد اتصال. البيع مستمر، وتجري المحاولة مرة أخرى…",
    "provisional": "لم تُسأل الإدارة بعد",
    "kind_refused": "مرفوض",
    "kind_near_miss": "بقي القليل",
    "kind_applied": "مُطبّق",
    "kind_other": "غير مستخدم",
    "state_open": "مفتوحة",
    "state_tendered": "مدفوعة",
    "state_voided": "ملغاة",
    "state_suspended": "معلّقة",
    "settle": "تسوية…",
    "settle_heading": "تسوية كبادرة طيبة",
    "amount": "المبلغ",
    "less": "أقل",
    "more": "أكثر",
    "note": "السبب",
    "note_claim": "قُبل ما قاله العميل",
    "note_wording": "صياغة العرض غير واضحة",
    "note_shelf": "بطاقة الرف خاطئة",
    "note_failed": "تعذّرت قراءة القسيمة",
    "badge": "رقم الموظف",
    "badge_missing": "يُدخل رقم الموظف أولًا.",
    "give": "منح {amount}",
    "cancel": "إلغاء",
    "given": "تمت التسوية. يُخصم {amount} عند الصندوق.",
    "failed": "لم تتم التسوية: لا يوجد رد. يمكن إعادة المحاولة، ولا يُمنح المبلغ مرتين أبدًا.",
    "print_printing": "قيد الطباعة",
    "print_printed": "طُبع",
    "print_accepted": "أُرسل إلى الطابعة",
    "print_unconfirmed": "أُرسل ولم يتأكد: يرجى النظر إلى الورقة",
    "print_not_printed": "لم يُطبع",
    "print_unknown": "غير معروف: يرجى النظر إلى الورقة",
}

# code -> what happened, what to do
REFUSALS: dict[str, tuple[str, str]] = {
    "training": (
        "هذه عملية تدريب: لا يمكن منح شيء فيها.",
        "لعملية حقيقية يجب الخروج من وضع التدريب.",
    ),
    "no_such_offer": (
        "لا يوجد هذا العرض في هذه العملية.",
        "يُرسل رقم العرض كما ورد في آخر رد على السلة.",
    ),
    "not_disputable": (
        "هذا العرض لم يُرفض، أو لا تجوز تسويته كبادرة طيبة.",
        "تُقرأ للعميل جملة العرض.",
    ),
    "over_case_limit": (
        "هذا أكثر مما يجوز منحه في الحالة الواحدة.",
        "يُمنح {most} على الأكثر، أو يُستدعى المدير.",
    ),
    "over_shift_limit": (
        "منح هذا الصندوق كل ما يجوز له في هذه الوردية.",
        "يُمنح {most} على الأكثر، أو يُستدعى المدير.",
    ),
    "already_settled": (
        "تمت تسوية هذا العرض من قبل بمبلغ آخر أو موظف آخر.",
        "ما تمت تسويته في هذه العملية ظاهر في القائمة، ولا يُمنح مرتين.",
    ),
}
