"""`opticom-console export CUSTOMER` and `erase CUSTOMER`: what this computer keeps of one customer."""

import argparse
import asyncio
import json
import sys
from contextlib import AsyncExitStack

from console.cli.asking import ask_code, ask_person, ask_secret
from console.errors import StoreError, StoreInUseError
from console.models.customer import CustomerId
from console.session import open_session
from console.store_place import IN_MEMORY, StoreQuestions


def run(options: argparse.Namespace) -> int:
    """Print everything as JSON, or remove it; return 0."""
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    at_terminal = sys.stdin.isatty()
    opening = open_session(
        config=options.config,
        demo=options.demo,
        with_store=True,
        questions=StoreQuestions(code=ask_code if at_terminal else None),
        ask_person=None if options.demo else ask_person,
        ask_secret=ask_secret if at_terminal else None,
    )
    async with AsyncExitStack() as stack:
        try:
            session = await stack.enter_async_context(opening)
        except StoreInUseError as error:
            raise StoreError("The console is open on this store. Close it first.") from error
        if not session.desk.is_kept:
            raise StoreError(session.notice.removesuffix(IN_MEMORY).strip() or "Nothing is kept on this computer.")
        customer, reason = CustomerId(options.customer), options.reason or ""
        if options.command == "export":
            found = await session.desk.data_rights.export(customer, reason)
            print(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            gone = await session.desk.data_rights.erase(customer, reason)
            print(f"{gone} records of {customer} were removed from this computer. The audit keeps the number.")
    return 0
