"""A small workflow engine around SpiffWorkflow: starts processes, parks them on disk, resumes them by callback.

Each process instance is one JSON file. Its id goes out as the score's correlation id and comes back in the callback, so
that an engine which was restarted meanwhile finds the process that waits.
"""

from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from standardwebhooks import Webhook

PROCESS = "send_an_invoice"
DIAGRAM = Path(__file__).parent / "billing.bpmn"
ENDED = "triage.case.ended"


class Services(TaskDataEnvironment):
    """Carries out the diagram's service tasks."""

    def __init__(self, triage: httpx.Client, callback_url: str) -> None:
        super().__init__({})
        self.triage = triage
        self.callback_url = callback_url

    def call_service(
        self, context: dict[str, Any], *, operation_name: str, operation_params: dict[str, dict[str, Any]]
    ) -> str:
        """Score an invoice; asking again under the same key, after a crash, gives the same answer."""
        assert operation_name == "triage/score"
        body = {name: parameter["value"] for name, parameter in operation_params.items()}
        key = {"Idempotency-Key": context["process_id"]}
        answer = self.triage.post("/v1/scores", json=body | {"callback_url": self.callback_url}, headers=key)
        answer.raise_for_status()
        return answer.text


class Engine:
    """Processes on disk, one file each."""

    def __init__(self, folder: Path, services: Services) -> None:
        self.folder = folder
        self.scripts = PythonScriptEngine(services)
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))

    def start(self, invoice_id: str) -> str:
        """Begin a process and go as far as it can; its id."""
        parser = SpiffBpmnParser()
        parser.add_bpmn_file(str(DIAGRAM))
        workflow = BpmnWorkflow(parser.get_spec(PROCESS), script_engine=self.scripts)
        process_id = uuid4().hex
        workflow.task_tree.set_data(invoice_id=invoice_id, process_id=process_id)
        return self._go_on(process_id, workflow)

    def receive(self, body: str, headers: dict[str, str], *, secret: str) -> bool:
        """Take a callback; says whether it moved a process. Raises ``WebhookVerificationError`` for a forged one."""
        event = Webhook(secret).verify(body, headers)
        process_id = event["data"]["correlation_id"]
        workflow = self._load(process_id)
        if not workflow.waiting_events():
            return False  # delivered again: the process has gone on already
        workflow.send_event(BpmnEvent(MessageEventDefinition(ENDED), payload=event["data"]))
        self._go_on(process_id, workflow)
        return True

    def outcome(self, process_id: str) -> str | None:
        """How the process ended; ``None`` while it waits."""
        outcome: str | None = self._load(process_id).data.get("outcome")
        return outcome

    def _go_on(self, process_id: str, workflow: BpmnWorkflow) -> str:
        workflow.do_engine_steps()
        (self.folder / f"{process_id}.json").write_text(self.serializer.serialize_json(workflow), encoding="utf-8")
        return process_id

    def _load(self, process_id: str) -> BpmnWorkflow:
        workflow = self.serializer.deserialize_json((self.folder / f"{process_id}.json").read_text(encoding="utf-8"))
        workflow.script_engine = self.scripts
        return workflow
