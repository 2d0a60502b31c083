"""The language as JSON Schema, for editors and for other programs."""

from __future__ import annotations

from typing import Any, Final

from dataeng_ai.spec.block import Block
from dataeng_ai.spec.kinds import DECIDED, OFFERED
from dataeng_ai.spec.spec import Spec

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_OPEN: Final = [{"const": "auto", "title": "to be decided by fill"}, {"type": "null", "title": "to be decided by fill"}]

Json = dict[str, Any]
"""JSON Schema is plain data of any depth."""


def schema(*, strict: bool = False) -> Json:
    """Return the JSON Schema of a spec: of a draft, in which what is decided may be absent or `auto`, or of a completed one."""
    document = Spec.model_json_schema(by_alias=True)
    if not strict:
        _loosen(document, Spec)
        for model in Block.__subclasses__():
            if model.__name__ in document["$defs"]:
                _loosen(document["$defs"][model.__name__], model)
        document = _any_of(document)
    title = "A spec of dataeng_ai" + (", completed" if strict else "")
    return {"$schema": _DIALECT, **document, "title": title}


def _any_of(value: Any) -> Any:  # noqa: ANN401  JSON of any depth
    """Let a block fit several variants, as it does while its discriminator is open."""
    if isinstance(value, dict):
        return {"anyOf" if key == "oneOf" else key: _any_of(inner) for key, inner in value.items() if key != "discriminator"}
    return [_any_of(inner) for inner in value] if isinstance(value, list) else value


def _loosen(definition: Json, model: type[Block]) -> None:
    """Let every decided key be absent, empty or `auto`."""
    decided = {info.alias or name for name, info in model.model_fields.items() if DECIDED in info.metadata}
    required = [key for key in definition.get("required", ()) if key not in decided]
    definition.pop("required", None)
    definition |= {"required": required} if required else {}
    offered = {info.alias or name for name, info in model.model_fields.items() if OFFERED in info.metadata}
    for key in sorted(decided | offered):
        inner = definition["properties"][key]
        words = {word: inner.pop(word) for word in ("description", "title") if word in inner}
        definition["properties"][key] = {**words, "anyOf": [inner, *_OPEN]}
