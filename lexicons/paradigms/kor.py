"""Korean: nouns with the plural suffix, particles and the copula written on.

The noun itself never changes. Its last letter decides between the two shapes of a particle: one
after a consonant (사람은, 사람이, 사람을, 사람과), one after a vowel (여자는, 여자가, 여자를,
여자와). Before -(으)로 a final ㄹ counts as a vowel (딸로, 아들로, 사람으로). The plural -들 ends
in ㄹ and takes all particles. A bare noun is not marked for number, so that only forms with -들
are plural.

- Particles: topic, subject, object, genitive, the local cases, comitative, and the delimiters
  (also, only, even, than, like …), with the stacks that are common in writing (에게는, 으로서의,
  까지도, 만은). Honorific -께, -께서 stand only on words marked ``honorific``.
- Copula -이다, in the endings that written Korean uses most. After a vowel -이- may drop in the
  present (여자이다, 여자다) and contracts in the past (여자였다); -입니다, -인, -일 stay whole.
- Words not marked ``full`` take the common particles, stacks and copulas only; the plural of the
  others some more of them.
- After words marked ``honorific`` the copula has its honorific shapes (어머니이신, 어머니셨다).
- Words marked ``short`` also have the topic and object contracted to ㄴ, ㄹ (엄만, 엄말).

Not generated: derived adjectives (여성적, 여자답다), compounds without a blank (여성용,
어린이집), the household suffix -네 with particles, spellings without the standard blank (두사람).

Adjectives (`inflect_adjective`) are descriptive verbs, in the endings that stand before a noun and
in the commonest others; nouns before a noun, bare or with -의; and names of countries with a noun
for persons after them (프랑스 작가).

Checked against the particle tables of the Korean orthography (한글 맞춤법) as known to the author.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, Inflected, Word

KEYS = {
    "full": "true: an everyday word; its singular has the rarer particles, stacks and copulas too",
    "honorific": "true: a respected person, who takes the honorific particles -께 and -께서",
    "short": "true: an everyday word in a vowel, with the contractions -ㄴ (topic), -ㄹ (object)",
}

Ending = tuple[str, str, str]
"""Name of an ending, its shape after a consonant and after a vowel."""

PARTICLES: tuple[Ending, ...] = (
    ("topic", "은", "는"),
    ("subject", "이", "가"),
    ("object", "을", "를"),
    ("genitive", "의", "의"),
    ("dative", "에게", "에게"),
    ("spoken dative", "한테", "한테"),
    ("ablative", "에게서", "에게서"),
    ("spoken ablative", "한테서", "한테서"),
    ("directional", "에게로", "에게로"),
    ("locative", "에", "에"),
    ("locative", "에서", "에서"),
    ("instrumental", "으로", "로"),
    ("essive", "으로서", "로서"),
    ("source", "으로부터", "로부터"),
    ("comitative", "과", "와"),
    ("spoken comitative", "이랑", "랑"),
    ("spoken comitative", "하고", "하고"),
    ("also", "도", "도"),
    ("only", "만", "만"),
    ("until", "까지", "까지"),
    ("from", "부터", "부터"),
    ("even", "조차", "조차"),
    ("even", "마저", "마저"),
    ("like", "처럼", "처럼"),
    ("like", "같이", "같이"),
    ("than", "보다", "보다"),
    ("every", "마다", "마다"),
    ("as much as", "만큼", "만큼"),
    ("except", "밖에", "밖에"),
    ("just", "뿐", "뿐"),
    ("according to", "대로", "대로"),
    ("for a", "치고", "치고"),
    ("among", "끼리", "끼리"),
    ("or", "이나", "나"),
    ("even if", "이라도", "라도"),
    ("whether", "이든", "든"),
    ("whether", "이든지", "든지"),
    ("indeed", "이야말로", "야말로"),
    ("far from", "커녕", "커녕"),
    ("each", "씩", "씩"),
    ("literary vocative", "이여", "여"),
)

HONORIFIC: tuple[Ending, ...] = (
    ("honorific dative", "께", "께"),
    ("honorific subject", "께서", "께서"),
)

VOCATIVE: Ending = ("vocative", "아", "야")

SECOND = {
    "는": "topic",
    "은": "topic",
    "ㄴ": "topic",
    "이": "subject",
    "을": "object",
    "의": "genitive",
    "도": "also",
    "만": "only",
    "까지": "until",
    "인": "copula",
    "이다": "copula",
    "이었다": "copula, past",
    "나": "or",
    "이나": "or",
}
"""Particles that follow another particle; ㄴ is the topic contracted into its last syllable."""

STACKS: dict[str, str] = {
    "에게": "는 ㄴ 도 만 까지 나",
    "한테": "는 ㄴ 도 만",
    "에게서": "는 도",
    "에": "는 도",
    "에서": "는 ㄴ 도 의",
    "으로": "는 ㄴ 도 만",
    "으로서": "는 도 의",
    "으로부터": "는 도 의",
    "과": "는 도 의",
    "만": "은 이 을 의 도",
    "까지": "는 도 의",
    "부터": "는",
    "조차": "도",
    "마저": "도",
    "처럼": "은 도",
    "보다": "는 ㄴ 도",
    "만큼": "은 도 이나",
    "하고": "는 도",
    "밖에": "는",
    "뿐": "만 이 인 이다 이었다",
    "끼리": "는 의 만",
    "께": "는 도",
    "께서": "는 ㄴ 도",
}
"""Second particles after a first one, which is given in the shape after a consonant."""

COMMON_STACKS: dict[str, str] = {
    "에게": "는 ㄴ 도 만",
    "한테": "는",
    "에": "는",
    "에서": "는 도",
    "으로부터": "의",
    "과": "는 도 의",
    "만": "은 이 을 의",
    "까지": "도",
    "보다": "는 도",
    "끼리": "의 만",
    "께서": "는 도",
}
"""Those that every word has, in the plural too."""

COPULA: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("declarative", "이다", ("이다", "다")),
    ("formal", "입니다", ("입니다",)),
    ("adnominal", "인", ("인",)),
    ("prospective", "일", ("일",)),
    ("nominal", "임", ("임",)),
    ("and", "이고", ("이고", "고")),
    ("and", "이며", ("이며", "며")),
    ("and at once", "이자", ("이자",)),
    ("but", "이지만", ("이지만", "지만")),
    ("quotation", "이라고", ("이라고", "라고")),
    ("quotation, adnominal", "이라는", ("이라는", "라는")),
    ("past", "이었다", ("였다",)),
    ("past, adnominal", "이었던", ("였던",)),
    ("past, formal", "이었습니다", ("였습니다",)),
    ("because", "이라", ("이라", "라")),
    ("quotation, topic", "이란", ("이란", "란")),
    ("if", "이라면", ("이라면", "라면")),
    ("because", "이라서", ("이라서", "라서")),
    ("saying", "이라며", ("이라며", "라며")),
    ("because", "이기", ("이기",)),
    ("as", "이니", ("이니", "니")),
    ("as", "이니까", ("이니까", "니까")),
    ("past and", "이었고", ("였고",)),
    ("past and", "이었으며", ("였으며",)),
    ("past but", "이었지만", ("였지만",)),
    ("past, background", "이었는데", ("였는데",)),
    ("background", "인데", ("인데",)),
    ("whether", "인지", ("인지",)),
    ("question", "인가", ("인가",)),
    ("question", "일까", ("일까",)),
    ("question", "이냐", ("이냐", "냐")),
    ("polite", "이에요", ("예요",)),
    ("polite past", "이었어요", ("였어요",)),
    ("familiar", "이야", ("야",)),
    ("familiar", "이지", ("이지", "지")),
    ("familiar, polite", "이죠", ("이죠", "죠")),
    ("exclamation", "이네", ("이네", "네")),
    ("exclamation", "이구나", ("이구나", "구나")),
    ("exclamation, polite", "이군요", ("이군요", "군요")),
    ("remember", "이잖아", ("이잖아", "잖아")),
    ("you see", "이거든", ("이거든", "거든")),
    ("formal question", "입니까", ("입니까",)),
    ("retrospective, adnominal", "이던", ("이던", "던")),
    ("past, prospective", "이었을", ("였을",)),
    ("past, quotation", "이었다고", ("였다고",)),
    ("past, quotation, adnominal", "이었다는", ("였다는",)),
    ("when", "이면", ("이면", "면")),
    ("while", "이면서", ("이면서", "면서")),
    ("and so", "이어서", ("이어서", "여서")),
    ("only if", "이어야", ("이어야", "여야")),
    ("as", "이므로", ("이므로",)),
    ("nominal, object", "임을", ("임을",)),
    ("nominal, although", "임에도", ("임에도",)),
    ("nominal, also", "이기도", ("이기도",)),
    ("nominal, because", "이기에", ("이기에",)),
    ("although", "인데도", ("인데도",)),
    ("whether, also", "인지도", ("인지도",)),
    ("whether", "일지", ("일지",)),
    ("quotation, also", "이라고도", ("이라고도", "라고도")),
    ("quotation, background", "이라는데", ("이라는데", "라는데")),
    ("rather than", "이라기보다", ("이라기보다", "라기보다")),
    ("rather than, topic", "이라기보다는", ("이라기보다는", "라기보다는")),
    ("whether", "이건", ("이건", "건")),
)
"""Name, copula after a consonant, copulas after a vowel."""

HONORIFIC_COPULA: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("honorific, adnominal", "이신", ("이신", "신")),
    ("honorific, formal", "이십니다", ("이십니다", "십니다")),
    ("honorific, polite", "이세요", ("이세요", "세요")),
    ("honorific, past", "이셨다", ("이셨다", "셨다")),
    ("honorific, past, adnominal", "이셨던", ("이셨던", "셨던")),
    ("honorific and", "이시고", ("이시고", "시고")),
    ("honorific, familiar", "이시다", ("이시다", "시다")),
)
"""The same of respected persons, with -시-."""

RARE = (
    "spoken ablative",
    "directional",
    "every",
    "according to",
    "for a",
    "whether",
    "even",
    "just",
    "indeed",
    "far from",
    "each",
    "literary vocative",
)
"""Particles that only the singular of everyday words has."""

RARE_PLURAL = ("spoken ablative", "according to", "for a", "whether")
"""Particles that no plural has."""

COMMON_COPULAS = ("declarative", "formal", "adnominal", "and", "but", "quotation", "past")
"""Copulas that every word has, in the plural too."""

PLURAL_COPULAS = (
    *COMMON_COPULAS,
    "and at once",
    "background",
    "because",
    "familiar",
    "if",
    "nominal",
    "nominal, object",
    "past and",
    "past, adnominal",
    "past, formal",
    "prospective",
    "quotation, adnominal",
    "quotation, topic",
    "whether",
)
"""Copulas of the plural of everyday words."""

HANGUL, FINALS, RIEUL, NIEUN = 0xAC00, 28, 8, 4
"""First Hangul syllable; number of finals a vowel can have; places of ㄹ and ㄴ among them."""


def final(text: str) -> int:
    """Place of the final consonant of the last syllable among the finals; 0 after a vowel."""
    code = ord(text[-1]) - HANGUL
    if not 0 <= code < 11172:
        raise ValueError(f"{text} does not end in a Hangul syllable")
    return code % FINALS


def shape(text: str, ending: Ending) -> str:
    """The shape that a particle has after a text."""
    _, after_consonant, after_vowel = ending
    like_vowel = (0, RIEUL) if after_consonant.startswith("으로") else (0,)
    return after_vowel if final(text) in like_vowel else after_consonant


def with_final(text: str, place: int) -> str:
    """A text in a vowel with a final consonant set under it: 엄마 + ㄴ = 엄만."""
    return text[:-1] + chr(ord(text[-1]) + place)


def particles(
    text: str, endings: Iterable[Ending], stacks: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Texts with particles and their stacks, and the steps."""
    for ending in endings:
        name, key, _ = ending
        first = shape(text, ending)
        yield text + first, f"{name} -{first}"
        for second in stacks.get(key, "").split():
            contracted = second == "ㄴ"
            stacked = with_final(text + first, NIEUN) if contracted else text + first + second
            yield stacked, f"{name} -{first} + {SECOND[second]} -{second}"


