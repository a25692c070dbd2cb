"""What SARIF 2.1.0 asks of the parts that the report uses, written down from the OASIS standard, sections 3.4 to 3.58.

Every object of the standard's schema refuses members that it does not name, and so does each one here.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def closed(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def listed(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


TEXT: Schema = {"type": "string"}
BAG: Schema = {"type": "object"}
LEVEL: Schema = {"enum": ["none", "note", "warning", "error"]}
KIND: Schema = {"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]}
MESSAGE = closed(("text",), text=TEXT)
ARTIFACT_LOCATION = closed(uri={"type": "string", "format": "uri-reference"}, uriBaseId=TEXT, description=MESSAGE)
REGION = closed(startLine={"type": "integer", "minimum": 1})
PHYSICAL_LOCATION = closed(("artifactLocation",), artifactLocation=ARTIFACT_LOCATION, region=REGION)
LOGICAL_LOCATION = closed(name=TEXT, fullyQualifiedName=TEXT, kind=TEXT)
LOCATION = closed(
    id={"type": "integer", "minimum": -1},
    physicalLocation=PHYSICAL_LOCATION,
    logicalLocations=listed(LOGICAL_LOCATION, uniqueItems=True),
)
RULE = closed(("id",), id=TEXT, name=TEXT, shortDescription=MESSAGE, help=MESSAGE)
RESULT = closed(
    ("message",),
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": -1},
    kind=KIND,
    level=LEVEL,
    message=MESSAGE,
    locations=listed(LOCATION),
    relatedLocations=listed(LOCATION, uniqueItems=True),
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
    properties=BAG,
)
NOTIFICATION = closed(("message",), level=LEVEL, message=MESSAGE, locations=listed(LOCATION, uniqueItems=True))
INVOCATION = closed(
    ("executionSuccessful",),
    executionSuccessful={"type": "boolean"},
    toolExecutionNotifications=listed(NOTIFICATION),
)
DRIVER = closed(("name",), name=TEXT, version=TEXT, rules=listed(RULE, uniqueItems=True))
RUN = closed(
    ("tool",),
    tool=closed(("driver",), driver=DRIVER),
    automationDetails=closed(id=TEXT),
    originalUriBaseIds={"type": "object", "additionalProperties": ARTIFACT_LOCATION},
    invocations=listed(INVOCATION),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=listed(RESULT),
)
LOG = closed(
    ("version", "runs"),
    **{"$schema": {"type": "string", "format": "uri"}},
    version={"const": "2.1.0"},
    runs=listed(RUN),
)
