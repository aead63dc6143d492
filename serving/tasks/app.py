"""The task application: every task by name, what it runs, when it is repeated, and how it is tried again."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.connector import BaseAsyncConnector
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status

from serving.asking.deliver import send_request
from serving.asking.follow import chase, follow
from serving.auditing.verifying import carry_out
from serving.brief.sending import send_due
from serving.callbacks.deliver import deliver_message
from serving.queue.assigning import assign_open
from serving.queue.bulk_finish import finish_due
from serving.queue.following import follow_news
from serving.queue.lending import lend_cases
from serving.queue.refreshing import refresh_cases
from serving.runs.work import give_up_run, work_on_run
from serving.scoring.ahead import explain_ahead
from serving.state import ServingState
from serving.tasks import upkeep
from serving.tasks.queue import (
    CALLBACKS,
    DELIVER,
    FOLLOW_ANSWER,
    RESCUE,
    RUNS,
    SEND_REQUEST,
    TIDY,
    UPKEEP,
    VERIFY_AUDIT,
    WORK_ON_RUN,
)

log = structlog.get_logger(__name__)

STATE: Final = "state"
STALLED: Final = "stalled_after"
REMEMBERED: Final = "remembered"
# Failed jobs stay long enough for somebody to look at them.
KEPT_HOURS: Final = 30 * 24
_SPREAD = random.SystemRandom()


class Patience(BaseRetryStrategy):
    """Tries a job that raised again after 2, 4, 8 ... seconds, at most five minutes apart, with jitter; then fails it.

    This is for what nobody expects (the database went away, a fault of ours). What a task expects to fail, such as a
    receiver that is down, it plans again itself.
    """

    attempts: Final = 12

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002 - the library names it
        """When to try again; ``None`` after the last attempt."""
        if job.attempts + 1 >= self.attempts:
            return None
        seconds = min(2.0 ** (job.attempts + 1), 300.0) * _SPREAD.uniform(0.8, 1.2)
        return RetryDecision(retry_in={"seconds": max(1, round(seconds))})


def make_app(connector: BaseAsyncConnector) -> App:
    """An application on one firm's database; each worker makes its own."""
    app = App(connector=connector)
    _add_tasks(app)
    _add_upkeep(app)
    return app


def _add_tasks(app: App) -> None:
    @app.task(name=DELIVER, queue=CALLBACKS, retry=Patience(), pass_context=True)
    def deliver(context: JobContext, *, message_id: str, attempt: int) -> None:
        deliver_message(_state(context), message_id, attempt)

    @app.task(name=SEND_REQUEST, queue=CALLBACKS, retry=Patience(), pass_context=True)
    def send(context: JobContext, *, request_id: str, made_for: str) -> None:
        send_request(_state(context), request_id, made_for=made_for)

    @app.task(name=FOLLOW_ANSWER, queue=CALLBACKS, retry=Patience(), pass_context=True)
    def follow_up(context: JobContext, *, request_id: str) -> None:
        follow(_state(context), request_id)

    @app.task(name=VERIFY_AUDIT, queue=UPKEEP, retry=Patience(), pass_context=True)
    def verify_audit(context: JobContext, *, verification_id: str) -> None:
        carry_out(_state(context), verification_id)

    @app.task(name=WORK_ON_RUN, queue=RUNS, retry=Patience(), pass_context=True)
    def work(context: JobContext, *, run_id: str) -> None:
        state = _process(context)  # a long run takes a new policy up on its way, block by block
        try:
            work_on_run(state, run_id, stopping=context.should_abort)
        except Exception as error:  # a run that cannot go on must say so; every error is raised again
            if context.job.attempts + 1 >= Patience.attempts:
                give_up_run(state, run_id, because=f"{type(error).__name__}: {error}")
            raise


def _process(context: JobContext) -> ServingState:
    state: ServingState = context.additional_context[STATE]
    return state


def _state(context: JobContext) -> ServingState:
    """What a task works with: one policy from its beginning to its end."""
    return _process(context).in_force()


