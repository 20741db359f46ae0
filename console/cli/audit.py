"""Looks through the audit: whether anything in it was changed or cut off, and who saw or did what."""

import argparse
import asyncio
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import msgspec

from console.cli.asking import ask_code
from console.errors import ConfigurationError, UsageError
from console.models.audit import AuditEntry, Link, first_broken
from console.store.audit import AuditRepository
from console.system.audit_file import links_of

_AT_ONCE = 1000
_MOST_NAMED = 20


def run(options: argparse.Namespace) -> int:
    """Print what was found; return 0, or 1 where the audit is not whole."""
    if options.compare and options.collected is None:
        raise UsageError("--compare holds this computer's audit against a collector's file: name it with --collected.")
    bad: list[int] = []
    collected = list(links_of(options.collected, bad.append)) if options.collected is not None else []
    kept = asyncio.run(_kept(options)) if not options.collected or options.compare else []
    problems = [f"Line {number} of {options.collected} is no entry of an audit." for number in bad[:_MOST_NAMED]]
    if len(bad) > _MOST_NAMED:
        problems.append(f"{len(bad) - _MOST_NAMED:,} more lines of it are none.")
    problems += _problems(kept, collected)
    links = kept or collected
    if options.find is not None:
        lines = list(found(links, options.find))
        print("\n".join(lines) if lines else f"No entry holds {options.find}.")
    print(f"{len(links):,} entries, last head {links[-1].head if links else 'none'}.")
    for problem in problems:
        print(problem)
    print("The audit is whole." if not problems else "The audit was changed.")
    return 1 if problems else 0


async def _kept(options: argparse.Namespace) -> list[Link]:
    from console.session import open_last_store  # noqa: PLC0415 - loads much that a collected file does not need
    from console.store_places import IN_MEMORY, StoreQuestions  # noqa: PLC0415 - the same

    ask = ask_code if sys.stdin.isatty() else None
    questions = StoreQuestions(code=ask)
    kept = await open_last_store(config=options.config, demo=options.demo, questions=questions, to_read=True)
    if kept.database is None:
        why = kept.notice.removesuffix(IN_MEMORY).strip()
        raise ConfigurationError(why or "Whoever worked last at this desk kept nothing here, or has signed out.")
    try:
        repository = AuditRepository(kept.database)
        links: list[Link] = []
        while more := await repository.load(after_seq=len(links), limit=_AT_ONCE):
            links += more
        return links
    finally:
        await kept.database.aclose()


def _problems(kept: Sequence[Link], collected: Sequence[Link]) -> Iterator[str]:
    """Yield what is wrong: in the chain of this computer, in each that was collected, and between them."""
    broken = first_broken(kept)
    if broken is not None:
        yield f"Entry {broken} on this computer does not follow from those before it."
    in_order = sorted(collected, key=lambda link: (link.chain, link.seq))
    for chain, group in groupby(in_order, key=lambda link: link.chain):
        links = _once(group)
        first = links[0]
        if first.seq > 1:
            print(f"The collected chain {chain} begins at entry {first.seq}; what came before is not in this file.")
            broken = first_broken(links[1:], after_seq=first.seq, after_head=first.head)
        else:
            broken = first_broken(links)
        if broken is not None:
            yield f"Entry {broken} of the collected chain {chain} does not follow from those before it."
        if kept and kept[0].chain == chain:
            last = links[-1]
            if len(kept) < last.seq:
                yield f"Its end is cut off: {len(kept):,} entries here, and the collector has {last.seq:,} of them."
            elif kept[last.seq - 1].head != last.head:
                yield f"Entry {last.seq} on this computer is not the one the collector has."
            elif len(kept) > last.seq:
                print(f"The file ends at entry {last.seq}; {len(kept) - last.seq} more are here and not in it yet.")


def _once(links: Iterable[Link]) -> list[Link]:
    """Return links without those that were sent twice, as happens where an answer is lost."""
    return list({(link.seq, link.head): link for link in links}.values())


def found(links: Iterable[Link], text: str) -> Iterator[str]:
    """Yield a line for every entry that holds a text, upper and lower case alike."""
    for link in links:
        if text.casefold() not in link.body.decode().casefold():
            continue
        entry = msgspec.json.decode(link.body, type=AuditEntry)
        who = " ".join(part for part in (entry.who, f"({entry.role})") if part)
        change = ", ".join(f"{key}: {entry.before.get(key, '')} → {value}" for key, value in entry.after.items())
        parts = (f"{entry.at:%Y-%m-%d %H:%M:%S}Z", who, entry.what, entry.customer, entry.system, entry.words, change)
        yield "  ".join(part for part in parts if part)
