"""Forms that may be refused: what was begun is undone, and the next page says why."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request, Response
from sqlalchemy import Connection

from serving.problems import Problem
from serving.web.access import see_other

REASON_MISSING = "Say why, in three characters or more: it is kept for the record."
SHORTEST_REASON = 3


def attempt(
    connection: Connection, place: str, work: Callable[[], object], *, good: str, why: str | None = None
) -> Response:
    """Do it and go on to ``place``; a refusal undoes what was begun. ``why``: the reason, where one is needed."""
    if why is not None and len(why.strip()) < SHORTEST_REASON:
        return see_other(place, bad=REASON_MISSING)
    try:
        with connection.begin_nested():
            work()
    except Problem as refused:
        return see_other(place, bad=f"{refused.title}: {refused.detail}.")
    return see_other(place, good=good)


async def typed_form(request: Request) -> dict[str, str]:
    """The fields of a form as plain text, without the sign that no text has; of several values the last."""
    form = await request.form()
    return {name: value.replace("\x00", "").strip() for name, value in form.items() if isinstance(value, str)}


TypedForm = Annotated[dict[str, str], Depends(typed_form)]
