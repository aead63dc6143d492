"""The story as a whole: same arguments, same bytes; nothing is known early; shares are believable."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from statistics import median

import pytest

from ledger.records import KINDS, Record
from ledger.records.billing import InvoiceStatus, LinkKind
from ledger.records.parties import BillingMethod
from ledger.records.work import ChangeOrderStatus, MilestoneStatus
from simulator.firm import simulate, simulate_with_truth
from simulator.write import to_line
from tests.simulator.history import END, INVOICES, History


def digest(batches: Iterable[list[Record]]) -> str:
    total = hashlib.sha256()
    for batch in batches:
        for record in batch:
            total.update(to_line(record))
    return total.hexdigest()


def test_the_same_arguments_give_the_same_bytes() -> None:
    first, second = (digest(simulate(invoices=150, months=6, seed=5)) for _ in range(2))
    assert first == second


def test_another_seed_tells_another_story() -> None:
    assert digest(simulate(invoices=50, months=6, seed=5)) != digest(simulate(invoices=50, months=6, seed=6))


@pytest.mark.parametrize(("invoices", "months"), [(0, 12), (10, 0), (-1, 3)])
def test_a_firm_without_invoices_or_months_is_refused(invoices: int, months: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        simulate(invoices=invoices, months=months, seed=1)


@pytest.mark.parametrize(("invoices", "months"), [(1, 1), (7, 2), (300, 12)])
def test_the_billing_run_has_exactly_the_wanted_number_of_drafts(invoices: int, months: int) -> None:
    simulation = simulate_with_truth(invoices=invoices, months=months, seed=2)
    known = {r.entity_id for batch in simulation.batches for r in batch if r.kind == "invoice"}
    ordinary = [one for one in simulation.truth.invoices.values() if one.document == "invoice"]
    assert len(ordinary) == invoices
    assert {one.invoice_id for one in ordinary} <= known


def test_a_history_may_end_on_any_day() -> None:
    batches = list(simulate(invoices=60, months=5, seed=4, end=date(2025, 2, 11)))
    latest = max(record.known_at for batch in batches for record in batch)
    assert datetime.fromisoformat("2025-01-20T00:00+00:00") < latest < datetime.fromisoformat("2025-02-12T00:00+00:00")


def test_every_record_passes_validation(history: History) -> None:
    for kind, records in history.kinds.items():
        for record in records[:400]:
            again = KINDS[kind].model_validate(record.model_dump())
            assert again == record
            assert again.digest() == record.digest()


def test_every_kind_that_a_source_system_sends_is_there(history: History) -> None:
    assert set(history.kinds) == set(KINDS) - {"review_decision", "outcome"}


def test_records_come_in_batches_of_bounded_size(history: History) -> None:
    assert max(map(len, history.batches)) < 40_000
    assert len(history.batches) > 2


def test_an_invoice_brings_about_thirty_records(history: History) -> None:
    assert 25 <= sum(map(len, history.kinds.values())) / INVOICES <= 40


def test_nothing_is_known_after_the_last_day(history: History) -> None:
    assert all(record.known_at.date() <= END for records in history.kinds.values() for record in records)


@pytest.mark.parametrize("kind", ["payment", "dispute", "credit_note"])
def test_what_becomes_of_an_invoice_is_not_known_at_its_draft(history: History, kind: str) -> None:
    drafts = history.drafts()
    late = [record for record in history.kinds[kind] if record.known_at <= drafts[record.invoice_id].known_at]
    assert history.kinds[kind]
    assert late == []


def test_the_versions_of_an_invoice_become_known_in_the_order_of_its_life(history: History) -> None:
    known: dict[str, dict[int, datetime]] = defaultdict(dict)
    for record in history.kinds["invoice"]:
        known[record.invoice_id][int(record.version)] = record.known_at
    for versions in known.values():
        moments = [versions[version] for version in sorted(versions)]
        assert moments == sorted(set(moments))


def test_the_lines_are_known_with_the_draft_and_add_up_to_it(history: History) -> None:
    drafts, totals = history.drafts(), Counter()
    for line in history.kinds["invoice_line"]:
        assert line.known_at == drafts[line.invoice_id].known_at
        totals[line.invoice_id] += line.amount
    assert all(totals[invoice_id] == draft.amount for invoice_id, draft in drafts.items())


def test_a_draft_says_nothing_of_its_future(history: History) -> None:
    for draft in history.drafts().values():
        assert draft.status is InvoiceStatus.DRAFT
        assert (draft.invoice_number, draft.issued_on, draft.settled_on) == (None, None, None)


def test_notes_about_a_dispute_are_known_only_after_it_was_opened(history: History) -> None:
    opened = {one.dispute_id: one.event_at for one in history.kinds["dispute"] if one.version == "1"}
    about = [note for note in history.kinds["note"] if note.dispute_id]
    assert about
    # The dispute itself may reach the ledger days later than the first talk about it.
    assert all(note.known_at > opened[note.dispute_id] for note in about if note.dispute_id in opened)


def test_between_six_and_ten_percent_of_invoices_are_disputed_or_credited(history: History) -> None:
    invoices = history.ordinary()
    assert 0.06 <= sum(one.disputed for one in invoices) / len(invoices) <= 0.11


def test_a_third_to_a_half_of_payments_are_late_by_a_believable_time(history: History) -> None:
    days = [one.days_late for one in history.ordinary() if one.days_late is not None]
    late = [value for value in days if value > 0]
    assert 0.33 <= len(late) / len(days) <= 0.5
    assert 6 <= median(late) <= 20


def test_some_invoices_are_paid_in_parts(history: History) -> None:
    parts = Counter(payment.invoice_id for payment in history.kinds["payment"])
    assert 0.02 <= sum(count > 1 for count in parts.values()) / len(parts) <= 0.09


@pytest.mark.parametrize(
    ("link", "low", "high"),
    [
        (LinkKind.REBILLS, 0.01, 0.06),
        (LinkKind.CREDITS, 0.02, 0.08),
        (LinkKind.INTERCOMPANY_MIRROR_OF, 0.02, 0.11),
        (LinkKind.PARTIAL_OF, 0.04, 0.25),
        (LinkKind.AMENDS, 0.01, 0.15),
    ],
)
def test_documents_refer_to_each_other_in_believable_numbers(
    history: History, link: LinkKind, low: float, high: float
) -> None:
    assert low <= sum(one.link is link for one in history.kinds["document_link"]) / INVOICES <= high


def test_all_five_billing_methods_bill(history: History) -> None:
    assert {draft.billing_method for draft in history.drafts().values()} == set(BillingMethod)


def test_drafts_peak_at_the_turn_of_the_month(history: History) -> None:
    days = [draft.known_at.day for draft in history.drafts().values()]
    near = sum(day <= 4 or day >= 27 for day in days) / len(days)
    assert near > 0.45  # 8 of 30 days would bring 27 %


def test_less_is_worked_in_august_and_december(history: History) -> None:
    hours: dict[int, list[float]] = defaultdict(list)
    for entry in history.kinds["time_entry"]:
        hours[entry.worked_on.month].append(float(entry.hours))
    mean = {month: sum(values) / len(values) for month, values in hours.items()}
    assert max(mean[8], mean[12]) < 0.85 * min(mean[month] for month in (3, 5, 10))


def test_the_last_weeks_are_immature(history: History) -> None:
    steps: dict[str, set[InvoiceStatus]] = defaultdict(set)
    for one in history.kinds["invoice"]:
        steps[one.invoice_id].add(one.status)
    waiting = [key for key, seen in steps.items() if not seen & {InvoiceStatus.ISSUED, InvoiceStatus.CANCELLED}]
    unpaid = [key for key, seen in steps.items() if InvoiceStatus.ISSUED in seen and len(seen) == 3]
    drafts = history.drafts()
    assert len(waiting) > INVOICES / 100
    assert len(unpaid) > INVOICES / 50
    assert sum((END - drafts[key].known_at.date()).days <= 45 for key in waiting) > 0.95 * len(waiting)


def test_at_their_draft_some_hours_milestones_and_changes_are_pending(history: History) -> None:
    pending = Counter()
    drafts = history.drafts()
    accepted = {m.milestone_id: m.known_at for m in history.kinds["milestone"] if m.status is MilestoneStatus.ACCEPTED}
    agreed = {
        c.change_order_id: c.known_at
        for c in history.kinds["change_order"]
        if c.status is not ChangeOrderStatus.PENDING
    }
    for line in history.kinds["invoice_line"]:
        known_at = drafts[line.invoice_id].known_at
        if line.milestone_id:
            pending["milestone", line.milestone_id not in accepted or accepted[line.milestone_id] > known_at] += 1
        if line.change_order_id:
            pending["change", line.change_order_id not in agreed or agreed[line.change_order_id] > known_at] += 1
    assert 0.05 < pending["milestone", True] / (pending["milestone", True] + pending["milestone", False]) < 0.6
    assert 0.02 < pending["change", True] / (pending["change", True] + pending["change", False]) < 0.6


def test_clients_bring_very_different_numbers_of_invoices(history: History) -> None:
    sizes = sorted(Counter(draft.client_id for draft in history.drafts().values()).values())
    assert sizes[-1] > 5 * median(sizes)


def test_at_least_four_companies_and_currencies_take_part(history: History) -> None:
    drafts = history.drafts().values()
    assert len({draft.legal_entity_id for draft in drafts}) >= 4
    assert len({draft.currency for draft in drafts}) >= 4
