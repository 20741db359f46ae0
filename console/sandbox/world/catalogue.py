"""The products that OptiCom sells in this world, and its one-time fees in US cents before tax."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """A monthly plan; the price is in US cents before tax."""

    code: str
    name: str
    family: str  # fibre, tv, voice, wifi, ip, mobile
    cents: int
    metered: bool = False
    detail: str = ""
    allowance_gb: int = 0


FIBRE = (
    Plan("F300", "Fibre 300", "fibre", 4999, detail="300/300 Mbps"),
    Plan("F500", "Fibre 500", "fibre", 6499, detail="500/500 Mbps"),
    Plan("F1000", "Fibre 1000", "fibre", 7499, detail="1000/1000 Mbps"),
    Plan("F2500", "Fibre 2500", "fibre", 9999, detail="2500/2500 Mbps"),
)
BUSINESS_FIBRE = (
    Plan("BF500", "Business Fibre 500", "fibre", 12900, detail="500/500 Mbps"),
    Plan("BF1000", "Business Fibre 1000", "fibre", 19900, detail="1000/1000 Mbps"),
)
TV = (
    Plan("TVB", "OptiTV Basic", "tv", 1499),
    Plan("TVS", "OptiTV Select", "tv", 2799),
    Plan("TVM", "OptiTV Max", "tv", 4299),
)
ADD_ONS = (
    Plan("HP", "Home Phone", "voice", 1200, metered=True),
    Plan("WP", "Wi-Fi pods, 2", "wifi", 800),
    Plan("IP", "Static IP", "ip", 500),
)
MOBILE = (
    Plan("MS", "Mobile S", "mobile", 1500, metered=True, detail="5 GB", allowance_gb=5),
    Plan("MM", "Mobile M", "mobile", 2500, metered=True, detail="20 GB", allowance_gb=20),
    Plan("ML", "Mobile L", "mobile", 4000, metered=True, detail="unlimited"),
)
PLANS = (*FIBRE, *BUSINESS_FIBRE, *TV, *ADD_ONS, *MOBILE)
MOVE_CENTS = 3900
ACTIVATION_CENTS = 2900
INSTALLATION_CENTS = 4900
LATE_FEE_CENTS = 600


def in_currency(cents: int, currency: str) -> int:
    """Return a catalogue price in the smallest unit of a currency; Swedish prices are whole kronor."""
    if currency == "JPY":
        return cents * 3 // 20 * 10
    return cents // 10 * 100 if currency == "SEK" else cents
