"""Bad control documents are refused whole, with the file, the control and the place."""

from pathlib import Path

import pytest

from serving.controls.checks import ControlError
from serving.controls.load import SHIPPED, document_of, load_controls, read_document
from tests.serving.controls.firm import CONTROLS

TEMPLATE = """
number: 1
controls:
  - id: test_control
    version: 1
    family: contract
    title: Test
    catches: What it is for.
    severity: review
    owner: billing
    cause: other
    expression: {expression}
    message: "{message}"
    remedy: Do it.
"""


def written(folder: Path, expression: str, message: str = "wrong", more: str = "") -> Path:
    path = folder / "mine.yaml"
    path.write_text(TEMPLATE.format(expression=f"{expression!r}", message=message) + more)
    return path


BAD = {
    "invoice.colour == 1": "invoice has no field 'colour'",
    "invoice.amount > 1.0": "may be null here; compare with null first (character 9)",
    "1 > 'a'": "cannot compare whole number with text (character 3)",
    "invoice.amount ==": "Syntax error",
    "invoice.currency": "gives text that may be null, not a truth value or a list of offenders (character 1)",
    "client.po_required": "gives truth value that may be null",
    "threshold.days > 1.0": "unknown word 'threshold'",
}


@pytest.mark.parametrize("expression", BAD)
def test_a_bad_expression_is_refused_with_its_place(tmp_path: Path, expression: str) -> None:
    with pytest.raises(ControlError) as caught:
        load_controls(written(tmp_path, expression))
    assert str(caught.value).startswith("mine.yaml: control test_control: expression: ")
    assert BAD[expression] in str(caught.value)


EACH = {"invoice.known": "names no offenders", "lines": "unknown placeholder {worked_on}"}


@pytest.mark.parametrize("expression", EACH)
def test_a_sentence_speaks_of_the_offenders_that_there_are(tmp_path: Path, expression: str) -> None:
    with pytest.raises(ControlError, match="each: ") as caught:
        load_controls(written(tmp_path, expression, more='    each: "{worked_on}"\n'))
    assert EACH[expression] in str(caught.value)


def test_an_unknown_placeholder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match=r"message: unknown placeholder \{invoice.colour\}"):
        load_controls(written(tmp_path, "invoice.known", "{invoice.colour}"))


def test_an_unknown_field_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match=r"controls\.0\.colour \(test_control\)"):
        load_controls(written(tmp_path, "invoice.known", more="    colour: red\n"))


FIELDS = {
    "    minimum: hard_stop\n": "minimum: is above the severity itself",
    "    effective_from: 2026-02-01\n    effective_to: 2026-01-01\n": "effective_to: lies before",
    "  - 7\n": "controls.1 (not a mapping)",
}


@pytest.mark.parametrize("more", FIELDS)
def test_contradicting_fields_are_refused(tmp_path: Path, more: str) -> None:
    with pytest.raises(ControlError) as caught:
        load_controls(written(tmp_path, "invoice.known", more=more))
    assert FIELDS[more] in str(caught.value)


def test_an_id_is_used_once(tmp_path: Path) -> None:
    twice = TEMPLATE.split("controls:\n")[1].format(expression="invoice.known", message="wrong")
    with pytest.raises(ControlError, match="control test_control: the id is used twice"):
        load_controls(written(tmp_path, "invoice.known", more=twice))


@pytest.mark.parametrize("content", ["a: [", "\xff\xfe"])
def test_what_is_no_yaml_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "mine.yaml").write_bytes(content.encode("latin-1"))
    with pytest.raises(ControlError, match=r"^mine.yaml: cannot be read"):
        read_document(tmp_path / "mine.yaml")


def test_the_version_names_the_content(tmp_path: Path) -> None:
    one, other = load_controls(written(tmp_path, "invoice.known")), load_controls(written(tmp_path, "!invoice.known"))
    assert one.version != other.version
    assert load_controls(SHIPPED).version == CONTROLS.version


def test_a_set_survives_the_database_as_json() -> None:
    assert document_of(CONTROLS.content, place="stored").version == CONTROLS.version
