"""The pages about ledger and import say what the code does."""

import re
from pathlib import Path

import pytest
import yaml

from ledger.dictionary import record_dictionary
from ledger.imports.cells import Column
from ledger.imports.loading import SHIPPED, load_mapping
from ledger.imports.mapping import Mapping, RecordMapping
from ledger.records import KINDS

DOCS = Path(__file__).parents[2] / "docs"
IMPORTING = (DOCS / "importing.md").read_text(encoding="utf-8")


def test_the_record_tables_are_those_of_the_classes() -> None:
    page = (DOCS / "ledger.md").read_text(encoding="utf-8")
    written = page.split("<!-- records: begin -->\n\n")[1].split("<!-- records: end -->")[0]
    assert written == record_dictionary(), "run python -m ledger.dictionary and paste it between the marks"


@pytest.mark.parametrize("kind", KINDS)
def test_the_dictionary_names_every_column(kind: str) -> None:
    section = record_dictionary().split(f"### {kind}\n")[1].split("\n### ")[0]
    assert all(f"| `{name}` |" in section for name in KINDS[kind].payload_columns())


@pytest.mark.parametrize("part", [Mapping, RecordMapping, Column])
def test_every_word_of_a_mapping_is_explained(part: type[Mapping | RecordMapping | Column]) -> None:
    assert [name for name in part.model_fields if not re.search(rf"\b{name}\b", IMPORTING)] == []


def test_the_first_mapping_of_the_guide_works(tmp_path: Path) -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", IMPORTING, re.DOTALL)
    path = tmp_path / "guide.yaml"
    path.write_text(example, encoding="utf-8")
    row = {"Internal_Id": "01", "Last_Modified": "3", "Invoice_Date": "31/03/2024", "Created": "02/04/2024 09:00"}
    cells = {"Number": "007", "Customer": "ACME", "Currency": "EUR", "Net": "1.234,50"}
    [invoice] = load_mapping(path).compile().apply({**row, **cells})
    assert (invoice.entity_id, str(invoice.payload()["amount"])) == ("007", "1234.50")
    assert invoice.known_at.isoformat() == "2024-04-02T08:00:00+00:00"


def test_every_word_in_the_table_of_words_is_a_valid_expression() -> None:
    examples = [cell for cell in re.findall(r"\| `(\{.*?\})` \|", IMPORTING) if "…" not in cell]
    assert len(examples) >= 12
    base = yaml.safe_load((SHIPPED / "ibm-receivables.yaml").read_text(encoding="utf-8"))
    for example in examples:
        expression = yaml.load(example, Loader=yaml.BaseLoader)
        record = {**base["records"][2], "version": expression}
        Mapping.model_validate({**base, "records": [record]})


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_mapping_is_named_in_the_guide(path: Path) -> None:
    assert f"`{path.stem}`" in IMPORTING
