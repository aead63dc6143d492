"""The published document as it is goes through code generators and linters, and their clients call the service."""

import json
from pathlib import Path

import pytest

from tests.serving.contract.clients.conftest import Service
from tests.serving.contract.clients.tools import DOCUMENT, done

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("clients")]
# What every client below must print: the score of INV-1.
SCORED = "INV-1 1800.00 EUR auto_clear"
FIELDS = ("invoice_id", "document", "as_of", "callback_url", "correlation_id", "dry_run")

PYTHON_CLIENT = """
import os
from client import AuthenticatedClient
from client.api.scores import create_score
from client.models import ProblemDocument, ScoreRequest

service = AuthenticatedClient(os.environ["URL"], token=os.environ["KEY"])
refused = create_score.sync(client=service, body=ScoreRequest())
assert isinstance(refused, ProblemDocument) and refused.errors[0].pointer == "/document", refused
made = create_score.sync(client=service, body=ScoreRequest(invoice_id="INV-1", correlation_id="x"))
print(made.invoice_id, made.amount, made.currency.value, made.route.value)
"""
GENERATED_PYTHON = """
import os
import openapi_client as generated

settings = generated.Configuration(host=os.environ["URL"], access_token=os.environ["KEY"])
api = generated.ScoresApi(generated.ApiClient(settings))
try:
    api.create_score(generated.ScoreRequest())
except generated.ApiException as refused:
    assert refused.status == 422
made = api.create_score(generated.ScoreRequest(invoice_id="INV-1", correlation_id="x"), idempotency_key="step-1")
print(made.invoice_id, made.amount, made.currency.value, made.route.value)
"""
OPENAPI_FETCH = """
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const headers = { Authorization: `Bearer ${process.env.KEY}` };
const client = createClient<paths>({ baseUrl: process.env.URL!, headers });
const body = { invoice_id: "INV-1", correlation_id: "x", dry_run: false };
const { data, error } = await client.POST("/v1/scores", { body });
if (error) throw new Error(error.detail);
console.log(data.invoice_id, data.amount, data.currency, data.route);
"""
TYPESCRIPT_FETCH = """
import { Configuration, ScoresApi } from "./index";

const settings = new Configuration({ basePath: process.env.URL!, accessToken: process.env.KEY! });
async function main() {
  const scoreRequest = { invoiceId: "INV-1", correlationId: "x", asOf: null, callbackUrl: null };
  const made = await new ScoresApi(settings).createScore({ scoreRequest });
  console.log(made.invoiceId, made.amount, made.currency, made.route);
}
main();
"""
STRICT = ("--strict", "--target", "es2022", "--outDir", "out")


def environment(service: Service) -> dict[str, str]:
    return {"URL": service.url, "KEY": service.key}


def generated(jar: Path, generator: str, folder: Path) -> Path:
    """A client of openapi-generator."""
    made = folder / generator
    done("java", "-Xmx1g", "-jar", jar, "generate", "-g", generator, "-i", DOCUMENT, "-o", made, cwd=folder)
    return made


def test_openapi_python_client(python: Path, service: Service, tmp_path: Path) -> None:
    # JSON lines are no content type of this generator, so that its own setting says to take them as bytes.
    settings = {"content_type_overrides": {"application/x-ndjson": "application/octet-stream"}}
    (tmp_path / "config.json").write_text(json.dumps(settings))
    command = (python / "openapi-python-client", "generate", "--path", DOCUMENT, "--output-path", tmp_path / "client")
    options = ("--meta", "none", "--config", tmp_path / "config.json", "--fail-on-warning")
    done(*command, *options, cwd=tmp_path, PATH=f"{python}:/usr/bin:/bin")
    assert SCORED in done(python / "python", "-c", PYTHON_CLIENT, cwd=tmp_path, **environment(service))


def test_openapi_generator_for_python(python: Path, jar: Path, service: Service, tmp_path: Path) -> None:
    made = generated(jar, "python", tmp_path)
    assert SCORED in done(python / "python", "-c", GENERATED_PYTHON, cwd=made, **environment(service))


def test_openapi_generator_for_typescript(node: Path, jar: Path, service: Service, tmp_path: Path) -> None:
    made = generated(jar, "typescript-fetch", tmp_path)
    (made / "use.ts").write_text(TYPESCRIPT_FETCH)
    types = ("--typeRoots", node / "node_modules" / "@types", "--types", "node")
    tsc = node / "node_modules" / ".bin" / "tsc"
    done(tsc, *STRICT, *types, "--module", "commonjs", "use.ts", cwd=made)
    assert SCORED in done("node", "out/use.js", cwd=made, **environment(service))


@pytest.mark.parametrize(
    ("generator", "model", "words"),
    [
        ("java", "src/main/java/org/openapitools/client/model/ScoreRequest.java", "@SerializedName(SERIALIZED_NAME_"),
        ("go", "model_score_request.go", "json:"),
    ],
)
def test_openapi_generator_keeps_every_field(jar: Path, tmp_path: Path, generator: str, model: str, words: str) -> None:
    text = (generated(jar, generator, tmp_path) / model).read_text(encoding="utf-8")
    assert text.count(words) >= len(FIELDS)
    assert [name for name in FIELDS if f'"{name}' not in text] == []


def test_openapi_typescript(node: Path, service: Service) -> None:
    commands = node / "node_modules" / ".bin"
    (node / "use.ts").write_text(OPENAPI_FETCH)
    done(commands / "openapi-typescript", DOCUMENT, "--output", "schema.d.ts", cwd=node)
    done(commands / "tsc", *STRICT, "--module", "nodenext", "use.ts", "schema.d.ts", cwd=node)
    assert SCORED in done("node", "out/use.js", cwd=node, **environment(service))


def test_redocly_finds_no_error(node: Path) -> None:
    done(node / "node_modules" / ".bin" / "redocly", "lint", DOCUMENT, "--format", "summary", cwd=node)


def test_spectral_finds_no_error(node: Path) -> None:
    (node / ".spectral.yaml").write_text('extends: ["spectral:oas"]\n')
    done(node / "node_modules" / ".bin" / "spectral", "lint", DOCUMENT, "--fail-severity", "error", cwd=node)
