"""A thousand strings that try to become something else than text, in any output of an audit."""

from __future__ import annotations

from collections.abc import Callable

MARK = "hostilemark"
"""Stands in every string, so that none of it can be in an output that is to hold no text."""

_PAYLOADS = (
    # HTML
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>press</a>",
    "--><iframe src=//example.invalid></iframe><!--",
    "&lt;b&gt; &#60;i&#62; &amp;",
    "</code></pre></td></table><h1>owned</h1>",
    # Markdown
    "[press](https://example.invalid)",
    "![x](https://example.invalid/p.png)",
    "[x]: https://example.invalid",
    "<https://example.invalid>",
    "see https://example.invalid/a|b and www.example.invalid, mail a@example.invalid",
    "| a | b |",
    "|---|:-:|",
    "a\\| b \\\\| c",
    "`code` ``two`` ```three",
    "`",
    "**bold** __bold__ *it* _it_ ~~gone~~",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "=====",
    "$$\\def\\x{\\x}\\x$$ \\(x\\) $y$",
    "@everyone #1 :smile: [^1]",
    "- [x] done",
    # YAML, JSON and JSON-LD
    "---\nlicense: evil\n---",
    "license: evil # no",
    "!!python/object/apply:os.system ['id']",
    "&anchor *anchor {a: b} [c]",
    '", "license": "evil", "x": "',
    '{"@id": "https://example.invalid", "@context": "https://example.invalid"}',
    "rai:dataBiases sc:Dataset cr:FileObject",
    "\\u003cscript\\u003e \\n \\",
    # terminals, direction, templates, spreadsheets
    "\x1b[2J\x1b]0;owned\x07\x1b[31m",
    "\x9b31m\r\x08\x08over",
    "\u202egnp.exe\u2066 \u200b\u00ad\u2028\ufeff",
    "{{ 7 * 7 }}{% raw %}${7*7}<%= 7 %>",
    '=HYPERLINK("https://example.invalid","x")',
)
_WRAPPERS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: f" {text} ",
    lambda text: f"{text}\n{text}",
    lambda text: f"\n\n{text}\n\n",
    lambda text: f"word {text} word",
    lambda text: f"`{text}`",
    lambda text: f"``{text}",
    lambda text: f"{text}`",
    lambda text: f"|{text}|",
    lambda text: f"{text}\\",
    lambda text: f"\\{text}",
    lambda text: f'"{text}"',
    lambda text: f"'{text}'",
    lambda text: f"<{text}>",
    lambda text: f"[{text}](x)",
    lambda text: f"    {text}",
    lambda text: f"\t{text}",
    lambda text: f"{text}:",
    lambda text: f"\x00{text}\x00",
    lambda text: f"\u202e{text}",
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: text.upper(),
    lambda text: f"a\u0300{chr(0x301) * 40}{text}",
    lambda text: f"{text}{'W' * 3000}",
    lambda text: f"女{text}ا",
)


def hostile_strings() -> list[str]:
    """1,000 different strings, each with its number, so that none is a duplicate."""
    return [
        f"{wrap(payload)} {MARK}{number * len(_WRAPPERS) + place}"
        for number, payload in enumerate(_PAYLOADS)
        for place, wrap in enumerate(_WRAPPERS)
    ]
