"""Right refusals of requests that fit the document: what JSON Schema has no words for, each with its reason.

A failure passes only if it is a 422 to a well-formed request and *every* field that the answer names falls under a rule
of that operation. Statuses that speak of the world as it is (404 unknown, 409 in conflict) need no rule: no schema
promises that an id exists.
"""

import re
from dataclasses import dataclass
from typing import Any

from schemathesis.openapi.checks import RejectedPositiveData


@dataclass(frozen=True)
class Rule:
    """One reason why a well-formed request is refused.

    Attributes:
        operations: pattern of ``METHOD /path``.
        pointer: pattern of the field at fault.
        message: pattern of what is said of it.
        because: why the schema cannot say it.
    """

    name: str
    operations: str
    pointer: str
    message: str
    because: str

    def covers(self, operation: str, error: Any) -> bool:
        """Whether this is the reason of an answer's error."""
        wanted = ((self.operations, operation), (self.pointer, error["pointer"]), (self.message, error["message"]))
        return all(re.fullmatch(pattern, text) for pattern, text in wanted)


SCORING = r"POST /v1/scores(/batch)?"
RULES = (
    Rule(
        "whole-fraction",
        r".*",
        r".*",
        r"Input should be a valid integer",
        "to JSON Schema 1.0 is an integer; here a number with a point is none",
    ),
    Rule(
        "one-of-two",
        r"POST /v1/(scores(/batch)?|runs|controls/snoozes)",
        r"(/items/\d+)?/document|/filter|/project_id",
        r"Value error, send exactly one of .*",
        "code generators cannot read conditions between fields, so that the description says it",
    ),
    Rule(
        "needed-for-action",
        r"POST /v1/(cases/\{case_id\}/decision|bulk-decisions(/preview)?)",
        r"/(reason_code|note)",
        r"Value error, (reason_code|note) is needed to .*",
        "as above",
    ),
    Rule(
        "asked-person",
        r"POST /v1/cases/\{case_id\}/requests",
        r"/(address|asked_id|subjects)",
        r"Value error, (say who is asked|to approve).*",
        "as above",
    ),
    Rule(
        "roles-apart",
        r"(POST /v1/accounts|PUT /v1/accounts/\{account_id\}/roles)",
        r"/roles",
        r"nobody both administers accounts and decides cases",
        "as above",
    ),
    Rule(
        "names-of-thresholds",
        r"POST /v1/controls/proposals",
        r"/document/.*",
        r"String should match pattern .*",
        "code generators cannot read patterns of names",
    ),
    Rule(
        "future",
        r"(POST /v1/scores(/batch)?|POST /v1/runs|GET /v1/scores/\{score_id\}/replay)",
        r"/as_of",
        r"lies in the future.*",
        "a schema knows no clock",
    ),
    Rule(
        "rest-end",
        r"POST /v1/cases/\{case_id\}/snooze",
        r"/until",
        r"must lie within the next .*",
        "as above",
    ),
    Rule(
        "board-days",
        r"GET /v1/boards.*",
        r"/query/(since|until|split|as_of)",
        r"Input should be (greater|less) than or equal to \d{4}-\d{2}-\d{2}|must lie .*|lies before .*"
        r"|Value error, the period ends before it begins",
        "a schema has no bounds for dates and cannot compare two of them",
    ),
    Rule(
        "board-period",
        r"GET /v1/boards.*",
        r"/query",
        r"Value error, the period ends before it begins",
        "as above",
    ),
    Rule(
        "named-team",
        r"POST /v1/views",
        r"/team_id",
        r"is no team of yours",
        "teams are data",
    ),
    Rule(
        "view-words",
        r"POST /v1/views",
        r"/parameters(/.*)?",
        r"(Input|String|Decimal|Extra|Value error|Datetime|Date)\b.*|narrow the queue to nothing",
        "what a view narrows the queue to is read as the page reads its address",
    ),
    Rule(
        "named-person",
        r"POST /v1/cases/\{case_id\}/(assignment|requests)",
        r"/(assigned_to|asked_id|subjects/\d+)",
        r"is no account|is nobody whom the ledger knows|the ledger knows no .*",
        "accounts, people and records are data",
    ),
    Rule(
        "file-kind",
        r"POST /v1/cases/\{case_id\}/attachments",
        r"/content_base64",
        r"(take one of|the file is called) .*",
        "what a file is says its content",
    ),
    Rule(
        "mention",
        r"POST /v1/cases/\{case_id\}/comments",
        r"/text",
        r"nobody who may see this case logs in as .*",
        "accounts are data",
    ),
    Rule(
        "amount-order",
        r"(POST|PUT) /v1/routing-rules.*",
        r"",
        r"Value error, amount_below must lie above amount_from",
        "a schema cannot compare two fields",
    ),
    Rule(
        "snooze-end",
        r"POST /v1/controls/snoozes",
        r"/until",
        r"lies in the past or more than .*",
        "as above",
    ),
    Rule(
        "foreign-line",
        SCORING,
        r"(/items/\d+)?/document",
        r"Value error, lines/\d+/(invoice_id|client_id) is not the header's .*",
        "a schema cannot compare two fields",
    ),
    Rule(
        "twin-rows",
        SCORING,
        r"(/items/\d+)?/document",
        r"Value error, \w+/\d+/\w+_id is the same as \w+/\d+/\w+_id",
        "a schema can ask for different rows, not for rows that differ in their id",
    ),
    Rule(
        "negative-hours",
        SCORING,
        r"(/items/\d+)?/document",
        r"Value error, lines/\d+/quantity: hours cannot be negative.*",
        "a schema cannot make a text's pattern depend on another field of a shared type",
    ),
    Rule(
        "callback-list",
        r"POST /v1/(scores|runs|callback-subscriptions)",
        r"/callback_url",
        r"is not on the list of callback endpoints.*",
        "the list is data",
    ),
    Rule(
        "callback-url",
        r"POST /v1/(scores|runs|callback-subscriptions|callback-endpoints)",
        r"/(callback_url|prefix)",
        r"(only https|this is not a URL|the host is missing|the path holds|a callback URL carries|port ).*",
        "what a URL means and which are called is configured, and beyond a pattern",
    ),
    Rule(
        "cursor",
        r"GET /v1/(cases|audit)",
        r"/query/cursor",
        r"(is not a cursor|belongs to another order).*",
        "cursors are opaque",
    ),
    Rule(
        "expression",
        r"POST /v1/controls/proposals",
        r"/document",
        r"document: .*",
        "expressions and messages are typed by a compiler, names are unique and overlays refer to controls",
    ),
    Rule(
        "severity-order",
        r"POST /v1/controls/proposals",
        r"/document/.*",
        r"Value error, (minimum|effective_to): .*|Tuple should have at least 1 item after validation, not 0",
        "a schema cannot compare two fields; pydantic then also counts the list without the refused item",
    ),
    Rule(
        "every-amount",
        r"POST /v1/policies/proposals",
        r"/policy(/.*)?",
        r"Value error, sampling: one stratum must start at 0.*",
        "a schema can say what a stratum is, and not that one of them starts at 0 however that is written",
    ),
    Rule(
        "still-no-record",
        r"POST /v1/quarantine/\{quarantine_id\}/repair",
        r"(/repairs.*)?",
        r".*",
        "what is wrong with a row depends on the row; its kind's schema is Record_<kind>",
    ),
)


def excused(failure: Any, case: Any, response: Any) -> str | None:
    """The name of the rule that lets a failure pass, or ``None``."""
    if not isinstance(failure, RejectedPositiveData) or response.status_code != 422:
        return None
    errors = response.json()["errors"]
    found = [next((rule.name for rule in RULES if rule.covers(case.operation.label, one)), None) for one in errors]
    return "+".join(sorted({str(name) for name in found})) if errors and None not in found else None
