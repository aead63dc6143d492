"""Mapping files from disk: YAML in which words stay words, and errors that name the file and every wrong place."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ledger.errors import PlainError
from ledger.imports.mapping import Mapping

SHIPPED = Path(__file__).parents[1] / "mappings"

_STRING, _MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"


class MappingError(PlainError):
    """The mapping file cannot be used; the message names the file and each place."""


class _WordsLoader(yaml.SafeLoader):
    """YAML without surprises: ``NO`` is Norway, ``007`` keeps its zeros, and the key ``true`` is the word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        """Keys are text, and a key given twice is an error instead of the last one winning."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
                key.tag = _STRING
                if key.value in seen and not getattr(node, "merged", False):
                    raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is given twice", key.start_mark)
                seen.add(key.value)
        # Merging rewrites the node in place: a second visit, through an alias, finds merged keys beside its own.
        node.merged = True  # type: ignore[attr-defined]  # a note on PyYAML's node, which declares no such attribute
        return super().construct_mapping(node, deep)


_KEPT = {"tag:yaml.org,2002:null", _MERGE}
_WordsLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in _KEPT]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_mapping(place: str | Path) -> Mapping:
    """A mapping by path, or a shipped one by name.

    Raises ``MappingError`` naming the file and every wrong place in it.
    """
    path = Path(place)
    if not path.is_file() and (SHIPPED / f"{place}.yaml").is_file():
        path = SHIPPED / f"{place}.yaml"
    try:
        # A subclass of the safe loader with fewer types, so as safe.
        return Mapping.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=_WordsLoader))  # noqa: S506
    except FileNotFoundError as error:
        shipped = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.yaml")))
        raise MappingError(f"no mapping {str(place)!r}: give a file, or one of the shipped {shipped}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise MappingError(f"{path}: cannot be read as YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False))
        raise MappingError(f"{path}: {places}") from error
