"""The operating system's certificates, used for every connection that leaves this computer."""

import ssl

import truststore


def system_trust() -> ssl.SSLContext:
    """Return a context for TLS 1.2 and later. Loads certificates, which is slow: do not call it on the GUI thread."""
    trust: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.minimum_version = ssl.TLSVersion.TLSv1_2
    return trust
