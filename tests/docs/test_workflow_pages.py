"""The pages of workflow engines name only routes, fields and headers that the published document has."""

import ast
import re
import xml.dom.minidom
from pathlib import Path

import orjson
import pytest

from serving.contract.document import METHODS, Document

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted((DOCS / "workflows").glob("*.md"))
# Words with an underscore that are the engines' own, or Python's; everything else must be ours.
THEIRS = {
    "airflow.md": {
        *("response_check", "response_filter", "response_error_codes_allowlist", "http_conn_id", "task_id", "task_ids"),
        *("poke_interval", "retry_delay", "retry_exponential_backoff", "start_date", "billing_run", "has_ended"),
        *("dag_run", "xcom_pull"),
    },
    "camunda.md": {"to_camunda", "given_back", "base_url"},
    "n8n.md": set(),
    "power-automate.md": {"Has_a_case", "Wait_for_the_decision", "Read_the_case"},
    "spiff.md": {"raise_for_status", "test_spiff"},
    "temporal.md": {
        *("case_ended", "execute_activity", "get_workflow_handle", "is_client_error", "maximum_interval"),
        *("next_retry_delay", "non_retryable", "raise_for_status", "retry_policy", "start_to_close_timeout"),
        *("status_code", "wait_condition", "workflow_id", "__init__", "NOT_FOUND", "base_url"),
    },
    "README.md": set(),
}
CONSTANTS = re.compile(r"[A-Z][A-Z0-9_]+")  # secrets and settings
GENERAL_HEADERS = {"content-type", "authorization", "accept"}


@pytest.fixture(scope="module")
def document() -> Document:
    loaded: Document = orjson.loads((DOCS / "openapi.json").read_bytes())
    return loaded


@pytest.fixture(params=PAGES, ids=lambda page: page.name)
def page(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def words_of(document: Document) -> set[str]:
    """Fields, parameters and values that the document knows."""
    found: set[str] = set()
    nodes: list[object] = [document]
    while nodes:
        node = nodes.pop()
        if isinstance(node, dict):
            found |= set(node.get("properties", ())) | {
                value for value in node.get("enum", ()) if isinstance(value, str)
            }
            found |= {str(node["name"])} if "in" in node else set()
            nodes += node.values()
        elif isinstance(node, list):
            nodes += node
    return found


def headers_of(document: Document) -> set[str]:
    operations = [item[method] for item in document["paths"].values() for method in METHODS if method in item]
    operations += [item["post"] for item in document["webhooks"].values()]
    sent = {part["name"].lower() for one in operations for part in one.get("parameters", ()) if part["in"] == "header"}
    answered = {
        name.lower() for one in operations for answer in one["responses"].values() for name in answer.get("headers", ())
    }
    return sent | answered


def test_every_engine_has_a_page_and_the_index_names_it() -> None:
    names = {page.name for page in PAGES}
    assert names == set(THEIRS)
    index = (DOCS / "workflows" / "README.md").read_text(encoding="utf-8")
    assert {name for name in names if f"({name})" in index} == names - {"README.md"}


def test_every_route_of_the_page_exists(page: Path, document: Document) -> None:
    text = page.read_text(encoding="utf-8")
    known = [re.sub(r"\{[^}]*\}", "[^/]+", path) for path in document["paths"]]
    asked = {
        found.rstrip("/")
        for found in re.findall(r"/?v1/[A-Za-z/-]*(?:\{\{[^}]*\}\}[\w/-]*|@\{[^}]*\}|\{\w+\}[\w/-]*)?", text)
    }
    unknown = [route for route in asked if not any(re.fullmatch(path, plain(route)) for path in known)]
    assert unknown == []
    assert asked or page.name == "spiff.md"


def plain(route: str) -> str:
    """A route with an engine's expression as an id."""
    return "/" + re.sub(r"\{\{[^}]*\}\}|@\{[^}]*\}|\{\w+\}", "id", route).lstrip("/")


def test_every_method_goes_with_its_route(page: Path, document: Document) -> None:
    text = page.read_text(encoding="utf-8")
    for method, path in re.findall(r"`(GET|POST|PUT|DELETE) (/[^\s`?]+)`", text):
        assert method.lower() in document["paths"][path], (method, path)


def test_every_field_of_the_page_exists(page: Path, document: Document) -> None:
    text = page.read_text(encoding="utf-8")
    code = re.findall(r"```\w+\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text)
    words = {word for part in code for word in re.findall(r"(?<![\w-])[A-Za-z_]+_[A-Za-z_]+(?![\w-])", part)}
    unknown = words - words_of(document) - THEIRS[page.name]
    assert {
        word for word in unknown if not CONSTANTS.fullmatch(word) and not word.startswith(("triage_", "whsec_"))
    } == set()


def test_every_header_of_the_page_exists(page: Path, document: Document) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:webhook-(?:id|timestamp|signature)|(?:[A-Z][a-z]+-)+[A-Z][a-z]+)\b", text))
    assert {name for name in named if name.lower() not in headers_of(document) | GENERAL_HEADERS} == set()


def test_every_page_tells_of_repetition_of_refusals_and_of_what_is_missing(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [word for word in ("Idempotency-Key", "Retry-After", "`degraded`", "429", "503") if word not in text] == []


def test_every_example_can_be_read(page: Path) -> None:
    for language, code in re.findall(r"```(\w+)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        if language == "python":
            ast.parse(code)
        elif language == "json":
            orjson.loads(code)
        elif language == "xml":
            names = 'xmlns:bpmn="b" xmlns:zeebe="z"'
            xml.dom.minidom.parseString(f"<all {names}>{code}</all>")


def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