def _add_upkeep(app: App) -> None:
    @app.periodic(cron="* * * * * */10")
    @app.task(name=RESCUE, queue=UPKEEP, queueing_lock=RESCUE, pass_context=True)
    async def rescue_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - every periodic task has it
        await rescue(app, stalled_after=context.additional_context[STALLED])

    _add_by_the_clock(app)

    @app.periodic(cron="17 * * * *")
    @app.task(name=TIDY, queue=UPKEEP, queueing_lock=TIDY)
    async def tidy(timestamp: int) -> None:  # noqa: ARG001 - as above
        await app.job_manager.delete_old_jobs(
            nb_hours=KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )


def _add_by_the_clock(app: App) -> None:
    _add_one(app, upkeep.READY, "* * * * * */5", lambda context: _upkeep(context).keep_ready(_state(context)))
    _add_one(app, upkeep.NOTES, "* * * * * */10", lambda context: _upkeep(context).embed(_state(context)))
    _add_one(app, upkeep.SHADOW, "* * * * * */30", lambda context: upkeep.watch_shadow(_state(context)))
    _add_one(app, upkeep.BULK, "* * * * * */10", lambda context: finish_due(_state(context)))
    _add_one(app, upkeep.CHASE, "*/5 * * * *", lambda context: chase(_state(context)))
    _add_one(app, upkeep.OPENED, "* * * * * */5", lambda context: upkeep.announce_opened(_state(context)))
    _add_one(app, upkeep.EXPLAIN, "* * * * * */5", lambda context: explain_ahead(_state(context)))
    _add_one(app, upkeep.LEARN, "* * * * * */10", lambda context: upkeep.learn_likeness(_state(context)))
    _add_one(app, upkeep.FOLLOW, "* * * * * */5", lambda context: follow_news(_state(context)))
    _add_one(app, upkeep.REFRESH, "* * * * * */5", lambda context: refresh_cases(_state(context)))
    _add_one(app, upkeep.ASSIGN, "* * * * * */10", lambda context: assign_open(_state(context)))
    _add_one(app, upkeep.LEND, "* * * * *", lambda context: lend_cases(_state(context)))
    _add_one(app, upkeep.ESCALATE, "* * * * * */30", lambda context: upkeep.escalate_cases(_state(context)))
    _add_one(app, upkeep.BRIEF, "7,37 * * * 1", lambda context: send_due(_state(context)))
    _add_one(app, upkeep.FORGET, "29 * * * *", lambda context: upkeep.forget_answers(_state(context)))


def _upkeep(context: JobContext) -> upkeep.Upkeep:
    remembered: upkeep.Upkeep = context.additional_context[REMEMBERED]
    return remembered


def _add_one(app: App, name: str, cron: str, work: Callable[[JobContext], int]) -> None:
    """A periodic task of which never two wait or run at the same time."""

    @app.periodic(cron=cron)
    @app.task(name=name, queue=UPKEEP, queueing_lock=name, lock=name, pass_context=True)
    def task(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - every periodic task has it
        done = work(context)
        if done:
            log.debug("upkeep", task=name, done=done)


async def rescue(app: App, *, stalled_after: timedelta) -> int:
    """Put the jobs of workers whose heartbeat stopped back into the queue; how many there were."""
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after.total_seconds())
    count = 0
    for job in stalled:
        if await _put_back(app, job):
            count += 1
    return count


async def _put_back(app: App, job: Job) -> bool:
    assert job.id is not None
    if await app.job_manager.get_job_status_async(job.id) is not Status.DOING:
        return False  # another worker rescued it meanwhile
    log.warning("a worker stopped in the middle of a job; it is run again", job=job.id, task=job.task_name)
    try:
        await app.job_manager.retry_job(job)
    except UniqueViolation:  # the next round of the same task waits already, and does this one's work
        await app.job_manager.finish_job_by_id_async(job_id=job.id, status=Status.FAILED, delete_job=True)
        return False
    return True


def tasks_of(app: App) -> dict[str, Any]:
    """Our tasks by name, without the library's own."""
    return {name: task for name, task in app.tasks.items() if not name.startswith(("builtin", "procrastinate"))}
