"""All errors that the console raises on purpose.

ConsoleError                  its text is one sentence a user can act on
├── ConfigurationError        settings are missing or wrong
├── UsageError                the command was called wrongly
├── UnknownCustomerError      CRM has no customer of that number
├── UnreadableDocumentError   a received document cannot be shown
├── CollectorError            the audit cannot be sent to the collector, or not be read
│   └── CollectorConflictError    the collector has another entry at that position
├── SignInRejectedError       a person is not, or no longer, signed in
├── SignInUnreachableError    the sign-in service does not reply
├── StoreError                the console's own store cannot be used
│   ├── StoreInUseError           another program has it open
│   ├── StoreKeyError             the key does not open it
│   ├── StoreDamagedError         it is damaged
│   ├── StoreNewerError           another version of the console made it
│   └── StoreFullError            the disk is full or cannot be written
└── SystemCallError           a request to a system failed; carries the system's name
    ├── SystemUnavailableError    no connection, no response in time, or the system reports that it is down
    ├── SignInRequiredError       our credentials were rejected
    ├── BadResponseError          the response does not follow the standard
    ├── RejectedError             the system rejected the request, with its reason
    │   └── NotServedError            the system does not have the resource; a retry does not help
    ├── ConflictError             the record was changed; carries the system's version
    └── ThrottledError            too many requests; has the time of the next attempt

Only the six direct subclasses of `SystemCallError`, and `NotServedError`, cross a port.
"""

from datetime import datetime

from console.messages import Message


class ConsoleError(Exception):
    """Any error that may be shown to a user. `str` returns its sentence in English.

    `message` is a `Message` with values where one exists, which the window translates.
    """

    def __init__(self, message: Message | str = "") -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class ConfigurationError(ConsoleError):
    """Settings are missing or wrong."""


class UsageError(ConsoleError):
    """The command was called wrongly."""


class UnknownCustomerError(ConsoleError):
    """CRM has no customer of that number."""


class UnreadableDocumentError(ConsoleError):
    """A document was received, but it cannot be shown."""


class StoreError(ConsoleError):
    """The console's own store cannot be used. The sentence says why, and what is not lost."""


class StoreInUseError(StoreError):
    """Another program has the store open."""


class StoreKeyError(StoreError):
    """The store was made with another key."""


class StoreDamagedError(StoreError):
    """The store's file is damaged, or is not a store of the console."""


class StoreNewerError(StoreError):
    """Another version of the console made the store, usually a newer one."""


class StoreFullError(StoreError):
    """The disk is full or cannot be written."""


class SystemCallError(ConsoleError):
    """A request to a system of record failed.

    `system` is its configured name. `code` is for the system's support: short, without personal data.
    `may_have_happened` is whether a write may have been applied; the sender sets it. A rejection proves nothing: the
    system may reject a write that it applied. `was_not_sent` is whether certainly no byte of the request has left this
    computer.
    """

    def __init__(self, sentence: Message | str, *, system: str, code: str) -> None:
        super().__init__(sentence)
        self.system = system
        self.code = code
        self.may_have_happened = False
        self.was_not_sent = False


class SystemUnavailableError(SystemCallError):
    """No connection, no response in time, or the system reports that it cannot serve now."""


class SignInRequiredError(SystemCallError):
    """The system rejected our credentials."""


class BadResponseError(SystemCallError):
    """The response of the system does not follow the standard."""


class RejectedError(SystemCallError):
    """The system rejected the request. The sentence has its reason."""


class NotServedError(RejectedError):
    """The system has no such resource: it does not implement that part of the standard."""


class ConflictError(SystemCallError):
    """The record was changed meanwhile. `their_version` is its current version, if the system sent it."""

    def __init__(self, sentence: Message | str, *, system: str, code: str, their_version: str | None = None) -> None:
        super().__init__(sentence, system=system, code=code)
        self.their_version = their_version


class ThrottledError(SystemCallError):
    """The system accepts no requests before `retry_at`, aware UTC.

    `is_outage`: the system also reported that it is down until then. A server in front of it may report that while it
    works.
    """

    def __init__(
        self, sentence: Message | str, *, system: str, code: str, retry_at: datetime, is_outage: bool = False
    ) -> None:
        super().__init__(sentence, system=system, code=code)
        self.retry_at = retry_at
        self.is_outage = is_outage


class CollectorError(ConsoleError):
    """The collector of the audit does not accept entries, or its file cannot be read."""


class CollectorConflictError(CollectorError):
    """The collector has another entry at the position of one that was sent."""


class SignInRejectedError(ConsoleError):
    """A person is not, or no longer, signed in. The sentence says why and what to do."""


class SignInUnreachableError(ConsoleError):
    """The sign-in service does not reply. A signed-in person stays signed in as long as the deployment allows."""
