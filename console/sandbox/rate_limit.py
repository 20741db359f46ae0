"""Rate limit of a system: rejects requests over the limit with 429, if the quirk `rate-limited` is on."""

import time

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.sandbox.faults import FaultState

# Requests allowed per window, and the length of the window in seconds.
_MOST, _WINDOW_S = 30, 2.0


class RateLimitLayer:
    """Wraps a system's application. Every response says how many requests are left and when the window ends."""

    def __init__(self, app: ASGIApp, state: FaultState) -> None:
        self._app = app
        self._state = state
        self._until = 0.0
        self._count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "rate-limited" not in self._state.quirks:
            await self._app(scope, receive, send)
            return
        now = time.time()
        if now >= self._until:
            self._until, self._count = now + _WINDOW_S, 0
        self._count += 1
        left = max(0, _MOST - self._count)
        facts = {"X-RateLimit-Limit": _MOST, "X-RateLimit-Remaining": left, "X-RateLimit-Reset": int(self._until) + 1}

        async def send_limited(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in facts.items():
                    headers[name] = str(value)
            await send(message)

        if self._count <= _MOST:
            await self._app(scope, receive, send_limited)
            return
        value = {"code": "429", "reason": "Too many requests", "message": "The limit of requests is reached"}
        await JSONResponse(value, 429, {"Retry-After": "2"})(scope, receive, send_limited)
