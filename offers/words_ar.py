"""Arabic: what is said of each outcome, and the parts that sentences and slips are put together from.

Each name from outside is led by a noun ("the offer ...", "a piece of ..."), so that no verb must
agree with a word that nobody here knows; nothing is said to a man or to a woman only.
"""

from __future__ import annotations

from offers.reasons import Reason

R = Reason

SENTENCES: dict[Reason, tuple[str, ...]] = {
    R.APPLIED: (
        "{title}: وفّرت {amount} وكسبت {points}.",
        "{title}: وفّرت {amount}.",
        "{title}: كسبت {points}.",
        "{title}: {reward}.",
    ),
    R.NEAR_MISS_QTY: (
        "{needs} {then}.",
        "بقي القليل للاستفادة من عرض {title}.",
    ),
    R.NEAR_MISS_VALUE: (
        "{needs} {then}.",
        "بقي القليل للاستفادة من عرض {title}.",
    ),
    R.NO_QUALIFYING_ITEM: (
        "عرض {title} يشمل {set}، ولا يوجد شيء منها في السلة بعد.",
        "لا يوجد في السلة بعد ما يشمله عرض {title}.",
    ),
    R.EXCLUDED_VARIANT: (
        "{product} غير مشمول: العرض يشمل {set}، أي نوع ما عدا {variant}.",
        "هذا النوع غير مشمول في عرض {title}.",
    ),
    R.CONSUMED_BY_OTHER_OFFER: (
        "الأصناف المطلوبة لعرض {title} استُخدمت في عرض {by_title}.",
        "الأصناف المطلوبة لعرض {title} استُخدمت في عرض آخر.",
    ),
    R.NOT_COMBINABLE: (
        "يمكن استخدام عرض {title} {times} في كل عملية شراء، وقد استُخدم.",
        "لا يمكن جمع عرض {title} مع عرض {by_title}.",
        "لا يمكن جمع عرض {title} مع عروض أخرى.",
    ),
    R.BETTER_OFFER_CHOSEN: (
        "{if_instead}السعر الحالي أفضل من عرض {title}.",
        "عرض {by_title} يوفّر أكثر من {title}، لذلك استخدمناه.",
        "نطبع {cap} كحد أقصى في كل مرة، وكانت عروض أخرى قبل {title}.",
        "العروض الأخرى تعطي أكثر من {title}.",
    ),
    R.MASS_PROMO_CLASH: (
        "{product} مخفّض أصلًا للجميع، ولا يُضاف إليه عرض {title}.",
        "هذا الصنف مخفّض أصلًا للجميع، ولا يُضاف إليه عرض {title}.",
    ),
    R.NOT_STARTED: ("يبدأ عرض {title} في {starts}.", "لم يبدأ عرض {title} بعد."),
    R.EXPIRED: ("انتهى عرض {title} في {ended}.", "انتهى عرض {title}."),
    R.WRONG_STORE: (
        "{if_lane}عرض {title} غير متاح عند هذا الصندوق.",
        "عرض {title} غير متاح في هذا المتجر.",
    ),
    R.WRONG_DAYPART: (
        "عرض {title} متاح في هذه الأوقات فقط: {hours}.",
        "عرض {title} غير متاح في هذا الوقت.",
    ),
    R.NOT_ASSIGNED: (
        "{if_panel}عرض {title} قيد التجربة مع عدد قليل من العملاء.",
        "عرض {title} ليس من عروض هذه البطاقة.",
    ),
    R.OTHER_SHOPPER: ("عرض {title} يخص بطاقة ولاء أخرى.",),
    R.CARD_NOT_SCANNED: ("لعرض {title} يرجى مسح بطاقة الولاء.",),
    R.COUPON_NOT_PRESENTED: ("لعرض {title} يرجى مسح القسيمة المطبوعة.",),
    R.ID_TOO_WEAK: ("لعرض {title} نحتاج إلى البطاقة أو التطبيق، ورقم الهاتف لا يكفي.",),
    R.ALREADY_REDEEMED: (
        "يمكن استخدام عرض {title} {times}، وقد استُخدم. آخر مرة كانت في {when}.",
        "يمكن استخدام عرض {title} {times}، وقد استُخدم.",
        "استُخدمت هذه القسيمة من قبل في {when} ({where}).",
        "استُخدمت هذه القسيمة من قبل في {when}.",
        "استُخدمت هذه القسيمة من قبل ({where}).",
        "استُخدمت هذه القسيمة من قبل.",
    ),
    R.CLAIMED_ELSEWHERE: (
        "هذه القسيمة قيد الاستخدام الآن في مكان آخر ({where}).",
        "هذه القسيمة قيد الاستخدام الآن عند صندوق آخر.",
    ),
    R.SERIAL_UNKNOWN: ("لم نعثر على رقم هذه القسيمة.",),
    R.SERIAL_FORGED: ("لا يمكننا قبول هذه القسيمة: رقمها ليس من أرقامنا.",),
    R.CAP_PERSON: (
        "اكتمل عدد العروض المطبوعة لهذا الشهر، والحد هو {cap}.",
        "اكتمل عدد العروض المطبوعة لهذا الشهر.",
    ),
    R.CAP_CATEGORY: (
        "اكتمل عدد العروض المطبوعة لهذا الشهر على {category}، والحد هو {cap}.",
        "اكتمل عدد العروض المطبوعة لهذا الشهر على هذا النوع من المنتجات.",
    ),
    R.QUIET_TIME: (
        "عرض {title} مطبوع من قبل: القسيمة صالحة حتى {out_until}.",
        "استُخدم عرض {title} قبل وقت قصير، ويمكن أن يعود ابتداءً من {until}.",
        "استُخدم عرض {title} قبل وقت قصير.",
    ),
    R.RIVAL_BRAND: (
        "لا يُطبع عرض {title} بجانب عرض {by_title} لأنه لعلامة منافسة.",
        "لا يُطبع عرض {title} بجانب عرض لعلامة منافسة.",
    ),
    R.CONTACT_CAP: (
        "اكتمل عدد العروض والرسائل لهذا الأسبوع، والحد هو {cap}.",
        "اكتمل عدد العروض والرسائل لهذا الأسبوع.",
    ),
    R.BUDGET_EXHAUSTED: ("عرض {title} كان بكمية محدودة ولم يبقَ منه شيء هنا.",),
    R.OUT_OF_STOCK: ("لم يُطبع عرض {title} لعدم توفر المنتج.",),
    R.RECALLED: (
        "سُحب {product} من السوق: يرجى عدم بيعه.",
        "سُحب عرض {title}.",
    ),
    R.LOW_MOVER: ("لا يُطبع عرض {title} هنا لأن المنتج بطيء البيع في هذا المتجر.",),
    R.NO_PAPER_NEEDED: ("عرض {title} لا يحتاج إلى قسيمة: البطاقة تكفي.",),
    R.PICTURE_STALE: ("لم يُطبع عرض {title} لأن العبوة تغيّرت.",),
    R.NOT_APPROVED: (
        "{if_panel}عرض {title} قيد التجربة مع عدد قليل من العملاء.",
        "عرض {title} غير معتمد بعد.",
    ),
    R.HOLDOUT: ("لا يوجد عرض جديد اليوم.",),
    R.LEGAL_INFANT_FORMULA: ("لا يسمح القانون بعروض على حليب الرضّع.",),
    R.LEGAL_ALCOHOL: ("لا يسمح القانون هنا بمثل هذا العرض على الكحول.",),
    R.LEGAL_TOBACCO: ("لا يسمح القانون بعروض على التبغ.",),
    R.LEGAL_HFSS_VOLUME: ("لا يسمح القانون هنا بعروض الكمية على هذا المنتج.",),
    R.LEGAL_PRINT_ON_REQUEST: (
        "{if_never}هذا المتجر لا يطبع القسائم.",
        "نطبع القسائم عند الطلب: يكفي السؤال عنها.",
    ),
    R.OFFLINE_LIMIT: ("لا يمكننا التحقق من هذه القسيمة الآن. تبقى صالحة: يرجى المحاولة لاحقًا.",),
    R.STALE_DATA: (
        "{if_stock}لم يُطبع عرض {title} لأننا لا نعرف الكمية المتبقية.",
        "لا نطبع شيئًا جديدًا الآن لأن بيانات هذا الصندوق قد تكون قديمة.",
    ),
    R.OFFER_INVALID: ("في عرض {title} خطأ ولا يمكن استخدامه. الإدارة على علم بذلك.",),
    R.DECISION_LATE: ("استغرق التحقق وقتًا طويلًا. القسيمة تبقى صالحة.",),
    R.PRINTER_DOWN: ("الطابعة غير جاهزة، ولم يُطبع عرض {title}.",),
    R.PRINT_UNKNOWN: ("يرجى التأكد من طباعة عرض {title}.",),
    R.RETURNED_LINE: (
        "أُلغي {amount} من عرض {title} مع الأصناف المُعادة.",
        "أُلغي عرض {title} مع الأصناف المُعادة.",
    ),
    R.OVERRIDDEN: ("عُدّل عرض {title} يدويًا.",),
    R.GOODWILL: ("مُنح {amount} كبادرة طيبة.", "مُنح هذا كبادرة طيبة."),
}