def copulas(
    text: str,
    names: Collection[str] | None = None,
    endings: Iterable[tuple[str, str, tuple[str, ...]]] = COPULA,
) -> Iterator[tuple[str, str]]:
    """Texts with the copula in the named endings, or in all; and the steps."""
    for name, after_consonant, after_vowel in endings:
        if names is None or name in names:
            for ending in (after_consonant,) if final(text) else after_vowel:
                yield text + ending, f"copula, {name} -{ending}"


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a noun: bare, with particles, with the copula; the same in the plural."""
    lemma, plural = word.lemma, word.lemma + "들"
    endings = PARTICLES + (HONORIFIC if word.flag("honorific") else ())
    common = tuple(ending for ending in endings if ending[0] not in RARE)
    yield Inflected(lemma, FORMS, "lemma")
    if word.flag("full"):
        steps = [*particles(lemma, (*endings, VOCATIVE), STACKS), *copulas(lemma)]
    else:
        steps = [*particles(lemma, common, COMMON_STACKS), *copulas(lemma, COMMON_COPULAS)]
    if word.flag("honorific"):
        steps += copulas(lemma, endings=HONORIFIC_COPULA)
    for text, rule in steps:
        yield Inflected(text, FORMS, rule)
    if word.flag("short"):
        if final(lemma):
            raise ValueError("short takes a word that ends in a vowel")
        yield Inflected(with_final(lemma, NIEUN), FORMS, "topic -ㄴ")
        yield Inflected(with_final(lemma, RIEUL), FORMS, "object -ㄹ")
    yield Inflected(plural, PLURAL, "plural -들")
    if word.flag("full"):
        most = tuple(ending for ending in endings if ending[0] not in RARE_PLURAL)
        steps = [*particles(plural, (*most, VOCATIVE), COMMON_STACKS)]
        steps += copulas(plural, PLURAL_COPULAS)
    else:
        steps = [*particles(plural, common, COMMON_STACKS), *copulas(plural, COMMON_COPULAS)]
    for text, rule in steps:
        yield Inflected(text, PLURAL, f"plural -들 + {rule}")


# Words that describe ------------------------------------------------------------------------------

ADJECTIVE_KEYS = {
    "class": "verbal: a descriptive verb in -다 (젊다); country: a name of a country, not made "
    "alone but before nouns for persons; else a noun that stands before another (기독교 신자)",
    "infinitive": "of a verbal adjective but those in -하다: the form in -어/-아 (젊어)",
}

PERSONS = ("사람", "국민", "시민", "국적자", "여성", "남성", "선수", "작가", "배우", "관광객")
"""Nouns for persons that follow the name of a country. Offices of state are not among them: a
president is of the country, whatever the president's own nationality."""
PERSON_PARTICLES = ("topic", "subject", "object", "genitive")

