"""The verdict of a policy, as an audit's manifest holds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from corpus_assay.reports.formats import plural, visible

RULES = 200
"""Rules shown."""
GROUPS = 5
"""Groups shown of a rule that did not pass."""

_ORDER = ("fail", "warn", "pass")


class RuleVerdict(Struct, frozen=True):
    """A rule of the policy: how it came out, in which groups, why it is there and who answers."""

    id: str
    status: str
    groups: tuple[str, ...]
    hidden: int
    reason: str
    owner: str


class Verdict(Struct, frozen=True):
    """A policy held against the audit; what failed comes first."""

    policy: str
    sha256: str
    passed: bool
    rules: tuple[RuleVerdict, ...]

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        failed = sum(rule.status == "fail" for rule in self.rules)
        warned = sum(rule.status == "warn" for rule in self.rules)
        said = f"The policy is met: {plural(len(self.rules), 'rule')}"
        if not self.passed:
            said = f"The policy is not met: {failed:,} of {plural(len(self.rules), 'rule')} failed"
        return f"{said}, {warned:,} with a warning." if warned else f"{said}."


def verdict(manifest: Mapping[str, Any]) -> Verdict | None:
    """What the manifest says of a policy, None where no policy was given."""
    said = manifest.get("policy")
    if said is None:
        return None
    rules = sorted(said["rules"], key=lambda rule: _ORDER.index(rule["status"]))
    return Verdict(
        visible(said["policy"], 200),
        visible(said["sha256"], 64),
        said["verdict"] == "pass",
        tuple(map(_rule, rules[:RULES])),
    )


def _rule(rule: Mapping[str, Any]) -> RuleVerdict:
    bad = rule["groups_not_passed"]
    checks = rule["checks"][: GROUPS if bad else 1]
    return RuleVerdict(
        visible(rule["id"], 100),
        rule["status"],
        tuple(visible(": ".join(filter(None, (c["where"], c["said"]))), 300) for c in checks),
        max(bad - len(checks), 0),
        visible(rule["reason"], 1000),
        visible(rule["owner"], 200),
    )
