"""A listener on this machine for a test: whatever it has accepted is closed when the block ends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

# What the loop takes from a connection that it has accepted to the call that serves it.
_TURNS_TO_ACCEPT = 3


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[str]:
    """Yield the address of a server that speaks to each connection by `serve`, then closes it.

    A connection that ends early, at either side, is no fault. At the end of the block what is still being served is
    cancelled, and every connection has gone: nothing of it is left for the collector of garbage to complain about.
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
        # Shielded: a cancelled wait would take the one future along on which every later wait rests.
        await asyncio.shield(writer.wait_closed())
