"""Every error the console raises on purpose.

ConsoleError                  its text is one sentence a user can act on
├── ConfigurationError        settings are missing or wrong
├── UsageError                the command was called wrongly
├── UnknownCustomerError      CRM has no customer of that number
├── UnreadableDocumentError   a document came that cannot be shown
├── CollectorError            the audit cannot be handed over or read
│   └── CollectorConflictError    the collector has another entry in that place
├── SignInRefusedError        a person is not, or no longer, signed in
├── SignInUnreachableError    the sign-in service does not answer
├── StoreError                the desk's own store cannot be used
│   ├── StoreInUseError           another program has it open
│   ├── StoreKeyError             the key at hand is not its key
│   ├── StoreDamagedError         it is damaged
│   ├── StoreNewerError           a newer version of the desk made it
│   └── StoreFullError            the disk is full or cannot be written
└── SystemCallError           a system of record did not give what was asked; carries the system's name
    ├── SystemUnavailableError    no connection, no answer in time, or the system says it is down
    ├── SignInRequiredError       our credentials were refused
    ├── BadAnswerError            it answered, but not what the standard says
    ├── RefusedError              it understood and declined, with its reason
    │   └── NotServedError            it does not have what was asked for at all; asking again does not help
    ├── ConflictError             the record has moved on; carries their version
    └── ThrottledError            too many requests; says when to ask again

Only the six kinds of a system call cross a port.
"""

from datetime import datetime

from console.messages import Message


class ConsoleError(Exception):
    """Any error that may be shown to a user; `str` gives its sentence in English.

    `message` is the sentence as a text with values, where it has been said so: the window puts it into words.
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
    """CRM was asked and has no customer of that number."""


class UnreadableDocumentError(ConsoleError):
    """A document came, but it cannot be shown."""


class StoreError(ConsoleError):
    """The desk's own store cannot be used; the sentence says why and what is not lost."""


class StoreInUseError(StoreError):
    """Another program has the store open."""


class StoreKeyError(StoreError):
    """The store was made with another key."""


class StoreDamagedError(StoreError):
    """The store's file is damaged, or no store of the desk's."""


class StoreNewerError(StoreError):
    """A newer version of the desk made the store."""


class StoreFullError(StoreError):
    """The disk is full or cannot be written."""


class SystemCallError(ConsoleError):
    """A system of record did not give what was asked.

    `system` is its configured name, `code` what to quote to its support: short, without personal data.
    `may_have_happened` is whether a write can have been carried out all the same; the sender sets it. A
    refusal proves nothing: what carried the write out may still answer no. `was_not_sent` is whether surely no byte of
    the request has left this computer.
    """

    def __init__(self, sentence: Message | str, *, system: str, code: str) -> None:
        super().__init__(sentence)
        self.system = system
        self.code = code
        self.may_have_happened = False
        self.was_not_sent = False


class SystemUnavailableError(SystemCallError):
    """No connection, no answer in time, or the system itself says it cannot serve now."""


class SignInRequiredError(SystemCallError):
    """The system refused our credentials."""


class BadResponseError(SystemCallError):
    """The system answered, but not with what the standard says."""


class RejectedError(SystemCallError):
    """The system understood and declined; the sentence carries its reason."""


class NotServedError(RejectedError):
    """The system has no such resource: that part of the standard is not its own."""


class ConflictError(SystemCallError):
    """The record was changed meanwhile; `their_version` is what the system holds now, where it said so."""

    def __init__(self, sentence: Message | str, *, system: str, code: str, their_version: str | None = None) -> None:
        super().__init__(sentence, system=system, code=code)
        self.their_version = their_version


class ThrottledError(SystemCallError):
    """The system asks us to slow down; `retry_at` is when it will listen again, aware UTC.

    With `is_outage` it says that it is down for so long: something before it may say so while it still works.
    """

    def __init__(
        self, sentence: Message | str, *, system: str, code: str, retry_at: datetime, is_outage: bool = False
    ) -> None:
        super().__init__(sentence, system=system, code=code)
        self.retry_at = retry_at
        self.is_outage = is_outage


class CollectorError(ConsoleError):
    """The collector of the audit does not take what it is given, or its file cannot be read."""


class CollectorConflictError(CollectorError):
    """The collector has another entry in the place of one that it was given."""


class SignInRejectedError(ConsoleError):
    """A person is not, or no longer, signed in; the sentence says why and what to do."""


class SignInUnreachableError(ConsoleError):
    """The sign-in service does not answer; whoever is signed in stays so for as long as the deployment allows."""
