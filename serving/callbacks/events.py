"""What a message says: a CloudEvents 1.0 envelope in structured JSON around the facts of a case or a run."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

CONTENT_TYPE: Final = JSONFormat.CONTENT_TYPE


class EventType(StrEnum):
    """The kinds of messages; the number is the version of ``data``, which is only ever added to."""

    CASE_OPENED = "triage.case.opened.v1"
    CASE_DECIDED = "triage.case.decided.v1"
    CASE_CANCELLED = "triage.case.cancelled.v1"
    RUN_FINISHED = "triage.run.finished.v1"
    RUN_CANCELLED = "triage.run.cancelled.v1"
    RUN_FAILED = "triage.run.failed.v1"
    ENDPOINT_TEST = "triage.endpoint.test.v1"


def envelope(
    event_type: EventType, message_id: str, *, source: str, subject: str, at: datetime, data: dict[str, Any]
) -> str:
    """The message's body: just this text is signed, stored and sent on every attempt."""
    attributes = {
        "id": message_id,
        "source": source,
        "type": event_type.value,
        "time": at,
        "subject": subject,
        "datacontenttype": "application/json",
    }
    return JSONFormat().write(CloudEvent(attributes, data)).decode()
