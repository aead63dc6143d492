"""Whether client, entity, currency and documents fit together: master data, currencies, links, integrations."""

from functools import partial

import numpy as np

from features.context import Context
from features.feature import Feature
from features.matrix import FloatArray, IntArray

_party = partial(Feature, family="entity", higher_is="worse")
_link = partial(Feature, family="lineage", evidence=("document_link",))
_sync = partial(Feature, family="integration", higher_is="worse", actionable=True, evidence=("sync_event",))

FEATURES: tuple[Feature, ...] = (
    _party("client_unknown", "flag", "", "No client record is known.", "invoice unknown",
           "the client is not in the master data ({value})", actionable=True, evidence=("client",)),
    _party("client_not_active", "flag", "", "The client is inactive or blocked.", "client unknown",
           "the client is inactive or blocked ({value})", actionable=True, evidence=("client",)),
    _party("client_credit_hold", "flag", "", "Credit control has stopped further work.", "client unknown",
           "the client is on credit hold ({value})", evidence=("client",)),
    _party("currency_not_contract", "flag", "", "Invoice currency differs from the contract's.", "contract unknown",
           "the invoice currency is not the contract's ({value})", actionable=True, evidence=("invoice", "contract")),
    _party("currency_not_client", "flag", "", "Invoice currency differs from the client's usual one.",
           "client's currency unknown", "the invoice currency is not the client's usual one ({value})",
           evidence=("invoice", "client")),
    _party("currency_not_entity", "flag", "", "Invoice currency differs from the issuing company's own.",
           "issuing company unknown", "the invoice is in a foreign currency ({value})", higher_is="either",
           evidence=("invoice", "legal_entity")),
    _party("cross_border", "flag", "", "Client and issuing company are in different countries.",
           "one country unknown", "client and issuing company are in different countries ({value})",
           evidence=("client", "legal_entity")),
    _party("entity_not_contract", "flag", "", "The issuing company is not the contract's.",
           "one of them unknown", "the issuing company is not the one of the contract ({value})", actionable=True,
           evidence=("invoice", "contract")),
    _link("is_rebill", "flag", "", "It rebills an earlier document.", "invoice unknown", "a rebill: {value}",
          higher_is="worse"),
    _link("is_credit", "flag", "", "It credits an earlier document.", "invoice unknown", "a credit: {value}"),
    _link("is_amendment", "flag", "", "It amends an earlier document.", "invoice unknown", "an amendment: {value}"),
    _link("is_partial", "flag", "", "It bills a part of another document.", "invoice unknown",
          "a partial invoice: {value}"),
    _link("mirrors_intercompany", "flag", "", "It mirrors an intercompany document.", "invoice unknown",
          "mirrors an intercompany document: {value}"),
    _link("linked_from", "count", "documents", "Documents that point at this invoice.", "invoice unknown",
          "{value} documents refer to this invoice (usual: {usual})"),
    _sync("sync_failures", "count", "events", "Failed transfers of the invoice between systems.", "invoice unknown",
          "{value} transfers of the invoice between systems failed (usual: {usual})"),
    _sync("sync_broken", "flag", "", "Its newest transfer failed.", "no transfer known",
          "the newest transfer of the invoice between systems failed ({value})"),
)  # fmt: skip

_LINKS = {
    "is_rebill": "rebills",
    "is_credit": "credits",
    "is_amendment": "amends",
    "is_partial": "partial_of",
    "mirrors_intercompany": "intercompany_mirror_of",
}


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    return {**_master_data(context), **_fit(context), **_links(context), **_transfers(context)}


def _master_data(context: Context) -> dict[str, FloatArray]:
    client = context.entity("client")
    stopped = context.history.equals("client", "status", "inactive", "blocked")
    return {
        "client_unknown": (client < 0).astype(np.float64),
        "client_not_active": context.flag(stopped, client),
        "client_credit_hold": context.gather("client", "credit_hold", client),
    }


def _differs(one: IntArray, other: IntArray) -> FloatArray:
    """Whether two codes differ: 1, 0, NaN where one is unknown."""
    return np.where((one >= 0) & (other >= 0), one != other, np.nan)


def _fit(context: Context) -> dict[str, FloatArray]:
    currency = context.key("currency")
    return {
        "currency_not_contract": _differs(currency, context.entity_key("contract", "currency")),
        "currency_not_client": _differs(currency, context.entity_key("client", "currency")),
        "currency_not_entity": _differs(currency, context.entity_key("legal_entity", "currency")),
        "cross_border": _differs(
            context.entity_key("client", "country"), context.entity_key("legal_entity", "country")
        ),
        "entity_not_contract": _differs(
            context.key("legal_entity_id"), context.entity_key("contract", "legal_entity_id")
        ),
    }


def _links(context: Context) -> dict[str, FloatArray]:
    history = context.history
    out = context.pairs("document_link", ("from_id",), context.invoice_codes)
    features = {
        name: np.minimum(out.where(history.equals("document_link", "link", link)[out.row]).count(), 1.0)
        for name, link in _LINKS.items()
    }
    return {**features, "linked_from": context.pairs("document_link", ("to_id",), context.invoice_codes).count()}


def _transfers(context: Context) -> dict[str, FloatArray]:
    window = context.history.index("sync_event", "object_id").before(context.invoice_codes, context.as_of)
    success = context.history.column("sync_event", "success")
    events = context.pairs("sync_event", ("object_id",), context.invoice_codes)
    return {
        "sync_failures": events.where(success[events.row] == 0).count(),
        "sync_broken": 1 - context.gather("sync_event", "success", window.latest_rows()),
    }
