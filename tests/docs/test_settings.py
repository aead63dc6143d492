"""Every setting of the service is in the table of docs/api.md, and the table names no other."""

import re
from pathlib import Path

from pydantic_settings import BaseSettings

from serving.auth.oidc.settings import OidcSettings
from serving.settings import ServingSettings

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def names(kind: type[BaseSettings]) -> set[str]:
    return {str(field.validation_alias) for field in kind.model_fields.values()}


def test_the_table_of_settings_is_complete() -> None:
    table = set(re.findall(r"^\| `(TRIAGE_\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert sorted((names(ServingSettings) | names(OidcSettings)) - table - {"TRIAGE_HOME"}) == []
    assert {name for name in table if name.startswith("TRIAGE_OIDC_")} == names(OidcSettings)
