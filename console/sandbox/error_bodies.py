"""Error responses of a system: the published body, or the shape of a quirk."""

from collections.abc import Collection
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

_REASONS = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    415: "Unsupported media type",
    429: "Too many requests",
    500: "Internal server error",
    502: "Bad gateway",
    503: "Service unavailable",
    504: "Gateway time-out",
}


def error_response(error: Exception, quirks: Collection[str]) -> Response:
    """Return the response for an error. For a bug in the sandbox it is a 500 that names the exception."""
    if not isinstance(error, HTTPException):
        error = HTTPException(500, f"{type(error).__name__}: {error}")
    status, kind = error.status_code, "application/json"
    reason, message = _REASONS.get(status, "Error"), error.detail
    value: Any = {
        "code": str(status),
        "reason": reason,
        "message": message,
        "status": str(status),
        "@type": "Error",
    }
    if "errors-as-list" in quirks:
        value = {"message": reason, "errors": [{"message": message}]}
    elif "errors-nested" in quirks:
        value = {"error": {"message": reason, "detail": message}, "status": "failure"}
    elif "errors-in-list" in quirks:
        value = [{"message": message, "errorCode": reason.upper().replace(" ", "_")}]
    elif "errors-as-problem" in quirks:
        kind = "application/problem+json"
        value = {"type": "about:blank", "title": reason, "detail": message, "status": status}
    body = msgspec.json.encode(value)
    if "errors-as-html" in quirks:
        kind, body = "text/html", f"<html><body><h1>{reason}</h1></body></html>".encode()
    return Response(body, status, dict(error.headers or {}), media_type=kind)
