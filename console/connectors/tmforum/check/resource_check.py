"""The check of one resource: where it is, what its records are like, how lists are narrowed, paged and refreshed."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from console.connectors.tmforum.check import guesses
from console.connectors.tmforum.check.looking import Seen
from console.connectors.tmforum.check.selecting import SAMPLE, UNLIKELY, Selecting
from console.connectors.tmforum.wire import MalformedRecordError
from console.http.answers import refusal_reason
from console.models.check_report import Finding, Verdict
from console.settings import V5_PATHS, default_path

_LIMIT_WORDS = ("limit", "pageLimit", "pageSize", "page_size", "size", "per_page")
_NO_ZONE = re.compile(r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$")


class ResourceCheck(Selecting):
    """Checks one resource of one system; `run` yields what it finds. What was found out goes into `setting`."""

    async def run(self, *, by_post: bool) -> list[Finding]:
        """Return the findings, in the order of asking."""
        if not self._settings.served:
            return [self._finding("list", "the resource", "the settings say it is not served", Verdict.LIMITED)]
        if self._need.is_query:
            return [await self._query(by_post=by_post)]
        found = [await self._find()]
        if self._first is None or self._first.records is None:
            return found
        found += [await self._page(), self._shape(), *self._values(), await self._one(), await self._missing()]
        if self._need.selected_by is not None:
            found += [await self._select(), await self._empty()]
        if self._name == "appliedCustomerBillingRate":
            found.append(await self._select_bill())
        if self._need.newest_first is not None:
            found.append(await self._sort())
        return [*found, await self._refresh()]

    # ------------------------------------------------------------------ where it is

    async def _find(self) -> Finding:
        """Look for the list at the configured address, then at those the published descriptions have."""
        places = [(self._base, self._resource, self.version)]
        if self._settings.path is None:
            places.append((default_path(self._system.kind, self._name, "v4"), self._name, "v4"))
            if self._name in V5_PATHS:
                places.append((V5_PATHS[self._name], self._name, "v5"))
            places += [
                (base, self._name, version) for base, _, version in tuple(places) for base in guesses.other_bases(base)
            ]
            places += [("", self._name, self.version), ("", self._name.lower(), self.version)]
        tried: list[Seen] = []
        for base, resource, version in dict.fromkeys(places):
            seen = await self._looker.get(base, resource, [("offset", "0"), (self._limit, str(SAMPLE))])
            tried.append(seen)
            if seen.status in {401, 407}:
                self.is_hopeless = True
                advice = (
                    f"Signed in by: {self._system.auth.kind}. Check that this is the kind the system wants, and "
                    "that the secret is the one it knows."
                )
                return self._finding(
                    "sign-in", "an accepted sign-in", f"status {seen.status}", Verdict.BROKEN, advice, seen
                )
            if seen.records is None:
                continue
            if (base, resource) != (self._base, self._resource):
                self.setting |= {"path": base or "/"}
            self._base, self._resource, self.version = base, resource, version
            self._first = seen
            self._records = [record for record in seen.records if isinstance(record, dict)]
            self._total = guesses.number(seen, "x-total-count")
            return self._found(seen)
        return self._not_found(tried)

    def _found(self, seen: Seen) -> Finding:
        likely = guesses.likely_version(self._records, self._name)
        if likely is not None and likely != self.version:
            self.version = likely
        if self.version != self._settings.version:
            self.setting["version"] = self.version
        got = f"{len(seen.records or ())} records in the shape of {self.version}"
        where = f" at {self._base or '/'}/{self._resource}" if "path" in self.setting else ""
        verdict = Verdict.SETTING if self.setting else Verdict.GOOD
        advice = "Set where it is and which version it speaks." if self.setting else ""
        if not self._records:
            verdict, advice = Verdict.UNKNOWN, "Check again with data in it; most cannot be told from an empty list."
        return self._finding("list", "a JSON array of records", got + where, verdict, advice, seen)

    def _not_found(self, tried: Sequence[Seen]) -> Finding:
        first = tried[0]
        if first.answer is None:
            self.is_hopeless = True
            return self._finding("list", "an answer", first.failure, Verdict.BROKEN, guesses.advice_for(first), first)
        wrapped = next((seen for seen in tried if seen.status in {200, 206}), None)
        if wrapped is not None:
            reason = refusal_reason(wrapped.value)
            got = f"status 200 with a failure inside: {reason}" if reason else "status 200, but no JSON array"
            got += (
                ": an HTML page"
                if "html" in (wrapped.answer.headers.get("content-type", "") if wrapped.answer else "")
                else ""
            )
            advice = "Answer a list with a bare JSON array, as TMF630 has it, and failures with their status."
            return self._finding("list", "a JSON array of records", got, Verdict.BROKEN, advice, wrapped)
        if all(seen.status == 404 for seen in tried):
            self.is_missing = True
            self.setting = {"served": False}
            places = ", ".join(dict.fromkeys(seen.request.partition(" ")[2].partition("?")[0] for seen in tried))
            advice = "Say with `path` and `name` where it is; if the system does not have it, its panel says so."
            return self._finding("list", "the resource", f"404 at {places}", Verdict.SETTING, advice, first)
        advice = guesses.advice_for(first)
        return self._finding("list", "a JSON array of records", f"status {first.status}", Verdict.BROKEN, advice, first)

    # ------------------------------------------------------------------ pages

    async def _page(self) -> Finding:
        """Find out whether the page size is kept to and pages follow each other."""
        needed = "pages by offset and limit"
        if len(self._records) < 3:
            return self._finding("paging", needed, "too few records to tell", Verdict.UNKNOWN)
        for word in dict.fromkeys((self._limit, *_LIMIT_WORDS)):
            one = await self._looker.get(self._base, self._resource, [("offset", "0"), (word, "2")])
            if one.records is not None and len(one.records) <= 2:
                break
        else:
            return self._finding(
                "paging", needed, "every record at once, whatever is asked", Verdict.LIMITED,
                "Long lists will cost much; support offset and limit.", one,
            )  # fmt: skip
        two = await self._looker.get(self._base, self._resource, [("offset", "2"), (word, "2")])
        if word != self._limit:
            self._limit = word
            self.setting["limit_parameter"] = word
        repeated = two.records is not None and set(guesses.ids(two.records)) & set(guesses.ids(one.records))
        if repeated:
            advice = "Let offset leave out that many records; without it only the first page can be read."
            return self._finding("paging", needed, "the same records at offset 2", Verdict.BROKEN, advice, two)
        told = [f"{len(self._records)} of {SAMPLE} asked for"]
        total = self._total
        told.append("no count of all" if total is None else f"a count of all: {total}")
        if total is not None and total > len(self._records) and len(self._records) < SAMPLE:
            told.append(f"pages are cut at {len(self._records)}")
        if "limit_parameter" in self.setting:
            told.append(f"the page size is asked for with {word}")
        if total is not None and total < len(self._records):
            told.append("which is wrong")
        if two.answer is not None and "link" in two.answer.headers:
            told.append("Link headers")
        verdict = Verdict.SETTING if "limit_parameter" in self.setting else Verdict.GOOD
        return self._finding("paging", needed, ", ".join(told), verdict, "", two)

    # ------------------------------------------------------------------ records

    def _shape(self) -> Finding:
        """Look for the attributes the desk shows, also under names that are nearly right."""
        missing, renamed = [], {}
        for name in self._need.attributes(self.version):
            if any(self._reader(record).raw(name) not in (None, "", [], {}) for record in self._records):
                continue
            near = next(guesses.near(name, self._records), None)
            if near is not None:
                renamed[name] = near
            else:
                missing.append(name)
        if renamed:
            self.setting["attributes"] = renamed
        got = [f"{ours} is called {theirs}" for ours, theirs in renamed.items()]
        got += [f"no {', '.join(missing)}"] if missing else []
        verdict = Verdict.SETTING if renamed else Verdict.LIMITED if missing else Verdict.GOOD
        if not self._records:
            return self._finding("attributes", "what the panel shows", "no record to look at", Verdict.UNKNOWN)
        advice = "The panel shows gaps where they are missing." if missing else ""
        return self._finding(
            "attributes", ", ".join(self._need.attributes(self.version)), "; ".join(got) or "all of them", verdict,
            advice, self._first,
        )  # fmt: skip

    def _values(self) -> Iterator[Finding]:
        """Read every record as the desk does, and tell what cannot be read or is not the standard's."""
        lost, problems = 0, Counter[str]()
        for element in (self._first.records or ()) if self._first else ():
            try:
                reader = self._reader(element)
                reader.identifier()
                self._need.read(reader)
            except MalformedRecordError as error:
                lost += 1
                problems[str(error)] += 1
                continue
            problems.update(set(reader.problems))
        if not self._records and not lost:
            return
        told = "; ".join(f"{text} ({count} of {len(self._records)})" for text, count in problems.most_common(4))
        money = any("no currency" in text for text in problems)
        advice = "Set `currency` for this system." if money else "What cannot be read is left out and counted."
        verdict = Verdict.BROKEN if lost > len(self._records) / 2 else Verdict.LIMITED if problems else Verdict.GOOD
        yield self._finding(
            "values", "dates, amounts and ids as published", told or "all readable", verdict,
            advice if problems else "", self._first,
        )  # fmt: skip
        texts = set(guesses.texts(self._records))
        if any(_NO_ZONE.match(text) and len(text) > 10 for text in texts):
            yield self._finding(
                "times", "times with their zone", "times without a zone", Verdict.LIMITED,
                "They are taken as UTC; write them with their offset.", self._first,
            )  # fmt: skip
        if guesses.only_whole_amounts(self._records) and self._system.money != "minor":
            yield self._finding(
                "amounts", "amounts with their decimals", "whole numbers alone", Verdict.LIMITED,
                'If they are in the smallest unit, such as cents, set `money = "minor"` for this system; else every '
                "amount is shown a hundred times too high.", self._first,
            )  # fmt: skip
        if self._need.states:
            own = {str(self._reader(record).state(self._need.state) or "") for record in self._records} - {""}
            odd = sorted(own - self._need.states)
            if odd:
                yield self._finding(
                    "states", f"the standard's words for {self._need.state}", ", ".join(odd)[:200], Verdict.LIMITED,
                    f"They are shown as they come; say with values.{self._need.state} what each means.", self._first,
                )  # fmt: skip

    # ------------------------------------------------------------------ single records

    async def _one(self) -> Finding:
        needed = "one record by its id"
        identifier = next(iter(guesses.ids(self._records)), None)
        if identifier is None:
            return self._finding("get one", needed, "no id to ask for", Verdict.UNKNOWN)
        seen = await self._looker.get(self._base, self._resource, record=identifier)
        value = seen.value
        if seen.status == 200 and isinstance(value, dict) and str(value.get("id")) == identifier:
            return self._finding("get one", needed, "the record", Verdict.GOOD, "", seen)
        got = f"status {seen.status}" if seen.status != 200 else "another record than asked for, or none"
        if seen.answer is None:
            got = seen.failure
        needed_at_once = self._name in {"customer", "individual", "organization"}
        verdict = Verdict.BROKEN if needed_at_once else Verdict.LIMITED
        advice = "A customer is opened by id." if needed_at_once else "A number typed in the search finds nothing here."
        return self._finding("get one", needed, got, verdict, advice, seen)

    async def _missing(self) -> Finding:
        seen = await self._looker.get(self._base, self._resource, record=UNLIKELY)
        if seen.status == 404:
            return self._finding("unknown id", "status 404", "404", Verdict.GOOD, "", seen)
        got = f"status {seen.status}" if seen.answer else seen.failure
        advice = "Answer 404 for an id nobody has; else the desk reports a failure instead of «unknown»."
        return self._finding("unknown id", "status 404", got, Verdict.LIMITED, advice, seen)

    # ------------------------------------------------------------------ order, refreshing, queries

    async def _sort(self) -> Finding:
        wish = self._need.newest_first or ""
        names = dict(self._need.later) if self.version == "v5" else {}
        attribute = wish.lstrip("-").split(".")[0]
        wish = wish.replace(attribute, names.get(attribute, attribute))
        seen = await self._looker.get(self._base, self._resource, [("sort", wish), (self._limit, str(SAMPLE))])
        dates = [guesses.at(record, wish.lstrip("-")) for record in seen.records or () if isinstance(record, dict)]
        known = [date for date in dates if date]
        needed = "the newest first"
        if len(set(known)) < 3:
            return self._finding("sort", needed, "too few dates to tell", Verdict.UNKNOWN, "", seen)
        if known == sorted(known, reverse=True):
            if self._settings.sort != wish:
                self.setting["sort"] = wish
            verdict = Verdict.GOOD if self._settings.sort == wish else Verdict.LIMITED
            advice = (
                "" if verdict is Verdict.GOOD else "It can sort; set `sort` so that long lists begin with the newest."
            )
            return self._finding("sort", needed, f"sorted by {wish}", verdict, advice, seen)
        advice = "Long lists are read from the server's own beginning; support sort."
        return self._finding("sort", needed, "the server's own order", Verdict.LIMITED, advice, seen)

    async def _refresh(self) -> Finding:
        needed = "ETag, and 304 when nothing has changed"
        parameters = [("offset", "0"), (self._limit, "2")]
        first = await self._looker.get(self._base, self._resource, parameters)
        etag = first.answer.headers.get("etag") if first.answer else None
        if not etag:
            advice = "Without it every look costs a whole answer."
            return self._finding("refresh", needed, "no ETag", Verdict.LIMITED, advice, first)
        again = await self._looker.get(self._base, self._resource, parameters, headers={"If-None-Match": etag})
        if again.status == 304:
            return self._finding("refresh", needed, "304", Verdict.GOOD, "", again)
        got = f"an ETag, but status {again.status} for it"
        return self._finding("refresh", needed, got, Verdict.LIMITED, "Heed If-None-Match.", again)

    async def _query(self, *, by_post: bool) -> Finding:
        needed = "an answer to a query by POST"
        if not by_post:
            return self._finding(
                "query", needed, "not asked", Verdict.UNKNOWN, "It is asked by POST: check again with --post."
            )
        criteria = {"searchCriteria": {"relatedParty": [{"id": UNLIKELY, "role": "customer"}]}}
        seen = await self._looker.post(self._base, self._resource, criteria)
        if seen.status in {200, 201} and isinstance(seen.value, dict):
            return self._finding("query", needed, f"status {seen.status} with an answer", Verdict.GOOD, "", seen)
        got = f"status {seen.status}" if seen.answer else seen.failure
        self.setting = {"served": False}
        return self._finding("query", needed, got, Verdict.SETTING, "Without it allowances are not shown.", seen)
