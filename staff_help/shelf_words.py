"""What a shelf's things are called in the four languages, so that "erdbeer" finds a strawberry.

One line is one thing: its stems in English, German, Spanish and Arabic. A word that begins or ends
with a stem, or holds a long one, is that thing ("Erdbeerjoghurt" is two). Stems of three letters or
less are whole words.
"""

from __future__ import annotations

from functools import cache

from staff_help.fold import folded, word

WHOLE, INSIDE = 3, 5  # letters: so short is a whole word; so long counts inside another

THINGS = """
yogurt yoghurt joghurt jogurt yogur زبادي لبن
strawberr erdbeer fresa frutilla فراول
raspberr himbeer frambuesa توت
blueberr heidelbeer blaubeer arandano
cherr kirsch cereza كرز
vanilla vanille vainilla فانيلا
chocolat schoko شوكولات
coconut kokos coco جوز
banana banane platano موز
apple apfel äpfel manzana تفاح
pear birne pera كمثر
orange naranja برتقال
lemon zitrone limon ليمون
grape traube weintraube uva عنب
peach pfirsich melocoton durazno خوخ
pineapple ananas piña أناناس
natural plain natur طبيعي
milk milch leche حليب
cream sahne rahm nata crema قشطة كريمة
butter mantequilla زبدة
cheese käse queso جبن
egg eggs ei eier huevo بيض
bread brot pan خبز
roll rolls brötchen panecillo
flour mehl harina دقيق طحين
sugar zucker azucar سكر
salt salz sal ملح
rice reis arroz أرز
pasta nudel spaghetti fideo معكرون
noodle nudel fideo
potato kartoffel patata papa بطاطس
tomato tomate طماطم بندور
cucumber gurke pepino خيار
onion zwiebel cebolla بصل
carrot karotte möhre zanahoria جزر
pepper paprika pimiento فلفل
salad salat ensalada lechuga سلطة
bean bohne judia alubia frijol فاصول
lentil linse lenteja عدس
nut nuss nüss nuez nueces مكسرات
hazelnut haselnuss haselnüss avellana بندق
almond mandel almendra لوز
peanut erdnuss erdnüss cacahuete سوداني
honey honig miel عسل
jam marmelade konfitüre mermelada مربى
oil öl aceite زيت
olive aceituna زيتون
vinegar essig vinagre خل
coffee kaffee cafe قهوة
tea tee te شاي
cocoa kakao cacao كاكاو
juice saft zumo jugo عصير
water wasser agua ماء مياه
beer bier cerveza بيرة
wine wein vino نبيذ
oat hafer avena شوفان
soy soja صويا
wheat weizen trigo قمح
muesli müsli cereal granola
crispbread knäcke biscote
biscuit keks galleta بسكويت
cookie keks galleta
cake kuchen pastel tarta كعك
ice eis helado
chips crisps papas
meat fleisch carne لحم
beef rind ternera res بقر
pork schwein cerdo
chicken hähnchen huhn pollo دجاج
turkey pute pavo
ham schinken jamon
sausage wurst salchicha سجق نقانق
fish fisch pescado سمك
salmon lachs salmon سلمون
tuna thunfisch atun تونة
soup suppe sopa شوربة حساء
sauce soße sosse salsa صلصة
mustard senf mostaza خردل
diaper nappy nappies windel pañal حفاض
soap seife jabon صابون
shampoo champu شامبو
toothpaste zahnpasta zahncreme dentifrico
detergent waschmittel detergente منظف
paper papier papel ورق
organic bio ecologico organico عضوي
vegan vegano نباتي
drink getränk bebida مشروب
spice gewürz especia بهار
herb kräuter hierba
"""


@cache
def things() -> tuple[tuple[str, ...], ...]:
    """Give each thing's stems, folded as words are compared."""
    lines = (line.split() for line in THINGS.strip().splitlines())
    return tuple(tuple(dict.fromkeys(word(folded(stem)) for stem in line)) for line in lines)


@cache
def by_stem() -> dict[str, tuple[int, ...]]:
    """Tell which things a stem names."""
    named: dict[str, list[int]] = {}
    for number, stems in enumerate(things()):
        for stem in stems:
            named.setdefault(stem, []).append(number)
    return {stem: tuple(numbers) for stem, numbers in named.items()}


def called(token: str) -> tuple[str, ...]:
    """Give what the things in a folded word are called elsewhere; nothing for a word of its own."""
    table = by_stem()
    numbers: dict[int, None] = {}
    for begin in range(len(token)):
        for end in range(begin + 1, len(token) + 1):
            stem = token[begin:end]
            if stem in table and _names(stem, token, begin, end):
                numbers |= dict.fromkeys(table[stem])
    return tuple(dict.fromkeys(stem for number in numbers for stem in things()[number]))


def _names(stem: str, token: str, begin: int, end: int) -> bool:
    if len(stem) <= WHOLE:
        return stem == token
    return begin == 0 or end == len(token) or len(stem) >= INSIDE
