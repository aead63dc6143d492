"""What would clear an invoice, as published: in a score where it was ready, in an explanation whenever asked."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from features.lineage import INLINE_RECORD_ID
from models.outlook import Remedy

NOTE = "The models would then let it through; controls and policy may still hold it."
NO_NOTE = "It would still need a person."


class Strict(BaseModel):
    """Published, and refused when anything is not as declared."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Probability = Annotated[float | None, Field(ge=0, le=1)]


class RecordOut(Strict):
    """A record version to look at."""

    kind: str = Field(description="kind of record")
    record_id: str = Field(description="id of the version")


class OwnerOut(Strict):
    """Who can do it."""

    role: str = Field(description="approver, project_manager, billing, sales or master_data")
    id: str | None = Field(description="resource id of the person, where the ledger names one")


class RemedyOut(Strict):
    """Something to do before the invoice goes out, and what the models would then say."""

    sentences: list[str] = Field(description="what to do, one sentence per action")
    owners: list[OwnerOut] = Field(description="who can do it, one per sentence")
    minutes: int = Field(description="usual effort of all actions together")
    records: list[RecordOut] = Field(description="record versions that would be superseded")
    dispute_before: Probability = Field(description="probability of a dispute or credit as things stand")
    dispute_after: Probability = Field(description="and once everything is done")
    late_before: Probability = Field(description="probability of late payment as things stand")
    late_after: Probability = Field(description="and once everything is done")
    days_earlier: float | None = Field(description="days by which the money is expected earlier; null: unknown")
    clears: bool = Field(description="the models would then let it through")
    note: str = Field(description="what that means for the route")


def in_ledger(records: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """The records that can be looked up: those of an inline document are not written anywhere."""
    return [(kind, record_id) for kind, record_id in dict.fromkeys(records) if record_id < INLINE_RECORD_ID]


def records_out(records: tuple[tuple[str, int], ...]) -> list[RecordOut]:
    """Records that can be looked up, as published."""
    return [RecordOut(kind=kind, record_id=str(record_id)) for kind, record_id in in_ledger(records)]


def remedy_out(remedy: Remedy) -> RemedyOut:
    """A remedy as published."""
    return RemedyOut(
        sentences=list(remedy.sentences),
        owners=[OwnerOut(role=lever.owner.value, id=lever.owner_id) for lever in remedy.levers],
        minutes=remedy.minutes,
        records=records_out(tuple(record for lever in remedy.levers for record in lever.records)),
        dispute_before=remedy.before.dispute,
        dispute_after=remedy.after.dispute,
        late_before=remedy.before.late,
        late_after=remedy.after.late,
        days_earlier=remedy.days_earlier,
        clears=remedy.clears,
        note=NOTE if remedy.clears else NO_NOTE,
    )
