"""TMF637 products and TMF638 services, version 5; a product is as in version 4."""

from dataclasses import replace

from console.connectors.tmforum.v4 import inventory as v4
from console.connectors.tmforum.wire import Reader
from console.models.inventory import Service

read_product = v4.read_product


def read_service(reader: Reader) -> Service:
    """Translate a TMF638 service; it has a state `suspended` and says how well it runs."""
    return replace(v4.read_service(reader), operating_status=reader.state("operatingStatus"))
