"""``corpus-assay lexicon``: the word lists."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_assay.pipelines.commands.shared import (
    DONE,
    USED_WRONGLY,
    Commands,
    UsageError,
    common,
    nothing_left,
    print_json,
)

if TYPE_CHECKING:
    from corpus_assay.lexicons.files import FormList
    from corpus_assay.lexicons.gender import Lexicon

KINDS = ("nouns", "pronouns", "demographics")

LAYOUT_FILE = "{}_nouns.json"
"""Name of a language's file in the layout of the Gender-GAP Pipeline."""


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    lexicon = commands.add_parser(
        "lexicon",
        help="list, show, check or export the word lists",
        allow_abbrev=False,
    )
    actions = lexicon.add_subparsers(dest="action", required=True, metavar="ACTION")
    for action in (_add_list, _add_show, _add_check, _add_export):
        action(actions)


def _add_list(actions: Commands) -> None:
    action = actions.add_parser(
        "list", help="languages, with the number of concepts and forms", allow_abbrev=False
    )
    _own_lexicons(action)
    common(action)
    action.set_defaults(run=_list)


def _own_lexicons(action: argparse.ArgumentParser) -> None:
    action.add_argument("--lexicon", metavar="FOLDER", help="lexicons of your own")


def _list(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    nothing_left(arguments, rest)
    from corpus_assay.lexicons.languages import languages
    from corpus_assay.transforms import compiled

    rows: list[dict[str, Any]] = []
    for code, lexicon in sorted(compiled.load(arguments.lexicon).items()):
        language = languages().get(code)
        rows.append(
            {
                "language": code,
                "name": language.name if language else "",
                **{name: lexicon.about[name] for name in ("concepts", "lemmas", "forms")},
                "absent": list(lexicon.about["absent"]),
            }
        )
    if arguments.json:
        print_json(rows)
        return DONE
    print(f"{'code':5} {'language':24} {'concepts':>8} {'words':>6} {'forms':>7}  absent")
    for row in rows:
        print(
            f"{row['language']:5} {row['name']:24} {row['concepts']:8} {row['lemmas']:6} "
            f"{row['forms']:7}  {' '.join(row['absent'])}"
        )
    return DONE


def _add_show(actions: Commands) -> None:
    action = actions.add_parser(
        "show",
        help="the words of a language with notes, and what makes a form",
        allow_abbrev=False,
    )
    action.add_argument("language", metavar="LANG", help="language code, as deu or de")
    action.add_argument("--form", metavar="FORM", help="what makes this form")
    action.add_argument("--forms", action="store_true", help="list every form")
    _which_lists(action)
    _own_lexicons(action)
    common(action)
    action.set_defaults(run=_show)


def _which_lists(action: argparse.ArgumentParser) -> None:
    action.add_argument(
        "--kind",
        choices=KINDS,
        help="which lists (show and a FOLDER: nouns; check without one: all)",
    )


def _show(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    nothing_left(arguments, rest)
    from corpus_assay.lexicons import gender
    from corpus_assay.lexicons.languages import resolve_code

    if arguments.kind not in (None, "nouns"):
        return _show_terms(arguments)
    bundled = arguments.lexicon is None
    known = gender.bundled_languages() if bundled else gender.load(arguments.lexicon)
    code = resolve_code(arguments.language) or arguments.language
    if code not in known:
        raise UsageError(
            f"no lexicon for {arguments.language!r}; 'corpus-assay lexicon list' shows them"
        )
    lexicon = gender.bundled(code) if bundled else gender.load(arguments.lexicon)[code]
    if arguments.form is not None:
        return _show_form(lexicon, arguments)
    if arguments.json:
        print_json(_as_json(lexicon))
        return DONE
    _print_head(lexicon)
    _print_nouns(lexicon, arguments.forms)
    _print_notes(lexicon)
    if not arguments.forms:
        print("--forms lists every form, --form FORM says what makes one.")
    return DONE


def _print_nouns(lexicon: Lexicon, every_form: bool) -> None:
    """The words of each concept and class, and what is absent."""
    from corpus_assay.reports.formats import visible

    classes: dict[str, set[str]] = {}
    for form in lexicon.forms:
        classes.setdefault(form.text, set()).add(form.gender)
    words: dict[tuple[str, str], dict[str, list[str]]] = {}
    for form in lexicon.forms:
        of_concept = words.setdefault((form.concept, form.gender), {})
        of_concept.setdefault(form.lemma or form.text, []).append(form.text)
    for (concept, gender_class), lemmas in words.items():
        lines = []
        for lemma, texts in lemmas.items():
            flag = "*" * any(len(classes[text]) > 1 for text in texts)
            more = f" ({len(texts)} forms)" if len(texts) > 1 else ""
            lines.append(f"{visible(lemma)}{flag}{more}")
        print(f"  {gender_class:12} {concept:16} {', '.join(lines)}")
        if note := lexicon.concept_notes.get(concept):
            print(f"{'':32}{visible(note, 1000)}")
        if every_form:
            for lemma, texts in lemmas.items():
                print(f"{'':32}{visible(lemma)}: {', '.join(visible(text) for text in texts)}")
    for concept, reason in lexicon.absent.items():
        print(f"  absent       {concept:16} {visible(reason, 1000)}")
    if any(len(found) > 1 for found in classes.values()):
        print("* has a form that stands in more than one class and is counted in each")


def _show_terms(arguments: argparse.Namespace) -> int:
    """The pronouns or demographic terms of a language."""
    from corpus_assay.lexicons import terms
    from corpus_assay.lexicons.languages import resolve_code
    from corpus_assay.reports.formats import visible

    pronouns = arguments.kind == "pronouns"
    known = terms.pronoun_languages() if pronouns else terms.demographic_languages()
    code = resolve_code(arguments.language) or arguments.language
    if code not in known:
        raise UsageError(
            f"no list of {arguments.kind} for {arguments.language!r}; there are {' '.join(known)}"
        )
    words = terms.pronouns(code) if pronouns else terms.demographics(code)
    if arguments.form is not None:
        return _show_form(words, arguments)
    if arguments.json:
        print_json(_as_json(words))
        return DONE
    _print_head(words)
    forms: dict[str, list[str]] = {}
    for form in words.forms:
        text = form.text if pronouns or arguments.forms else form.lemma or form.text
        forms.setdefault(form.concept, []).append(text)
    for concept, texts in forms.items():
        what = ""
        if isinstance(words, terms.DescriptorList):
            one = words.descriptors[concept]
            flags = ["polysemous"] * one.polysemous + [one.preference] * bool(one.preference)
            what = f" [{' + '.join((*one.axes, *flags))}]"
        listed = ", ".join(visible(text) for text in dict.fromkeys(texts))
        print(f"  {visible(concept)}{what}: {listed}")
    if isinstance(words, terms.PronounList) and not words.comparable:
        print("Not comparable with other languages.")
    _print_notes(words)
    return DONE


def _as_json(words: Any) -> dict[str, Any]:
    """A list, which is a dataclass, as objects of JSON."""
    import dataclasses

    content = dataclasses.asdict(words)
    return content | {
        name: [form._asdict() for form in getattr(words, name)] for name in ("forms", "omitted")
    }


def _print_head(words: FormList) -> None:
    from corpus_assay.lexicons.languages import languages
    from corpus_assay.reports.formats import visible

    code = words.language
    name = languages()[code].name if code in languages() else code
    print(f"{name} ({code})  sha256 {words.sha256}\n{visible(words.source, 1000)}")


def _print_notes(words: FormList) -> None:
    """The notes of a list, and its forms that have a reason; of ambiguous nouns also how often
    they meant a person in gold text, where that was measured."""
    from corpus_assay.lexicons.gender import Lexicon
    from corpus_assay.lexicons.reliability import meaning_shares
    from corpus_assay.reports.formats import visible

    shares = meaning_shares() if isinstance(words, Lexicon) else {}
    for note in words.notes:
        print(f"- {visible(note, 1000)}")
    for heading, reasons in (
        ("Counted, and also", words.ambiguous),
        ("Left out", words.omit),
        ("Counted only with a capital", words.capitalised),
        ("Counted only without a capital", words.lowercase),
    ):
        for text, reason in reasons.items():
            share = shares.get((words.language, text)) if reasons is words.ambiguous else None
            gold = f" ({share.part} of {share.whole} in gold text meant it)" if share else ""
            print(f"{heading}: {visible(text)}: {visible(reason, 1000)}{gold}")
    if words.block:
        print(f"Not counted inside: {', '.join(visible(text) for text in words.block)}")


def _show_form(lexicon: FormList, arguments: argparse.Namespace) -> int:
    """What makes a form, or that nothing does."""
    from corpus_assay.reports.formats import visible
    from corpus_assay.transforms.matching import sequences

    wanted = int(sequences([arguments.form], lexicon.language).text_keys()[0])
    found = []
    for forms, left_out in ((lexicon.forms, False), (lexicon.omitted, True)):
        keys = sequences([form.text for form in forms], lexicon.language).text_keys()
        for form, key in zip(forms, keys.tolist(), strict=True):
            if key == wanted:
                reason = lexicon.omit.get(form.text) if left_out else None
                found.append(form._asdict() | {"left_out": reason})
    if arguments.json:
        print_json(found)
    for row in [] if arguments.json else found:
        made = f"{row['lemma']} → {row['rule']}" if row["rule"] else "listed as it stands"
        what = ", ".join(filter(None, (row["gender"], row["number"])))
        text, concept = visible(row["text"]), f"{row['concept']} ({what})"
        print(f"{text}  {concept}: {visible(made, 1000)}")
        if row["left_out"] is not None:
            print(f"  left out: {visible(row['left_out'], 1000)}")
        elif row["text"] in lexicon.ambiguous:
            print(f"  also: {visible(lexicon.ambiguous[row['text']], 1000)}")
    if not found and not arguments.json:
        print(f"{visible(arguments.form)} is no form of the lexicon {lexicon.language}")
    return DONE if found else USED_WRONGLY


def _add_check(actions: Commands) -> None:
    action = actions.add_parser(
        "check",
        help="faults in the bundled lists, or in a folder of list files",
        allow_abbrev=False,
    )
    action.add_argument("folder", metavar="FOLDER", nargs="?", help="default: the bundled")
    _which_lists(action)
    common(action)
    action.set_defaults(run=_check)


def _check(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    nothing_left(arguments, rest)
    from corpus_assay.lexicons.languages import languages
    from corpus_assay.reports.formats import visible

    found = []
    kinds = (arguments.kind,) if arguments.kind else KINDS
    for kind in kinds[:1] if arguments.folder else kinds:
        for code, faults in _checked(kind, arguments.folder):
            language = languages().get(code)
            if language is None:
                unknown = "is not an ISO 639-3 code that is known"
                found.append({"kind": kind, "language": code, "fault": unknown})
            script = language.script if language else None
            found += [{"kind": kind, "language": code, "fault": f} for f in faults(script)]
    if arguments.json:
        print_json(found)
    else:
        for fault in found:
            print(f"{fault['kind']} {fault['language']}: {visible(fault['fault'], 1000)}")
        print(f"{len(found)} faults" if found else "no faults")
    return USED_WRONGLY if found else DONE


def _checked(
    kind: str, folder: str | None
) -> list[tuple[str, Callable[[str | None], Iterable[str]]]]:
    """Language of each list of a kind, and its faults given the script. Raises `LexiconError`."""
    from corpus_assay.lexicons import files, gender, terms

    if kind == "nouns":
        nouns = sorted(gender.load(folder).items())
        return [(code, partial(gender.faults, words)) for code, words in nouns]
    read, faults, bundled = (
        (terms.read_pronouns, terms.pronoun_faults, terms.PRONOUNS)
        if kind == "pronouns"
        else (terms.read_demographics, terms.demographic_faults, terms.DEMOGRAPHICS)
    )
    paths = sorted(Path(folder or bundled).glob("*.toml"))
    lists = [read(path) for path in paths if path.name != terms.CONCEPTS]
    if not lists:
        raise files.LexiconError(f"{folder}: no list found; expected <code>.toml files")
    return [(words.language, partial(faults, words)) for words in lists]  # type: ignore[arg-type]


def _add_export(actions: Commands) -> None:
    action = actions.add_parser(
        "export", help="write the lexicons in another layout", allow_abbrev=False
    )
    action.add_argument("--layout", choices=("gender-gap",), default="gender-gap")
    action.add_argument("folder", metavar="FOLDER", help="folder to write to")
    action.add_argument("--overwrite", action="store_true", help="replace an older export")
    _own_lexicons(action)
    common(action)
    action.set_defaults(run=_export)


def _export(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    nothing_left(arguments, rest)
    from corpus_assay.lexicons import gender
    from corpus_assay.pipelines import outputs

    lexicons = gender.load(arguments.lexicon)
    folder = Path(arguments.folder)
    _refuse_others(folder)
    marker = LAYOUT_FILE.format(min(lexicons))
    with outputs.new_folder(folder, marker, overwrite=arguments.overwrite) as made:
        for code, lexicon in lexicons.items():
            content = json.dumps(gender.gender_gap_layout(lexicon), ensure_ascii=False, indent=1)
            (made / LAYOUT_FILE.format(code)).write_text(content + "\n", encoding="utf-8")
    if arguments.json:
        print(json.dumps({"folder": str(folder), "languages": sorted(lexicons)}))
    else:
        print(f"{len(lexicons)} languages written to {folder}")
    return DONE


def _refuse_others(folder: Path) -> None:
    """Raises `UsageError` where a folder, which would be replaced as a whole, holds other files."""
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    for name in names:
        if not name.endswith(LAYOUT_FILE.format("")):
            raise UsageError(
                f"{folder} exists already and holds {name!r}, so it is not touched; name another "
                "FOLDER"
            )
