"""Starts the sandbox as a process of its own, waits until it is ready, and stops it with the console."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Self

from console.errors import ConfigurationError
from console.settings import Deployment, parse_deployment

_READY_WITHIN_S = 60.0

_TEMPLATE = """\
name = "OptiCom sandbox"
country = "US"

[systems.crm]
capabilities = ["customers", "tickets", "interactions", "appointments"]
base_url = "{crm}"
auth = {{ kind = "bearer", secret = "{crm_secret}" }}
[systems.crm.caller_proof]
path = "/callerProof/v1"
[systems.crm.resources.customer]
number_prefix = "CU-"
[systems.crm.resources.customer.search]
name = "q"
email = "contactMedium.characteristic.emailAddress"
phone = "contactMedium.characteristic.phoneNumber"
[systems.crm.resources.partyInteraction]
sort = "-interactionDate.startDateTime"
[systems.crm.resources.troubleTicket]
sort = "-creationDate"

[systems.billing]
capabilities = ["billing-accounts", "bills", "payments", "charges", "usage"]
base_url = "{billing}"
auth = {{ kind = "bearer", secret = "{billing_secret}" }}
[systems.billing.resources.billingAccount]
number_prefix = "BA-"
[systems.billing.resources.customerBill]
number_prefix = "B-"
sort = "-billDate"
search = {{ number = "billNo" }}

[systems.provisioning]
capabilities = ["product-orders", "service-orders", "products", "services", "service-tests", "offerings"]
base_url = "{provisioning}"
auth = {{ kind = "bearer", secret = "{provisioning_secret}" }}
[systems.provisioning.resources.productOrder]
number_prefix = "PO-"
sort = "-orderDate"
[systems.provisioning.resources.serviceOrder]
number_prefix = "SO-"
sort = "-orderDate"
"""


_SIGN_IN = """
[sign_in]
issuer = "{identity}"
client = "opticom-desk"
[sign_in.roles]
rep = "rep"
senior-rep = "senior rep"
supervisor = "supervisor"
field-technician = "field technician"
trainee = "trainee"

[audit]
url = "{audit}"
secret = "{audit_secret}"
"""
_PERSON = 'auth = { kind = "person" }'


def with_sign_in(settings: str, identity: str, audit: str, secret: str) -> str:
    """Return a sandbox's settings with sign-in at its own identity provider instead of a token for each system.

    The audit goes to the collector at `audit`. `secret` is a reference with {} for the name of its token.
    """
    lines = (_PERSON if line.startswith("auth = ") else line for line in settings.splitlines())
    return "\n".join(lines) + _SIGN_IN.format(identity=identity, audit=audit, audit_secret=secret.format("audit"))


def sandbox_settings(addresses: Mapping[str, str], secret: str) -> str:
    """Return the settings, as TOML, for a console on a running sandbox. In `secret`, {} is replaced by the system."""
    secrets = {f"{system}_secret": secret.format(system) for system in addresses}
    return _TEMPLATE.format(**addresses, **secrets)


class HandedSecrets:
    """Secrets that the launcher received and that are saved nowhere else. Implements the port `Secrets`."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets

    def read(self, reference: str) -> str:
        return self._secrets[reference.partition(":")[2]]


@dataclass(frozen=True, slots=True)
class SandboxProcess:
    """A running sandbox, what a console needs to use it, and its control address."""

    process: subprocess.Popen[bytes]
    addresses: Mapping[str, str]
    tokens: Mapping[str, str]
    control: str
    control_token: str
    identity: str
    audit: str
    first_customer: str

    @classmethod
    async def start(cls, arguments: Sequence[str] = (), *, ready_within_s: float = _READY_WITHIN_S) -> Self:
        """Start a sandbox and return once all its systems listen. The caller stops it.

        It also stops when this process ends for any reason, because it watches its standard input.

        Raises:
            ConfigurationError: It did not start; the message has its last line of output.
        """
        program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "console"]
        command = [*program, "sandbox", "--json", "--until-input-ends", *arguments]
        process = await asyncio.to_thread(_popen, command)
        try:
            line = await asyncio.wait_for(asyncio.to_thread(_first_line, process.stdout), ready_within_s)
            ready = json.loads(line)
        except (TimeoutError, ValueError) as error:
            process.kill()
            words = await asyncio.to_thread(_last_words, process.stderr)
            raise ConfigurationError(f"The sandbox did not start: {words or 'it gave no reason.'}") from error
        except BaseException:
            process.kill()
            raise
        return cls(process, **ready)

    @property
    def deployment(self) -> Deployment:
        return parse_deployment(sandbox_settings(self.addresses, "env:{}"), source="the sandbox")

    @property
    def deployment_with_sign_in(self) -> Deployment:
        """The settings for a console with sign-in."""
        settings = sandbox_settings(self.addresses, "env:{}")
        signed_in = with_sign_in(settings, self.identity, self.audit, "env:{}")
        return parse_deployment(signed_in, source="the sandbox")

    @property
    def secrets(self) -> HandedSecrets:
        return HandedSecrets(self.tokens)

    async def stop(self, patience_s: float = 3.0) -> None:
        """End the process and wait until it has ended."""
        await asyncio.to_thread(self._stop, patience_s)

    def _stop(self, patience_s: float) -> None:
        with contextlib.suppress(OSError):
            if self.process.stdin is not None:
                self.process.stdin.close()
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


def _popen(command: Sequence[str]) -> subprocess.Popen[bytes]:
    # Its own process group: Ctrl+C in the terminal reaches only the console, which then stops the sandbox in order.
    windows = sys.platform == "win32"
    new_group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # the name exists only on Windows
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUTF8": "1"},
        creationflags=new_group,
        process_group=None if windows else 0,
    )


def _first_line(stream: IO[bytes] | None) -> bytes:
    return stream.readline() if stream else b""


def _last_words(stream: IO[bytes] | None) -> str:
    text = stream.read().decode(errors="replace") if stream else ""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
