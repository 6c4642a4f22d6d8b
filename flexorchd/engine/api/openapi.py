"""The OpenAPI description, drawn from the operations themselves."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import msgspec

from flexorchd import __version__
from flexorchd.engine.api.operation import Operation

_REFERENCE = "#/components/schemas/{name}"
_NO_ROUTE_SCHEMA = {
    "type": "object",
    "required": ["detail"],
    "properties": {"detail": {"type": "string"}},
}
_ERROR_SCHEMA = {
    "type": "object",
    "required": ["status", "data", "error"],
    "properties": {
        "status": {"const": "error"},
        "data": {"type": "null"},
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        },
    },
}


def describe(prefix: str, operations: Sequence[Operation]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of these operations under `prefix`."""
    types = [
        kind
        for operation in operations
        for kind in (operation.data, operation.query, operation.body)
        if kind not in (None, Any)
    ]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    schema_of = dict(zip(map(id, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        item = _operation(operation, schema_of, components)
        paths.setdefault(prefix + operation.path, {})[operation.method.lower()] = item
    return {
        "openapi": "3.1.0",
        "info": {"title": "flexorchd engine", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": {"Error": _ERROR_SCHEMA, "NoRoute": _NO_ROUTE_SCHEMA} | components,
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-API-KEY"},
            },
        },
        "security": [{"key": []}],
    }


def _operation(
    operation: Operation, schema_of: dict[int, Any], components: dict[str, Any]
) -> dict[str, Any]:
    summary, _, description = inspect.getdoc(operation.handler).partition("\n\n")  # type: ignore[union-attr]
    item: dict[str, Any] = {
        "operationId": operation.handler.__qualname__.removeprefix("_"),
        "summary": summary,
        "description": description,
        "parameters": [*_path_parameters(operation), *_query(operation, components)],
        "responses": _responses(operation, schema_of),
    }
    consumes = operation.consumes
    if operation.body is not None:
        consumes = {"application/json": schema_of[id(operation.body)]}
    if consumes is not None:
        content = {media_type: {"schema": schema} for media_type, schema in consumes.items()}
        item["requestBody"] = {"content": content, "required": _needs_body(operation)}
    return item


def _needs_body(operation: Operation) -> bool:
    if operation.body is None:
        return True
    return any(field.required for field in msgspec.structs.fields(operation.body))


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    number = {"type": "integer", "minimum": 1}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": number if name in operation.ids else {"type": "string"},
        }
        for name in operation.param_convertors
    ]


def _query(operation: Operation, components: dict[str, Any]) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = components.pop(operation.query.__name__, None) or _schema(operation.query)
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": property_schema,
        }
        for name, property_schema in schema["properties"].items()
    ]


def _schema(kind: Any) -> dict[str, Any]:
    _, components = msgspec.json.schema_components([kind], ref_template=_REFERENCE)
    schema: dict[str, Any] = components[kind.__name__]
    return schema


def _responses(operation: Operation, schema_of: dict[int, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done."}
    if operation.media_type != "application/json":
        good["content"] = {operation.media_type: {}}
    elif operation.status != 204:
        good["content"] = {"application/json": {"schema": _envelope(operation, schema_of)}}
    references = [{"$ref": _REFERENCE.format(name=name)} for name in ("Error", "NoRoute")]
    error = {
        "description": "Refused; `error.code` says why.",
        "content": {"application/json": {"schema": {"anyOf": references}}},
    }
    return {str(operation.status): good, "4XX": error, "5XX": error}


def _envelope(operation: Operation, schema_of: dict[int, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["status", "data", "error"],
        "properties": {
            "status": {"const": "accepted" if operation.status == 202 else "success"},
            "data": schema_of.get(id(operation.data), {}),
            "error": {"type": "null"},
            "meta": {"type": "object"},
        },
    }
