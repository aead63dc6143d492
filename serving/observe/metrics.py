"""Metrics in Prometheus' format: what this process did, and, read when asked for, what waits in the database."""

from collections.abc import Iterator, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection

from serving.callbacks import counts
from serving.queue.deciders import undecidable
from serving.queue.refresh_lag import lag
from serving.sql import Row, rows
from serving.tasks import depth
from serving.tasks.set_aside import counts as aside_counts

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
REGISTRY: Final = CollectorRegistry()
_SECONDS = (0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS = Counter("triage_requests", "Requests answered", ("method", "route", "status"), registry=REGISTRY)
REQUEST_SECONDS = Histogram("triage_request_seconds", "Time to answer", ("route",), registry=REGISTRY, buckets=_SECONDS)
STAGE_SECONDS = Histogram("triage_stage_seconds", "Time by stage", ("stage",), registry=REGISTRY, buckets=_SECONDS)
SCORES = Counter("triage_scores", "Scores stored", ("route", "decided_by"), registry=REGISTRY)
READY = Counter("triage_ready", "Scores asked of now, by whether they were ready", ("ready",), registry=REGISTRY)
CONTROL_HITS = Counter("triage_control_hits", "Controls that fired", ("control", "severity"), registry=REGISTRY)
DEGRADED = Counter("triage_degraded_scores", "Scores from which something was missing", ("code",), registry=REGISTRY)
CONNECTIONS_CLOSED = Counter(
    "triage_connections_closed", "Connections refused or ended early", ("reason",), registry=REGISTRY
)
IN_HAND = Gauge("triage_requests_in_hand", "Requests being answered", registry=REGISTRY)

_CASES = """
SELECT route, state, count(*) AS cases, count(*) FILTER (WHERE due_at <= clock_timestamp()) AS overdue,
       extract(epoch FROM clock_timestamp() - min(opened_at))::float8 AS oldest
FROM review_case WHERE state IN ('open', 'claimed', 'waiting') GROUP BY route, state
"""


def count_scores(stored: Sequence[Row]) -> None:
    """Count scores as they are stored: routes, controls that fired, what was missing."""
    for row in stored:
        SCORES.labels(row["route"], row["decided_by"]).inc()
        for hit in row["controls"]:
            CONTROL_HITS.labels(hit["control_id"], hit["severity"]).inc()
        for code in row["degraded"]:
            DEGRADED.labels(code).inc()


def exposition(connection: Connection | None) -> bytes:
    """The whole page; without a connection it says that the database is down, and what the process itself knows."""
    waiting = CollectorRegistry()
    waiting.register(_Waiting(connection))
    return generate_latest(REGISTRY) + generate_latest(waiting)


class _Waiting(Collector):
    """What waits in the database: cases, jobs, callbacks, what was set aside."""

    def __init__(self, connection: Connection | None) -> None:
        self._connection = connection

    def collect(self) -> Iterator[Metric]:
        """The families, each read once."""
        up = GaugeMetricFamily("triage_database_up", "Whether the database answered")
        up.add_metric([], float(self._connection is not None))
        yield up
        if self._connection is not None:
            yield from _cases(self._connection)
            yield from _undecidable(self._connection)
            yield from _jobs(self._connection)
            yield from _callbacks(self._connection)
            yield from _set_aside(self._connection)
            yield from _refresh(self._connection)

    def describe(self) -> Iterator[Metric]:
        """Nothing is read when it is registered."""
        return iter(())


def _cases(connection: Connection) -> Iterator[Metric]:
    found = rows(connection, _CASES)
    for name, column, what in (
        ("triage_cases", "cases", "Cases that are not closed"),
        ("triage_cases_overdue", "overdue", "Cases past their due moment"),
        ("triage_oldest_case_seconds", "oldest", "Age of the oldest case"),
    ):
        family = GaugeMetricFamily(name, what, labels=("route", "state"))
        for row in found:
            family.add_metric([row["route"], row["state"]], float(row[column]))
        yield family


def _undecidable(connection: Connection) -> Iterator[Metric]:
    family = GaugeMetricFamily("triage_cases_nobody_may_decide", "Open cases that no active account may decide")
    family.add_metric([], float(undecidable(connection)))
    yield family


def _jobs(connection: Connection) -> Iterator[Metric]:
    found = depth(connection)
    waiting = GaugeMetricFamily("triage_jobs_waiting", "Jobs that are due", labels=("queue",))
    for queue, count in found.waiting.items():
        waiting.add_metric([queue], float(count))
    yield waiting
    for name, value, what in (
        ("triage_jobs_running", found.running, "Jobs in hand"),
        ("triage_jobs_failed", found.failed, "Jobs given up"),
        ("triage_oldest_job_seconds", found.oldest_seconds, "How far behind the workers are"),
    ):
        family = GaugeMetricFamily(name, what)
        family.add_metric([], float(value or 0))
        yield family


def _callbacks(connection: Connection) -> Iterator[Metric]:
    found = counts(connection)
    for name, value, what in (
        ("triage_callbacks_pending", found.pending, "Callbacks not delivered yet"),
        ("triage_callbacks_dead", found.dead, "Callbacks given up"),
        ("triage_oldest_callback_seconds", found.oldest_pending_seconds, "Age of the oldest undelivered callback"),
    ):
        family = GaugeMetricFamily(name, what)
        family.add_metric([], float(value or 0))
        yield family


def _set_aside(connection: Connection) -> Iterator[Metric]:
    aside = GaugeMetricFamily("triage_set_aside", "Items set aside by a sweep of the worker", labels=("sweep",))
    faults = CounterMetricFamily("triage_sweep_faults", "Items that failed in a sweep", labels=("sweep",))
    for row in aside_counts(connection):
        aside.add_metric([row["sweep"]], float(row["waiting"]))
        faults.add_metric([row["sweep"]], float(row["faults"]))
    yield aside
    yield faults


def _refresh(connection: Connection) -> Iterator[Metric]:
    found = lag(connection)
    for name, value, what in (
        (
            "triage_refresh_seconds",
            found.seconds,
            "How long a change has not reached every open case",
        ),
        ("triage_cases_to_refresh", found.cases, "Open cases that a change has not reached"),
    ):
        family = GaugeMetricFamily(name, what)
        family.add_metric([], float(value))
        yield family