def _counted(one: str, two: str, few: str, many: str, other: str = "") -> dict[str, str]:
    """Give the six forms: 1, 2, 3 to 10, 11 to 99, and the rest, which has mostly the same words."""
    other = other or many
    return {"zero": other, "one": one, "two": two, "few": few, "many": many, "other": other}


PHRASES: dict[str, str | dict[str, str]] = {
    "printed": "{title}: طُبع للزيارة القادمة.",
    # near misses: what is missing, first with its name, then what else
    "need_units": _counted(
        "تبقّت قطعة واحدة من {set}",
        "تبقّت قطعتان من {set}",
        "تبقّت {n} قطع من {set}",
        "تبقّت {n} قطعة من {set}",
    ),
    "need_pieces": _counted(
        "تبقّت حبة واحدة من {set}",
        "تبقّت حبتان من {set}",
        "تبقّت {n} حبات من {set}",
        "تبقّت {n} حبة من {set}",
    ),
    "need_distinct": _counted(
        "تبقّى نوع واحد آخر من {set}",
        "تبقّى نوعان آخران من {set}",
        "تبقّت {n} أنواع أخرى من {set}",
        "تبقّى {n} نوعًا آخر من {set}",
        "تبقّى {n} نوع آخر من {set}",
    ),
    "need_weight": "تبقّى {weight} من {set}",
    "need_money": "تبقّى شراء {set} بقيمة {money}",
    "need_basket": "تبقّى شراء بقيمة {money}",
    "need_other": _counted(
        "تبقّت إضافة قطعة واحدة من {other}",
        "تبقّت إضافة قطعتين من {other}",
        "تبقّت إضافة {n} قطع من {other}",
        "تبقّت إضافة {n} قطعة من {other}",
    ),
    "also_distinct": _counted(
        "منها نوع واحد آخر",
        "منها نوعان آخران",
        "منها {n} أنواع أخرى",
        "منها {n} نوعًا آخر",
        "منها {n} نوع آخر",
    ),
    "also_weight": "{weight} على الأقل",
    "also_money": "بقيمة {money} على الأقل",
    "also_basket": "مع شراء بقيمة {money} إجمالًا",
    "also_other": _counted(
        "مع قطعة واحدة من {other}",
        "مع قطعتين من {other}",
        "مع {n} قطع من {other}",
        "مع {n} قطعة من {other}",
    ),
    "except": "أي نوع ما عدا {except}",
    "needs": "{first} ({more})",
    "then": "للحصول على {reward}",
    "then_percent": "للحصول على {reward}",
    "then_points": "لكسب {reward}",
    "then_price_one": "ليصبح السعر {price} فقط",
    "then_price": "ليصبح السعر {price} فقط للكل معًا",
    "then_cheapest": "للحصول على الأرخص مجانًا",
    "then_cheapest_percent": "للحصول على خصم {percent} على الأرخص",
    "then_nth_free": "للحصول على القطعة رقم {nth} مجانًا",
    "then_nth_half": "للحصول على القطعة رقم {nth} بنصف السعر",
    "then_nth_percent": "للحصول على خصم {percent} على القطعة رقم {nth}",
    "then_it_free": "للحصول عليها مجانًا",
    "then_it_half": "للحصول عليها بنصف السعر",
    "then_it_percent": "للحصول عليها بخصم {percent}",
    # rewards, as a slip says them
    "percent": "خصم {percent}",
    "amount": "خصم {amount}",
    "per_kg": "خصم {amount} لكل كغم",
    "price": "{price}",
    "price_of": "{n} بسعر {price}",
    "cheapest": "الأرخص مجانًا",
    "cheapest_percent": "خصم {percent} على الأرخص",
    "n_for_m": "{n} بسعر {m}",
    "nth_free": "القطعة رقم {nth} مجانًا",
    "nth_half": "القطعة رقم {nth} بنصف السعر",
    "nth_percent": "خصم {percent} على القطعة رقم {nth}",
    "nth": {"other": "{n}"},
    "other_free": _counted(
        "{other} مجانًا",
        "قطعتين من {other} مجانًا",
        "{n} قطع من {other} مجانًا",
        "{n} قطعة من {other} مجانًا",
    ),
    "other_half": _counted(
        "{other} بنصف السعر",
        "قطعتين من {other} بنصف السعر",
        "{n} قطع من {other} بنصف السعر",
        "{n} قطعة من {other} بنصف السعر",
    ),
    "other_percent": _counted(
        "خصم {percent} على {other}",
        "خصم {percent} على قطعتين من {other}",
        "خصم {percent} على {n} قطع من {other}",
        "خصم {percent} على {n} قطعة من {other}",
    ),
    "points": _counted("نقطة واحدة", "نقطتين", "{n} نقاط", "{n} نقطة"),
    "basket_percent": "خصم {percent} على المشتريات",
    "basket_amount": "خصم {amount} على المشتريات",
    "up_to": "{reward} بحد أقصى {max}",
    # facts inside a sentence
    "times": _counted("مرة واحدة", "مرتين", "{n} مرات", "{n} مرة"),
    "place": "متجر {store}، صندوق {lane}",
    "comma": "، ",
    # a slip's other lines
    "counts": "{set}",
    "counts_units": _counted(
        "قطعة واحدة من {set}", "قطعتان من {set}", "{n} قطع من {set}", "{n} قطعة من {set}"
    ),
    "counts_pieces": _counted(
        "حبة واحدة من {set}", "حبتان من {set}", "{n} حبات من {set}", "{n} حبة من {set}"
    ),
    "counts_distinct": _counted(
        "نوع واحد", "نوعان مختلفان", "{n} أنواع مختلفة", "{n} نوعًا مختلفًا", "{n} نوع مختلف"
    ),
    "counts_weight": "ابتداءً من {weight}",
    "counts_spend": "ابتداءً من {spend}",
    "counts_basket": "عند الشراء بقيمة {spend} أو أكثر",
    "anything": "كل المشتريات",
    "not": "ما عدا: {names}",
    "valid": "صالح حتى {day}",
    "valid_from": "صالح من {from} إلى {day}",
    "span": "{from} إلى {to}",
    "hours": "من {from} إلى {to}",
    "once": "استخدام واحد لكل قسيمة",
    "alone": "لا يُجمع مع عروض أخرى",
    "per_basket": _counted(
        "مرة واحدة لكل عملية شراء",
        "مرتان كحد أقصى لكل عملية شراء",
        "{n} مرات كحد أقصى لكل عملية شراء",
        "{n} مرة كحد أقصى لكل عملية شراء",
    ),
    "per_shopper": _counted(
        "مرة واحدة لكل عميل",
        "مرتان كحد أقصى لكل عميل",
        "{n} مرات كحد أقصى لكل عميل",
        "{n} مرة كحد أقصى لكل عميل",
    ),
    "first_n": _counted("للأول فقط", "لأول اثنين فقط", "لأول {n} فقط", "لأول {n} فقط"),
    # lines that the decision left out
    "left_out_unknown_product": "السطر {line}: لا نعرف هذا المنتج، ولا يُحتسب في أي عرض.",
    "left_out_quantity": "السطر {line}: الكمية غير صحيحة، ولا يُحتسب في أي عرض.",
    "left_out_amount": "السطر {line}: المبلغ غير صحيح، ولا يُحتسب في أي عرض.",
    "left_out_currency": "السطر {line}: العملة مختلفة، ولا يُحتسب في أي عرض.",
}
