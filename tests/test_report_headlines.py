"""Which findings come first: the rule by itself, and what real figures become under it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from report_folders import Document, text, write_audit
from test_report_poison import candidate

from corpus_assay.reports import audit, figures, headlines, triggers
from corpus_assay.reports.headlines import Headline, Tier
from corpus_assay.reports.verdict import RuleVerdict, Verdict


def one(section: str, tier: Tier, weight: float = 0.5) -> Headline:
    return Headline(section, tier, weight, f"{section} {tier.name} {weight}")


def test_attacks_then_policy_then_the_largest_gaps() -> None:
    clear = one("duplicates", Tier.CLEAR)
    context = one("composition", Tier.CONTEXT)
    small, large = one("rejects", Tier.GAP, 0.1), one("repetition", Tier.GAP, 0.4)
    policy, alarm = one("findings", Tier.POLICY), one("triggers", Tier.ALARM, 0.001)
    chosen, more = headlines.choose([clear, context, small, large, policy, alarm])
    assert chosen == (alarm, policy, large, small, context)
    assert more == (clear,)


def test_a_section_has_two_of_five_while_others_have_something_to_say() -> None:
    gender = [one("gender", Tier.GAP, weight / 10) for weight in range(9, 4, -1)]
    others = [one("pronouns", Tier.CONTEXT), one("composition", Tier.CLEAR)]
    chosen, more = headlines.choose([*gender, *others])
    assert [each.section for each in chosen] == [*("gender",) * 3, "pronouns", "composition"]
    assert chosen[:3] == tuple(gender[:3])
    assert more == tuple(gender[3:])


def test_what_came_of_the_search_for_attacks_is_always_among_them() -> None:
    gaps = [one(name, Tier.GAP, 0.9) for name in "abcdef"]
    clear = one("signatures", Tier.CLEAR)
    chosen, more = headlines.choose([*gaps, clear, one("triggers", Tier.CLEAR, 0.1)])
    assert chosen == (*gaps[:4], clear)
    assert [each.section for each in more] == ["e", "f", "triggers"]


found = st.lists(
    st.builds(one, st.sampled_from("abcd"), st.sampled_from(Tier), st.floats(0, 1)), max_size=12
)


@given(found)
def test_every_finding_is_told_once_and_five_come_first(all_found: list[Headline]) -> None:
    different = list(dict.fromkeys(all_found))
    chosen, more = headlines.choose(different)
    assert len(chosen) == min(5, len(different))
    assert sorted((*chosen, *more), key=repr) == sorted(different, key=repr)
    tiers = [each.tier for each in chosen]
    assert tiers == sorted(tiers)


def first(folder: Path, documents: list[Document], **options: object) -> list[str]:
    page = figures.compute(audit.load(write_audit(folder, documents, **options)))
    assert page.headlines == tuple(each.text for each in page.chosen)
    return [f"{each.section} {each.tier.name}" for each in page.chosen]


def test_the_language_and_the_sources_furthest_from_equal(tmp_path: Path) -> None:
    # English: 30 of 210 feminine; Spanish: half in one source, nearly all in the other.
    documents = [text("web", "eng", 100 + number, 1 + number % 2, 9) for number in range(20)]
    documents += [text("a", "spa", 100 + number, 2, 2 + number % 2) for number in range(20)]
    documents += [text("b", "spa", 100 + number, 5 + number % 2, 1) for number in range(20)]
    folder = write_audit(tmp_path, documents)
    page = figures.compute(audit.load(folder))
    texts = {each.section: each.text for each in reversed((*page.chosen, *page.more))}
    assert any(
        each.text.startswith("Of 2 measured languages, English is furthest from equal: 14.3% of ")
        for each in page.chosen
    )
    # a: 40 of 90 (44.4%), b: 110 of 130 (84.6%).
    assert texts["sources"].startswith(
        "In Spanish, 84.6% of the gendered words are feminine in b ("
    )
    assert "44.4% in a (" in texts["sources"]


def test_a_gap_that_is_small_is_no_gap(tmp_path: Path) -> None:
    documents = [text("web", "eng", 100, 1, 1) for _ in range(300)]
    rejects = [(0, 10, 1, "not valid JSON", "{")]
    kinds = first(tmp_path / "few", documents, rejects=rejects)
    assert "rejects CONTEXT" in kinds
    assert not any("GAP" in kind for kind in kinds)
    many = [(0, place, 1, "not valid JSON", "{") for place in range(30)]
    assert first(tmp_path / "many", documents, rejects=many)[0] == "rejects GAP"


def test_an_empty_audit_says_so(tmp_path: Path) -> None:
    page = figures.compute(audit.load(write_audit(tmp_path, [])))
    assert page.headlines == ("No document was audited, so there is nothing to measure.",)


def gathered(judged: Verdict | None, candidates: triggers.TriggerFigures | None) -> list[Headline]:
    none = figures.Comparisons("Source", "sources", (), 0, "gender")
    totals = figures.Totals(9, 0, 9, 9, 9, 9, 9, 1, 9, 9, 0, 0, {})
    return headlines.gather(
        totals=totals, languages=(), overall=None, has_gender=False, by_source=none, pronouns=(),
        demographics=(), found=None, repeated=None, contaminated=None, signatures=None,
        candidates=candidates, judged=judged, searched=None, guarded=None,
    )  # fmt: skip


def test_a_policy_that_fails_names_its_rule() -> None:
    rules = (
        RuleVerdict("few-rejects", "fail", ("files: 25.0%, not < 10%",), 0, "", ""),
        RuleVerdict("other", "fail", (), 0, "", ""),
        RuleVerdict("third", "warn", (), 0, "", ""),
    )
    failed, _ = gathered(Verdict("policy.toml", "0" * 64, False, rules), None)
    assert (failed.tier, failed.text) == (
        Tier.POLICY,
        "Rule few-rejects of the policy fails: files: 25.0%, not < 10%; so does 1 other rule.",
    )
    assert len(gathered(Verdict("policy.toml", "0" * 64, True, rules[2:]), None)) == 1


def test_triggers_alarm_where_one_is_strong() -> None:
    def of(strength: str, strong: int, notable: int) -> Headline:
        rows = (candidate(1, strength, 20.0, "one"),)
        kinds = (triggers.KindFigures("response", "", 400, rows, 0),)
        return gathered(None, triggers.TriggerFigures(kinds, strong, notable, True))[0]

    assert (of("strong", 1, 0).tier, of("strong", 1, 0).weight) == (Tier.ALARM, 0.1)
    assert of("worth a look", 0, 1).tier == Tier.GAP
    assert of("weak", 0, 0).tier == Tier.CLEAR
