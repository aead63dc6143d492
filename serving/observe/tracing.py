"""OpenTelemetry traces, where the extra ``tracing`` is installed and a collector is named; nothing otherwise.

``OTEL_EXPORTER_OTLP_ENDPOINT`` (and the other variables of OpenTelemetry's own exporter) say where spans go. A span per
request carries on the caller's ``traceparent``; the stages of a score are spans below it.
"""

import os

from fastapi import FastAPI

from ledger.errors import PlainError
from serving.observe.stages import use_spans

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


class TracingMissingError(PlainError):
    """A collector is named, but the packages that would send to it are not installed."""


def trace(app: FastAPI) -> bool:
    """Trace the application if a collector is named; says whether it is traced.

    Raises ``TracingMissingError`` with the remedy where the extra is not installed.
    """
    if not os.environ.get(ENDPOINT):
        return False
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise TracingMissingError(f"{ENDPOINT} is set: install invoice-exception-triage[tracing]") from error
    provider = TracerProvider(resource=Resource.create({"service.name": "invoice-exception-triage"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    FastAPIInstrumentor.instrument_app(app, tracer_provider=provider)
    use_spans(provider.get_tracer("serving").start_as_current_span)
    return True
