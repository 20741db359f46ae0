"""`opticom-console prime FILE`: loads customers into this computer's store, for use without a network."""

import argparse
import asyncio
import re
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from console.cli.asking import ask_code, ask_person, ask_secret
from console.errors import (
    ConsoleError,
    StoreError,
    StoreInUseError,
    SystemCallError,
    SystemUnavailableError,
    ThrottledError,
    UnknownCustomerError,
    UsageError,
)
from console.models.customer import CustomerId
from console.services.access.permissions import Permission
from console.services.console import Console
from console.services.customer.contact import NotPossibleError
from console.services.customer.customer_view import CustomerView
from console.services.customer.dataset_loader import DatasetLoader
from console.session import open_session
from console.store_location import IN_MEMORY, StoreQuestions

# Customers loaded at the same time.
_SIDE_BY_SIDE = 4
# Failures that pass without help, and how many seconds to wait while nothing else is loaded either.
_PASSING = (SystemUnavailableError, ThrottledError)
_PATIENCE_S = 600.0
_LOOKS_EVERY_S = 0.5
_MOST = 20_000
_BILLS_WITH_LINES = 3
_NUMBER = re.compile(r"[\w.:@/-]{1,80}")


def run(options: argparse.Namespace) -> int:
    """Load every customer in the file. Return 0 if all data of each was loaded, else 1."""
    customers = read_numbers(options.file)
    return asyncio.run(_run(options, customers))


def read_numbers(file: Path) -> list[CustomerId]:
    """Return the customer numbers in a file: one per line, or the first column of each line. `-` is standard input.

    Raises:
        UsageError: The file cannot be read, or has no customer numbers, or too many.
    """
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text.") from error
    found: dict[str, None] = {}
    for number, line in enumerate(text.splitlines(), 1):
        first = re.split(r"[,;\t]", line.strip(), maxsplit=1)[0].strip().strip('"')
        if not first or first.startswith("#"):
            continue
        if not _NUMBER.fullmatch(first):
            raise UsageError(f"Line {number} of {file} has no customer number: {first[:60]!r}.")
        found[first] = None
    if not found:
        raise UsageError(f"{file} has no customer numbers. Write one per line.")
    if len(found) > _MOST:
        raise UsageError(f"{file} has {len(found):,} customers; {_MOST:,} is the limit for one run.")
    return [CustomerId(number) for number in found]


async def _run(options: argparse.Namespace, customers: Sequence[CustomerId]) -> int:
    asks = ask_code if sys.stdin.isatty() else None
    asked = None if options.demo else ask_person  # a sandbox of this command gives out a token, so nobody signs in
    grant = open_session(
        config=options.config,
        demo=options.demo,
        with_store=True,
        questions=StoreQuestions(code=asks),
        ask_person=asked,
        ask_secret=ask_secret if sys.stdin.isatty() else None,
    )
    async with AsyncExitStack() as stack:
        try:
            session = await stack.enter_async_context(grant)
        except StoreInUseError as error:
            raise StoreError("The console is open on this store. Close it first.") from error
        if not session.console.is_saved:
            why = session.notice.removesuffix(IN_MEMORY).strip()
            raise StoreError(f"{why} Customers can only be loaded ahead into a store.")
        if session.console.access.is_required:
            if (refusal := session.console.permissions.refusal_to_do(Permission.READ_AHEAD)) is not None:
                session.console.audit.record("refused", words=Permission.READ_AHEAD.value)
                raise ConsoleError(refusal.message)
            if options.reason is None:
                raise UsageError("Give a reason, such as --reason 'appointments tomorrow'. It is logged.")
        whole = await prime(session.console, customers, options.reason or "")
    print(f"{whole} of {len(customers)} customers are on this computer now.")
    return 0 if whole == len(customers) else 1


async def prime(
    console: Console, customers: Sequence[CustomerId], reason: str = "", *, patience_s: float = _PATIENCE_S
) -> int:
    """Load all data of these customers that this user may see into the store. Return how many customers are complete.

    Failures are printed. An unavailable system is retried until nothing at all was loaded for `patience_s` seconds.
    Where accounts are locked, each is opened for `reason`, only to be loaded. To show it, a user must open it again.
    """
    if console.access.is_required:
        console.access.check_reason(reason)
    slots = asyncio.Semaphore(_SIDE_BY_SIDE)
    waiting = _Waiting(patience_s)

    async def one(customer: CustomerId) -> bool:
        async with slots:
            if console.access.is_required:
                try:
                    await console.access.open_to_read_ahead(customer, reason)
                except NotPossibleError as error:
                    print(f"{customer}: {error}", file=sys.stderr)
                    return False
            try:  # data of customers that do not exist is not saved
                await console.access.caller(customer)
            except UnknownCustomerError as error:
                print(f"{customer}: {error}", file=sys.stderr)
                console.access.close(customer)
                return False
            except SystemCallError:
                pass  # retried below, with everything else
            view = console.view_customer(customer)
            try:
                view.load_all()
                await waiting.until_read(view)
                for bill in list(view.bills.state.facts or ())[:_BILLS_WITH_LINES]:
                    view.bill_lines(bill.value.id)
                await waiting.until_read(view)
                failures = [part.state.failure for part in view.loaders if part.state.failure]
            finally:
                view.close()
                console.access.close(customer)
        if failures:
            print(f"{customer}: {failures[0].error}", file=sys.stderr)
        return not failures

    return sum(await asyncio.gather(*(one(customer) for customer in customers)))


class _Waiting:
    """Waits for unavailable systems, for all customers together. Each dataset retries by itself."""

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._came_s = time.monotonic()
        self._said: set[str] = set()

    async def until_read(self, view: CustomerView) -> None:
        """Return once all data of a customer is loaded, or the rest will not load."""
        while True:
            await view.wait_idle()
            away = [part.state for part in view.loaders if isinstance(_error(part), _PASSING)]
            if not away:
                self._came_s = time.monotonic()
                self._said.clear()
                return
            if time.monotonic() - self._came_s > self._patience_s:
                return
            for part in away:
                if part.system not in self._said:
                    self._said.add(part.system)
                    print(f"{part.failure.error if part.failure else part.system} Waiting for it.", file=sys.stderr)
            await asyncio.sleep(_LOOKS_EVERY_S)


def _error(part: DatasetLoader[Any]) -> ConsoleError | None:
    return part.state.failure.error if part.state.failure else None
