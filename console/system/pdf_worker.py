"""The process that renders one PDF. It gets the document's bytes through a pipe, and has no key, token or network.

It is started isolated and with an empty environment, and imports nothing of the console. So a document that takes over
PDFium finds nothing here. A message is a length, a JSON head, and as many bytes as the head says.
"""

import contextlib
import ctypes
import importlib
import json
import struct
import sys
from typing import IO, Any

LENGTH = struct.Struct(">I")
MOST_PAGES = 2000
_LONGEST_TEXT = 20_000
# Bytes. Python and PDFium reserve some 300 MB; a bill needs a few MB more.
MOST_MEMORY = 1_000_000_000
# Linux: flags of unshare(2), and prctl(2)'s PR_SET_NO_NEW_PRIVS.
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES = 38


def write_message(stream: IO[bytes], head: dict[str, Any], body: bytes = b"") -> None:
    """Write one message and flush it."""
    text = json.dumps({**head, "bytes": len(body)}).encode()
    stream.write(LENGTH.pack(len(text)) + text)
    stream.write(body)
    stream.flush()


def read_message(stream: IO[bytes], *, most: int) -> tuple[dict[str, Any], bytes] | None:
    """Return the head and the bytes of the next message, or None at the end of the stream.

    Raises:
        ValueError: The data is not a message, or is longer than `most` bytes.
    """
    length = _exactly(stream, LENGTH.size)
    if length is None:
        return None
    size = LENGTH.unpack(length)[0]
    text = _exactly(stream, size) if size <= 1_000_000 else None
    head = json.loads(text) if text is not None else None
    count = head.get("bytes") if isinstance(head, dict) else None
    if not isinstance(head, dict) or not isinstance(count, int) or not 0 <= count <= most:
        raise ValueError("no message")
    body = _exactly(stream, count)
    if body is None:
        raise ValueError("the message is cut")
    return head, body


def _exactly(stream: IO[bytes], count: int) -> bytes | None:
    found = bytearray()
    while len(found) < count:
        more = stream.read(count - len(found))
        if not more:
            return None
        found += more
    return bytes(found)


def main() -> None:
    """Serve the document of one parent until the parent closes the pipe."""
    _give_up_rights()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    document = None
    while (message := read_message(requests, most=200_000_000)) is not None:
        head, body = message
        try:
            if head["do"] == "open":
                document, answer = _open(body)
                write_message(answers, answer)
            elif head["do"] == "render":
                write_message(answers, *_render(document, head["page"], head["scale"]))
            else:
                write_message(answers, {"text": _text(document, head["page"])})
        except Exception as error:  # noqa: BLE001 - it is the reply; the parent makes the message
            write_message(answers, {"error": "locked" if "password" in str(error).lower() else "damaged"})


def _give_up_rights() -> None:
    """Limit the resources and rights of this process, as far as the operating system supports it."""
    if sys.platform == "win32":
        return  # the parent has put it into a job object
    import resource  # noqa: PLC0415 - not on Windows

    limits = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_AS: MOST_MEMORY}
    for what, most in limits.items():
        with contextlib.suppress(OSError, ValueError):  # macOS does not limit address space; there the parent measures
            resource.setrlimit(what, (most, most))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        libc.unshare(_NEW_USER | _NEW_NETWORK)  # some systems reject this; then the network stays reachable


def _open(data: bytes) -> tuple[Any, dict[str, Any]]:
    document = importlib.import_module("pypdfium2").PdfDocument(data)
    pages = len(document)
    if not 0 < pages <= MOST_PAGES:
        return None, {"error": "pages", "pages": pages}
    return document, {"sizes": [document.get_page_size(i) for i in range(pages)]}


def _render(document: Any, page: int, scale: float) -> tuple[dict[str, Any], bytes]:
    bitmap = document[page].render(scale=scale, prefer_bgrx=True)
    return {"width": bitmap.width, "height": bitmap.height, "stride": bitmap.stride}, bytes(bitmap.buffer)


def _text(document: Any, page: int) -> str:
    return str(document[page].get_textpage().get_text_range())[:_LONGEST_TEXT]


if __name__ == "__main__":
    main()
