"""What commands ask on the terminal: who works here, in the browser; the code of the store; a system's secret."""

import asyncio
import getpass
import sys
import webbrowser

from console.models.person import Person
from console.services.access.sign_in import SignIn


async def ask_person(sign_in: SignIn, sentence: str) -> Person:
    """Return who signed in. What the command prints itself stays apart: this goes to standard error."""
    attempt = await sign_in.begin()
    try:
        message = "Sign in in the browser. Should it not open, this is the address:"
        print(*filter(None, (sentence, message, attempt.address)), sep="\n", file=sys.stderr, flush=True)
        await asyncio.to_thread(webbrowser.open, attempt.address)
        return await sign_in.finish(await attempt.wait())
    finally:
        await attempt.aclose()


async def ask_code(sentence: str, *, is_new: bool) -> str | None:
    """Ask for a code on the terminal; nothing typed is going on without."""
    print(sentence)
    words = "Choose a passphrase for your work on this computer: " if is_new else "Recovery code or passphrase: "
    try:
        typed = await asyncio.to_thread(getpass.getpass, words)
    except EOFError:
        return None
    return typed.strip() or None


async def ask_secret(sentence: str) -> str | None:
    """Ask for a secret on the terminal; nothing typed is not knowing it."""
    print(sentence, file=sys.stderr)
    try:
        return await asyncio.to_thread(getpass.getpass, "Key or password: ") or None
    except EOFError:
        return None