VERBAL_ENDINGS: tuple[tuple[str, str], ...] = (
    ("declarative", "다"),
    ("and", "고"),
    ("but", "지만"),
    ("adverbial", "게"),
    ("nominal", "기"),
    ("retrospective, adnominal", "던"),
)
"""Name and ending, on the stem as it stands."""
PAST_ENDINGS: tuple[tuple[str, str], ...] = (
    ("past", "다"),
    ("past, adnominal", "던"),
    ("past and", "고"),
    ("past but", "지만"),
    ("past, formal", "습니다"),
)
"""Name and ending, on the infinitive with ㅆ."""
BIEUP, SSANG_SIOT = 17, 20
"""Places of ㅂ and ㅆ among the finals."""


def verbal(word: Word) -> Iterator[tuple[str, str]]:
    """A descriptive verb: stem + ending, -ㄴ/-은, -ㄹ/-을, -(으)며, the infinitive, the past."""
    if not word.lemma.endswith("다") or len(word.lemma) < 2:
        raise ValueError("a verbal adjective ends in -다")
    stem = word.lemma[:-1]
    infinitive = stem[:-1] + "해" if stem.endswith("하") else word.text("infinitive")
    if not infinitive:
        raise ValueError("a verbal adjective that does not end in -하다 needs its infinitive")
    for name, ending in VERBAL_ENDINGS:
        yield stem + ending, f"{name} -{ending}"
    if final(stem) in (0, RIEUL):
        bare = with_final(stem, -final(stem))
        yield with_final(bare, NIEUN), "adnominal -ㄴ"
        yield with_final(bare, RIEUL), "prospective -ㄹ"
        yield with_final(bare, BIEUP) + "니다", "formal -ㅂ니다"
        yield stem + "며", "and -며"
    else:
        yield stem + "은", "adnominal -은"
        yield stem + "을", "prospective -을"
        yield stem + "습니다", "formal -습니다"
        yield stem + "으며", "and -으며"
    yield infinitive, "infinitive"
    yield infinitive + "서", "because -서"
    for name, ending in PAST_ENDINGS:
        yield with_final(infinitive, SSANG_SIOT) + ending, f"{name} -ㅆ{ending}"


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """A descriptive verb, a country with nouns for persons, or a noun before another."""
    kind = word.text("class", "noun")
    if kind == "verbal":
        for text, rule in verbal(word):
            yield Inflected(text, FORMS, rule)
    elif kind == "country":
        endings = [ending for ending in PARTICLES if ending[0] in PERSON_PARTICLES]
        for person in PERSONS:
            phrase, rule = f"{word.lemma} {person}", f"lemma + person {person}"
            yield Inflected(phrase, FORMS, rule)
            yield Inflected(phrase + "들", PLURAL, f"{rule} + plural -들")
            for text, step in particles(phrase, endings, {}):
                yield Inflected(text, FORMS, f"{rule} + {step}")
    elif kind == "noun":
        yield Inflected(word.lemma, FORMS, "lemma")
        yield Inflected(word.lemma + "의", FORMS, "genitive -의")
    else:
        raise ValueError(f"no class {kind!r}: verbal, country or none")
