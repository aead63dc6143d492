"""Levers on master data, contract, project and the transfer between systems."""

import pytest

from models.levers.lever import TO_BE_FILED, Owner
from tests.features.builders import make
from tests.models.levers.draft import levers, only


@pytest.mark.parametrize("column", ["tax_id", "billing_contact"])
def test_what_the_clients_record_lacks_is_added(column: str) -> None:
    lever = only(f"add_{column}", client={column: None})
    assert lever.owner is Owner.MASTER_DATA
    assert dict(lever.changes[0].columns) == {column: TO_BE_FILED}


def test_our_own_companies_need_no_client_record() -> None:
    assert levers(client={"tax_id": None}, invoice={"intercompany": True}) == {}


def test_without_a_client_record_there_is_nothing_to_complete() -> None:
    assert levers(client=None) == {}


def test_an_unsigned_contract_is_signed() -> None:
    lever = only("sign_contract", contract={"signed": False})
    assert (lever.sentence, lever.owner) == ("Get contract k signed", Owner.SALES)


@pytest.mark.parametrize("status", ["closed", "on_hold"])
def test_a_project_that_is_still_billed_is_reopened_by_its_manager(status: str) -> None:
    lever = only("reopen_project", project={"status": status})
    assert (lever.owner_id, dict(lever.changes[0].columns)) == ("boss", {"status": "open"})


def test_a_failed_transfer_is_repeated_as_an_event_of_its_own() -> None:
    lever = only("repeat_transfer", make("sync_event", known=21, sync_event_id="S", success=False))
    assert dict(lever.changes[0].columns) == {"sync_event_id": "S-again", "success": 1.0}


def test_a_transfer_that_went_through_later_is_in_order() -> None:
    tries = [make("sync_event", known=21 + later, sync_event_id=f"S{later}", success=bool(later)) for later in (0, 1)]
    assert levers(*tries) == {}
