"""Signs a person in for a command: the address is printed, and opened in the browser where there is one."""

import asyncio
import sys
import webbrowser

from console.models.person import Person
from console.services.sign_in import SignIn


async def ask_person(sign_in: SignIn, sentence: str) -> Person:
    """Return who signed in. What the command prints itself stays apart: this goes to standard error."""
    attempt = await sign_in.begin()
    try:
        told = "Sign in in the browser. Should it not open, this is the address:"
        print(*filter(None, (sentence, told, attempt.address)), sep="\n", file=sys.stderr, flush=True)
        await asyncio.to_thread(webbrowser.open, attempt.address)
        return await sign_in.finish(await attempt.wait())
    finally:
        await attempt.aclose()
