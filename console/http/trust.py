"""The operating system's certificates, for every connection that leaves this machine."""

import ssl

import truststore


def system_trust() -> ssl.SSLContext:
    """Return a context for TLS 1.2 and up. Loads certificates, so not on the window's thread."""
    trust: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.minimum_version = ssl.TLSVersion.TLSv1_2
    return trust
