"""A local server for a test: it closes every accepted connection when the block ends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

# Turns of the event loop between accepting a connection and the call that serves it.
_TURNS_TO_ACCEPT = 3


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[str]:
    """Yield the address of a server that runs `serve` on each connection, then closes it.

    A connection that ends early, on either side, is not an error. At the end of the block, running calls are cancelled
    and all connections are closed, so the garbage collector has nothing to complain about.
    """
    served: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await serve(reader, writer)
        await _close(writer)

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(speak(reader, writer))
        served[task] = writer
        task.add_done_callback(lambda ended: ended.cancelled() or served.pop(ended))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for _ in range(_TURNS_TO_ACCEPT):
            await asyncio.sleep(0)
        for task, writer in list(served.items()):
            task.cancel()
            await asyncio.wait([task])
            writer.transport.abort()
            await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        # Shielded: a cancelled wait would also cancel the one future that all later waits use.
        await asyncio.shield(writer.wait_closed())
