"""Mapping files from disk: shipped ones, words that YAML would change, and one-line errors."""

from pathlib import Path

import pytest

from ledger.imports.loading import SHIPPED, MappingError, load_mapping

HEAD = "name: m\nsource: m\ntime_zone: UTC\n"
RECORD = """
records:
  - kind: client
    source_id: {column: id}
    version: {value: 007}
    event_at: {value: "2024-01-01T00:00:00Z"}
    known_at: {value: "2024-01-01T00:00:00Z"}
    fields: {client_id: {column: id}, name: {column: id}, country: {value: NO}}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "m.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", sorted(path.stem for path in SHIPPED.glob("*.yaml")))
def test_a_shipped_mapping_is_found_by_its_name(name: str) -> None:
    assert load_mapping(name).name == name


def test_words_stay_words(tmp_path: Path) -> None:
    record = load_mapping(written(tmp_path, HEAD + RECORD)).compile().apply({"id": "1"})[0]
    assert (record.version, record.payload()["country"]) == ("007", "NO")


def test_the_keys_true_and_false_are_words_too(tmp_path: Path) -> None:
    flag = "active: {column: a, parse: bool, true: [yes], false: [no]}"
    text = HEAD + RECORD.replace("country: {value: NO}", flag)
    with pytest.raises(MappingError, match="client has no column active"):
        load_mapping(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Input should be a valid dictionary"),
        ("records: [", "cannot be read as YAML"),
        (HEAD + "name: again\n" + RECORD, "'name' is given twice"),
        (HEAD, "records: Field required"),
        (HEAD + RECORD.replace("kind: client", "kind: customer"), "records.0.kind: .*unknown kind 'customer'"),
    ],
)
def test_a_wrong_file_is_one_line_with_its_place(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(MappingError, match=why) as caught:
        load_mapping(written(tmp_path, text))
    assert str(caught.value).startswith(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_no_file_names_the_shipped_ones(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="cassandra-payables, ibm-receivables"):
        load_mapping(tmp_path / "absent.yaml")


def test_a_folder_or_bytes_are_no_mapping(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_bytes(b"\xff\xfe")
    for place in (tmp_path, tmp_path / "m.yaml"):
        with pytest.raises(MappingError, match="cannot be read as YAML"):
            load_mapping(place)


def test_a_merged_mapping_may_override_what_it_merges(tmp_path: Path) -> None:
    text = (
        HEAD
        + RECORD.replace("fields: {", "fields: &f {")
        + (
            "  - kind: client\n    source_id: {column: id}\n    version: {value: two}\n"
            '    event_at: {value: "2024-01-01T00:00:00Z"}\n    known_at: {value: "2024-01-01T00:00:00Z"}\n'
            "    fields: {<<: *f, country: {value: DE}}\n"
        )
    )
    records = load_mapping(written(tmp_path, text)).compile().apply({"id": "1"})
    assert [record.payload()["country"] for record in records] == ["NO", "DE"]
