"""The check of a list's records: attributes, amounts, times and states."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from console.connectors.tmforum.check import guesses
from console.connectors.tmforum.check.check_state import CheckState
from console.connectors.tmforum.check.probe import ProbeReply
from console.connectors.tmforum.record_reader import MalformedRecordError
from console.connectors.tmforum.values import plain_word, standard_state
from console.http import server_time
from console.models.check_report import OperationFinding, OperationGrade

_NO_ZONE = re.compile(r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$")
_CLOCKS_DIFFER = timedelta(minutes=5)


class RecordsCheck(CheckState):
    """The part of a check that reads every record of the first list as the console does."""

    async def _shape(self) -> OperationFinding:
        """Check the attributes that the console shows, also under similar names."""
        missing, renamed = [], {}
        for name in self._requirement.attributes(self.version):
            if self._is_sent(name):
                continue
            near = next(guesses.near(name, self._records), None)
            known = {**self.setting.get("attributes", self._settings.attributes)}
            if near is not None and await self._offer({"attributes": {**known, name: near}}):
                renamed[name] = near
            else:
                missing.append(name)
        got = [f"{ours} is called {theirs}" for ours, theirs in renamed.items()]
        got += [f"no {', '.join(missing)}"] if missing else []
        less = OperationGrade.LIMITED if missing else OperationGrade.GOOD
        verdict = OperationGrade.SETTING if renamed else less
        if not self._records:
            return self._finding("attributes", "what the panel shows", "no record to look at", OperationGrade.UNKNOWN)
        advice = "The panel shows gaps where they are missing." if missing else ""
        needed = ", ".join(self._requirement.attributes(self.version))
        return self._finding("attributes", needed, "; ".join(got) or "all of them", verdict, advice, self._first)

    def _is_sent(self, name: str) -> bool:
        """Return whether any record has an attribute, by its name in either version."""
        names = {name} | {one for pair in self._requirement.later if name in pair for one in pair}
        readers = [self._reader(record) for record in self._records]
        return any(reader.raw(one) not in (None, "", [], {}) for reader in readers for one in names)

    def _values(self) -> Iterator[OperationFinding]:
        """Read every record as the console does; yield findings about unreadable or non-standard values."""
        lost, problems = self._read_all()
        if not self._records and not lost:
            return
        summary = "; ".join(f"{text} ({count} of {len(self._records)})" for text, count in problems.most_common(4))
        money = any("no currency" in text for text in problems)
        advice = "Set `currency` for this system." if money else "What cannot be read is left out and counted."
        less = OperationGrade.LIMITED if problems else OperationGrade.GOOD
        verdict = OperationGrade.BROKEN if lost > len(self._records) / 2 else less
        yield self._finding(
            "values", "dates, amounts and ids as published", summary or "all readable", verdict,
            advice if problems else "", self._first,
        )  # fmt: skip
        yield from self._times()
        if guesses.only_whole_amounts(self._records) and self._system.money != "minor":
            yield self._finding(
                "amounts", "amounts with their decimals", "whole numbers alone", OperationGrade.LIMITED,
                'If they are in the smallest unit, such as cents, set `money = "minor"` for this system; else every '
                "amount is shown a hundred times too high.", self._first,
            )  # fmt: skip
        if self._requirement.states:
            yield from self._states()

    def _read_all(self) -> tuple[int, Counter[str]]:
        """Return the number of unreadable records, and each problem with its count."""
        lost, problems = 0, Counter[str]()
        for element in (self._first.records or ()) if self._first else ():
            try:
                reader = self._reader(element)
                reader.identifier()
                self._requirement.read(reader)
            except MalformedRecordError as error:
                lost += 1
                problems[str(error)] += 1
                continue
            problems.update(set(reader.problems))
        return lost, problems

    def _times(self) -> Iterator[OperationFinding]:
        texts = set(guesses.texts(self._records))
        if any(_NO_ZONE.match(text) and len(text) > 10 for text in texts):
            yield self._finding(
                "times", "times with their zone", "times without a zone", OperationGrade.LIMITED,
                "They are taken as UTC; write them with their offset.", self._first,
            )  # fmt: skip

    def _clock(self, newest: ProbeReply) -> Iterator[OperationFinding]:
        """Yield a finding if times of past events are in the future, by the server's clock, else by this computer's.

        The newest records show it best. Times that are too early cannot be detected: the records may just be older.
        """
        if newest.answer is None:
            return
        now = server_time(newest.answer.headers) or newest.answer.read_at
        records = [*self._records, *(record for record in newest.records or () if isinstance(record, dict))]
        ahead = guesses.ahead_of(now, records)
        if ahead > _CLOCKS_DIFFER:
            got = f"what has happened is dated up to {ahead.total_seconds() / 3600:.1f} hours ahead of the clock"
            advice = "Local time is probably written as UTC; write times with their offset."
            yield self._finding("times", "times as they were", got, OperationGrade.LIMITED, advice, newest)

    def _states(self) -> Iterator[OperationFinding]:
        """Yield findings about states unknown to the standard, and about standard states in another spelling."""
        readers = [self._reader(record) for record in self._records]
        raw = {value for reader in readers if isinstance(value := reader.raw(self._requirement.state), str) and value}
        read = {str(reader.state(self._requirement.state) or "") for reader in readers} - {""}
        odd = sorted(read - self._requirement.states)
        if odd:
            yield self._finding(
                "states", f"the standard's words for {self._requirement.state}", ", ".join(odd)[:200],
                OperationGrade.LIMITED,
                f"They are shown as they come; say with values.{self._requirement.state} what each means.", self._first,
            )  # fmt: skip
        known = {plain_word(state) for state in self._requirement.states}
        other = sorted(word for word in raw - self._requirement.states if plain_word(standard_state(word)) in known)
        if other:
            got = f"written in another way: {', '.join(other)[:200]}"
            advice = "They are read as the standard's words, but filters and other programs may tell them apart."
            needed = f"the standard's words for {self._requirement.state}"
            yield self._finding("states", needed, got, OperationGrade.LIMITED, advice, self._first)
