"""`opticom-console export CUSTOMER` and `erase CUSTOMER`: the data about one customer on this computer."""

import argparse
import asyncio
import json
import sys
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from console.cli.asking import ask_code, ask_person, ask_secret
from console.errors import StoreError, StoreInUseError, UsageError
from console.models.customer import CustomerId
from console.services.access.data_rights import DataRightsResult
from console.session import Session, open_session
from console.store_location import IN_MEMORY, StoreQuestions


def run(options: argparse.Namespace) -> int:
    """Print all data as JSON, or delete it. Return 0, or 1 if a store could not be opened."""
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    async with AsyncExitStack() as stack:
        try:
            session = await stack.enter_async_context(_session(options))
        except StoreInUseError as error:
            raise StoreError("The console is open on this store. Close it first.") from error
        if not session.console.is_saved:
            raise StoreError(session.notice.removesuffix(IN_MEMORY).strip() or "This computer has no saved data.")
        if session.console.access.is_required and options.reason is None:
            raise UsageError("Give a reason, such as --reason 'the customer asked in writing'. It is logged.")
        customer = CustomerId(options.customer)
        run_command = _export if options.command == "export" else _erase
        return _report(customer, await run_command(session, customer, options.reason or ""))


def _session(options: argparse.Namespace) -> AbstractAsyncContextManager[Session]:
    """Return a session with the store. It prompts for a code or a secret only in a terminal."""
    at_terminal = sys.stdin.isatty()
    return open_session(
        config=options.config,
        demo=options.demo,
        with_store=True,
        questions=StoreQuestions(code=ask_code if at_terminal else None),
        ask_person=None if options.demo else ask_person,
        ask_secret=ask_secret if at_terminal else None,
    )


async def _export(session: Session, customer: CustomerId, reason: str) -> DataRightsResult:
    reached = await session.console.data_rights.export(customer, reason, session.other_stores)
    print(json.dumps(reached.found, ensure_ascii=False, indent=2))
    return reached


async def _erase(session: Session, customer: CustomerId, reason: str) -> DataRightsResult:
    reached = await session.console.data_rights.erase(customer, reason, session.other_stores)
    stores = "1 store" if reached.stores == 1 else f"{reached.stores} stores"
    print(f"{reached.records} records of {customer} were removed from {stores} of this computer.")
    return reached


def _report(customer: CustomerId, reached: DataRightsResult) -> int:
    """Print which stores could not be opened, or that no data was found. Return the exit status."""
    if not reached.records:
        print(
            f"This computer has no saved data of customer {customer}. Enter the number exactly as the systems have it.",
            file=sys.stderr,
        )
    if not reached.closed:
        return 0
    stores = "1 store" if reached.closed == 1 else f"{reached.closed} stores"
    why = "a window has it open, or its key is not in the keyring"
    print(f"{stores} of this computer could not be opened: {why}.", file=sys.stderr)
    return 1
