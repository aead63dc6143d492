"""Sending a request's link by e-mail, Slack, Teams or whatever apprise knows: the work of one task."""

from serving import audit, notify
from serving.asking import repository
from serving.asking.links import new_link, target_of
from serving.queue.repository import get as get_case
from serving.queue.sight import everything
from serving.sql import Row
from serving.state import ServingState
from serving.web.formats import day

SUBJECTS = {
    "approve": "Please approve: invoice {invoice}",
    "evidence": "A document is needed: invoice {invoice}",
    "answer": "A question about invoice {invoice}",
}
TEXT = """{question}

{link}

The link is for you alone, needs no password and works until {until}.
"""


class NotTakenError(Exception):
    """The notification service did not take the message; the task is tried again."""


def send_request(state: ServingState, request_id: str, *, made_for: str) -> bool:
    """Send a link to who was asked; ``False`` when there is nothing to send any more. Raises ``NotTakenError``."""
    with state.engine.begin() as connection:
        request = repository.get(connection, request_id)
        target = None if request is None else target_of(state.settings, request)
        if request is None or target is None or request["state"] != "asked":
            return False
        kase = get_case(connection, request["case_id"], everything())
        assert kase is not None
        # Committed before it is sent: whoever is quick finds the link working.
        link = new_link(connection, state.settings, request_id, made_for=made_for)
    title, body = message(request, kase["invoice_id"], link, reminder=made_for == "reminder")
    if not notify.send([target], title, body):
        raise NotTakenError("the notification was not taken")
    with state.engine.begin() as connection:
        detail = {"request_id": request_id, "asked_name": request["asked_name"], "made_for": made_for}
        audit.write(connection, "request_sent", actor=audit.SYSTEM, subject=kase["invoice_id"], detail=detail)
    return True


def message(request: Row, invoice_id: str, link: str, *, reminder: bool) -> tuple[str, str]:
    """Subject and text; no amount and no client: a message may be read by others on its way."""
    title = SUBJECTS[request["kind"]].format(invoice=invoice_id)
    text = TEXT.format(question=request["question"], link=link, until=day(request["expires_at"]))
    return (f"Reminder: {title}" if reminder else title), text
