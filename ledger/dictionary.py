"""The records in words: every kind, its columns, units, meanings and traps, from the record classes."""

from typing import Any

from pydantic.fields import FieldInfo

from ledger.records import ENVELOPE, KINDS, Record
from ledger.tables import sql_type

_HEADER = "| column | type | unit | meaning | misleads |\n|---|---|---|---|---|"


def record_dictionary() -> str:
    """The reference part of ``docs/ledger.md``, in Markdown: the envelope once, then every kind."""
    shared = [_row(name, Record.model_fields[name]) for name in ENVELOPE]
    parts = ["### Every record\n", _HEADER, *shared, ""]
    for kind, record in KINDS.items():
        parts += [f"### {kind}\n", *_introduction(record), "", _HEADER]
        parts += [_row(name, record.model_fields[name]) for name in record.payload_columns()]
        parts.append("")
    return "\n".join(parts)


def _introduction(record: type[Record]) -> list[str]:
    keys = ", ".join(f"`{name}`" for name in record.keys)
    looked_up = f" Looked up by {keys}." if keys else ""
    return [
        " ".join((record.__doc__ or "").split()),
        "",
        f"Versions of one thing share `{record.identity}`.{looked_up}",
    ]


def _row(name: str, field: FieldInfo) -> str:
    extra: Any = field.json_schema_extra
    optional = "" if field.is_required() else ", may be empty" if field.default is None else f", else {field.default!r}"
    cells = (
        f"`{name}`",
        str(sql_type(field.annotation)).lower().replace("datetime", "moment") + optional,
        extra["unit"] or "",
        field.description or "",
        extra["misleads"] or "",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    import sys

    sys.stdout.write(record_dictionary())
