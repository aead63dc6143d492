"""The data dictionary: every feature, its unit, its meaning and what an empty value says, from the catalogue."""

from itertools import groupby

from features.catalogue import CATALOGUE, CATALOGUE_DIGEST
from features.feature import Feature

_INTRODUCTION = """# Data dictionary

Every feature that the models see, generated from the catalogue by `python -m features.dictionary`; do not edit.
A record counts for a feature if and only if it was known strictly before the moment of the score. An empty value
(NaN) always has the one meaning given here. *Ours to change* marks what somebody of the firm can still put right.
"""
_HEADER = (
    "| feature | unit | meaning | empty means | more is | ours to change | records |\n|---|---|---|---|---|---|---|"
)


def data_dictionary() -> str:
    """The whole page, in Markdown."""
    parts = [_INTRODUCTION, f"{len(CATALOGUE)} features; catalogue digest `{CATALOGUE_DIGEST[:16]}`.\n"]
    for family, features in groupby(sorted(CATALOGUE, key=lambda feature: feature.family), lambda found: found.family):
        parts.append(f"## {family.replace('_', ' ').capitalize()}\n\n{_HEADER}")
        parts.append("\n".join(map(_row, features)) + "\n")
    return "\n".join(parts)


def _row(feature: Feature) -> str:
    cells = (
        f"`{feature.name}`",
        feature.unit or feature.dtype,
        feature.meaning,
        feature.null_means,
        feature.higher_is,
        "yes" if feature.actionable else "",
        ", ".join(feature.evidence),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    import sys

    sys.stdout.write(data_dictionary())
