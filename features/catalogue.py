"""The catalogue: every feature, in the order of the matrix's columns, and the digest that names this definition."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from features.context import Context
from features.families import (
    amendments,
    approvals,
    basics,
    billing,
    calendar,
    delivery,
    descriptions,
    disputes,
    evidence,
    firm,
    holders,
    margin,
    notes,
    objections,
    parties,
    paying,
    payment,
    rates,
    rebills,
    relationship,
    releasing,
)
from features.feature import Feature
from features.matrix import FloatArray

# Raised whenever a family's arithmetic changes in a way that its definitions do not show.
CODE_VERSION = 3


@dataclass(frozen=True)
class Family:
    """A group of features and the function that computes them."""

    features: tuple[Feature, ...]
    compute: Callable[[Context], dict[str, FloatArray]]


FAMILIES: tuple[Family, ...] = tuple(
    Family(module.FEATURES, module.compute)
    for module in (
        basics, payment, paying, releasing, disputes, objections, billing, relationship, approvals, holders, evidence,
        rates, delivery, margin, amendments, parties, rebills, calendar, descriptions, firm, notes,
    )
)  # fmt: skip

CATALOGUE: tuple[Feature, ...] = tuple(feature for family in FAMILIES for feature in family.features)
FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in CATALOGUE)
BY_NAME: dict[str, Feature] = {feature.name: feature for feature in CATALOGUE}


def catalogue_digest() -> str:
    """SHA-256 (hex) over every definition and the code version."""
    content = {"code_version": CODE_VERSION, "features": [asdict(feature) for feature in CATALOGUE]}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


CATALOGUE_DIGEST = catalogue_digest()
