"""Prompts of commands: sign-in in the browser, the code of the store, and a system's secret."""

import asyncio
import getpass
import sys
import webbrowser

from console.models.person import Person
from console.services.access.sign_in import SignIn


async def ask_person(sign_in: SignIn, sentence: str) -> Person:
    """Return the person who signed in. Prints to standard error, so that it does not mix with the command's output."""
    attempt = await sign_in.begin()
    try:
        message = "Sign in in your browser. If it does not open, use this address:"
        print(*filter(None, (sentence, message, attempt.address)), sep="\n", file=sys.stderr, flush=True)
        await asyncio.to_thread(webbrowser.open, attempt.address)
        return await sign_in.finish(await attempt.wait())
    finally:
        await attempt.aclose()


async def ask_code(sentence: str, *, is_new: bool) -> str | None:
    """Return the code that the user typed, or None if nothing was typed: the command goes on without the code."""
    print(sentence)
    words = "Choose a passphrase to save your work on this computer: " if is_new else "Recovery code or passphrase: "
    try:
        typed = await asyncio.to_thread(getpass.getpass, words)
    except EOFError:
        return None
    return typed.strip() or None


async def ask_secret(sentence: str) -> str | None:
    """Return the secret that the user typed, or None if nothing was typed: the user does not know it."""
    print(sentence, file=sys.stderr)
    try:
        return await asyncio.to_thread(getpass.getpass, "Key or password: ") or None
    except EOFError:
        return None
