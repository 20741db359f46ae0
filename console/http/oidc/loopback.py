"""Where the browser comes back to: one address of this machine, for one answer (RFC 8252, 7.3)."""

import asyncio
import contextlib
import hmac
from urllib.parse import parse_qs, urlsplit

from console.errors import SignInUnreachableError

_PATH = "/signed-in"
_LONGEST_HEAD = 16_384
_PAGE = (
    "<!doctype html><meta charset=utf-8><title>OptiCom Agent Console</title>"
    "<body style='font-family:sans-serif;margin:4em'><p>{}</p>"
)
DONE_WORDS = "Go back to the console to see whether you are signed in. You can close this page."
_FOREIGN_WORDS = "This page does not belong to a current sign-in."


class Loopback:
    """Listens on 127.0.0.1 until the answer that carries `state` has come; everything else is turned away unread."""

    def __init__(self, state: str) -> None:
        self._state = state
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._is_answered = False
        self._answer: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self._port = 0

    async def open(self) -> None:
        """Listen on a port the system chooses."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=_LONGEST_HEAD)
        self._port = self._server.sockets[0].getsockname()[1]

    @property
    def address(self) -> str:
        """The address to send the browser back to."""
        return f"http://127.0.0.1:{self._port}{_PATH}"

    async def wait(self, patience_s: float) -> dict[str, str]:
        """Return the parameters the browser brought; then nothing is listened to any more.

        Raises:
            SignInUnreachableError: Nobody came in time.
        """
        try:
            return await asyncio.wait_for(asyncio.shield(self._answer), patience_s)
        except TimeoutError as error:
            minutes = round(patience_s / 60)
            message = f"No sign-in within {minutes} minutes. Start again."
            raise SignInUnreachableError(message) from error
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Stop listening, and drop connections without a request."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        if not self._answer.done():
            self._answer.cancel()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer), name="sign-in answer")
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            await self._tell(writer, *self._take(head.decode("latin-1")))
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # not the browser with its reply, or it left before the page
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _tell(
        self, writer: asyncio.StreamWriter, status: str, words: str, response: dict[str, str] | None = None
    ) -> None:
        """Show the browser a page. Only then is the answer passed on: it ends the listening, and with it this page."""
        body = _PAGE.format(words).encode()
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
            "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
        )
        try:
            writer.write(head.encode() + body)
            await writer.drain()
        finally:
            if response is not None and not self._answer.done():
                self._answer.set_result(response)

    def _take(self, head: str) -> tuple[str, str] | tuple[str, str, dict[str, str]]:
        """Return status and words for a request; the first that carries the right state comes with the answer."""
        line, *fields = head.split("\r\n")
        method, _, rest = line.partition(" ")
        target = rest.rpartition(" ")[0]
        named = (field.partition(":") for field in fields)
        host = next((value.strip() for name, _, value in named if name.lower() == "host"), "")
        if method != "GET" or host != f"127.0.0.1:{self._port}":
            return "400 Bad Request", _FOREIGN_WORDS
        try:
            parts = urlsplit(target)
            query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query), max_num_fields=40)
        except ValueError:
            return "400 Bad Request", _FOREIGN_WORDS
        if parts.path != _PATH:
            return "404 Not Found", _FOREIGN_WORDS
        given = query.get("state", [])
        once = all(len(values) == 1 for values in query.values())
        if not once or not given or not hmac.compare_digest(given[0].encode(), self._state.encode()):
            return "400 Bad Request", _FOREIGN_WORDS
        if self._is_answered:
            return "409 Conflict", _FOREIGN_WORDS
        self._is_answered = True
        return "200 OK", DONE_WORDS, {name: values[0] for name, values in query.items()}
