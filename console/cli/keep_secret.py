"""`opticom-console keep-secret NAME`: saves a system's key or password in this computer's encrypted store."""

import argparse
import asyncio
import sys

from console.cli.asking import ask_code, ask_secret
from console.errors import ConfigurationError, UsageError
from console.session import open_last_store
from console.settings import KEPT
from console.store.secrets import SecretRepository
from console.store_location import IN_MEMORY, StoreQuestions


def run(options: argparse.Namespace) -> int:
    """Read the secret from the terminal or standard input, and save it in place of the old one."""
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    at_terminal = sys.stdin.isatty()
    prompt = ask_code if at_terminal else None
    kept = await open_last_store(config=options.config, demo=options.demo, questions=StoreQuestions(code=prompt))
    if kept.database is None:
        why = kept.notice.removesuffix(IN_MEMORY).strip()
        raise ConfigurationError(
            why or "Nobody has worked here yet. Start the console's window once; it prompts for the key."
        )
    try:
        if at_terminal:
            secret = await ask_secret(f"The secret {options.name}, for the last user of this console.")
        else:
            secret = await asyncio.to_thread(sys.stdin.readline)
        secret = (secret or "").strip()
        if not secret:
            raise UsageError("Nothing was entered, so nothing was saved.")
        await SecretRepository(kept.database).save(f"{KEPT}{options.name}", secret)
    finally:
        await kept.database.aclose()
    print(f"{options.name} is saved. In the configuration it is {KEPT}{options.name}.")
    return 0
