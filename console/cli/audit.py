"""Checks the audit for changed or missing entries, and searches it."""

import argparse
import asyncio
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import msgspec

from console.cli.asking import ask_code
from console.errors import ConfigurationError, UsageError
from console.models.audit import AuditEntry, ChainEnd, Link, end_named_by, first_broken
from console.store.audit import AuditRepository
from console.system.audit_file import links_of

_AT_ONCE = 1000
_MOST_NAMED = 20


# Without a window no store is used, so audit entries of such a command are only at the collector.
_NOT_FOUND = "No entry here has {}. Entries of `show` are at the collector: search there, or use --collected FILE."


def run(options: argparse.Namespace) -> int:
    """Print the result. Return 0, or 1 if the audit is not complete and unchanged."""
    if options.compare and options.collected is None:
        raise UsageError("--compare holds this computer's audit against a collector's file: name it with --collected.")
    bad: list[int] = []
    collected = list(links_of(options.collected, bad.append)) if options.collected is not None else []
    kept = asyncio.run(_kept(options)) if not options.collected or options.compare else []
    links = kept or collected
    if options.find is not None:
        lines = list(found(links, options.find))
        print("\n".join(lines) if lines else _NOT_FOUND.format(options.find))
    print(f"{len(links):,} entries, last head {links[-1].head if links else 'none'}.")
    return _judge([*_not_entries(options.collected, bad), *_problems(kept, collected)])


def _not_entries(collected: str, lines: Sequence[int]) -> list[str]:
    """Return a sentence for each of the first lines that are not entries, and one for the rest."""
    named = [f"Line {number} of {collected} is not an audit entry." for number in lines[:_MOST_NAMED]]
    more = len(lines) - _MOST_NAMED
    return [*named, f"{more:,} more lines of it are not."] if more > 0 else named


def _judge(problems: Sequence[str]) -> int:
    """Print the problems and whether the audit is whole. Return the exit status."""
    for problem in problems:
        print(problem)
    print("The audit was changed." if problems else "The audit is complete and unchanged.")
    return 1 if problems else 0


async def _kept(options: argparse.Namespace) -> list[Link]:
    from console.session import open_last_store  # noqa: PLC0415 - loads much that a collected file does not need
    from console.store_location import IN_MEMORY, StoreQuestions  # noqa: PLC0415 - the same

    prompt = ask_code if sys.stdin.isatty() else None
    questions = StoreQuestions(code=prompt)
    kept = await open_last_store(config=options.config, demo=options.demo, questions=questions, to_read=True)
    if kept.database is None:
        why = kept.notice.removesuffix(IN_MEMORY).strip()
        raise ConfigurationError(why or "No saved audit on this computer, or the last user has signed out.")
    try:
        repository = AuditRepository(kept.database)
        links: list[Link] = []
        while more := await repository.load(after_seq=len(links), limit=_AT_ONCE):
            links += more
        return links
    finally:
        await kept.database.aclose()


def _problems(kept: Sequence[Link], collected: Sequence[Link]) -> Iterator[str]:
    """Yield the problems: in this computer's chain, in each collected chain, and between them."""
    broken = first_broken(kept)
    if broken is not None:
        yield f"Entry {broken} on this computer does not match the entries before it."
    chains = {
        chain: _once(group)
        for chain, group in groupby(
            sorted(collected, key=lambda link: (link.chain, link.seq)), key=lambda link: link.chain
        )
    }
    here: dict[str, dict[int, Link]] = {}
    for link in kept:
        here.setdefault(link.chain, {})[link.seq] = link
    for chain, links in chains.items():
        yield from _problems_in(chain, links, chains)
        if chain in here:
            yield from _problems_between(here[chain], links)
    yield from _forks(chains)


def _problems_in(chain: str, links: Sequence[Link], chains: Mapping[str, Sequence[Link]]) -> Iterator[str]:
    first = links[0]
    end = _named_by(first)
    if end is not None:
        before = next((link for link in chains.get(end.chain, ()) if link.seq == end.seq), None)
        if before is not None and before.head != end.head:
            yield f"The collected chain {chain} follows another entry {end.seq} of {end.chain} than was collected."
        broken = first_broken(links, after_seq=end.seq, after_head=end.head)
    elif first.seq > 1:
        print(f"The collected chain {chain} begins at entry {first.seq}; what came before is not in this file.")
        broken = first_broken(links[1:], after_seq=first.seq, after_head=first.head)
    else:
        broken = first_broken(links)
    if broken is not None:
        yield f"Entry {broken} of the collected chain {chain} does not match the entries before it."


def _problems_between(here: Mapping[int, Link], collected: Sequence[Link]) -> Iterator[str]:
    last, end = collected[-1], max(here)
    if end < last.seq:
        yield f"Its end is cut off: {end:,} entries here, and the collector has {last.seq:,} of them."
    elif last.seq in here and here[last.seq].head != last.head:
        yield f"Entry {last.seq} on this computer is not the one the collector has."
    elif end > last.seq:
        print(f"The file ends at entry {last.seq}; {end - last.seq} more are here and not in it yet.")


def _forks(chains: Mapping[str, Sequence[Link]]) -> Iterator[str]:
    """Yield where two chains follow the same entry, or a chain continues too: an older copy of a store was restored."""
    followers: dict[tuple[str, int], list[str]] = {}
    for chain, links in chains.items():
        if (end := _named_by(links[0])) is not None:
            followers.setdefault((end.chain, end.seq), []).append(chain)
    for (before, seq), after in followers.items():
        goes_on = before in chains and chains[before][-1].seq > seq
        if len(after) > 1 or goes_on:
            others = [*after, *([f"{before} itself"] if goes_on else [])]
            both = " and ".join(others)
            yield f"After entry {seq} of {before} follow {both}: an older copy of the store was put back."


def _named_by(link: Link) -> ChainEnd | None:
    try:
        return end_named_by(msgspec.json.decode(link.body, type=AuditEntry))
    except (msgspec.MsgspecError, TypeError):
        return None


def _once(links: Iterable[Link]) -> list[Link]:
    """Return links without duplicates. A link is sent twice if the first response was lost."""
    return list({(link.seq, link.head): link for link in links}.values())


def found(links: Iterable[Link], text: str) -> Iterator[str]:
    """Yield a line for every entry that contains a text, ignoring case."""
    for link in links:
        if text.casefold() not in link.body.decode().casefold():
            continue
        entry = msgspec.json.decode(link.body, type=AuditEntry)
        who = " ".join(part for part in (entry.who, f"({entry.role})") if part)
        change = ", ".join(f"{key}: {entry.before.get(key, '')} → {value}" for key, value in entry.after.items())
        parts = (f"{entry.at:%Y-%m-%d %H:%M:%S}Z", who, entry.what, entry.customer, entry.system, entry.words, change)
        yield "  ".join(part for part in parts if part)
