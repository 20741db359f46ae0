"""The sentences that explain a bill, in the customers' languages. Add a language as one table here."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.models.bill_explanation import CauseKind as Kind


@dataclass(frozen=True, slots=True)
class BillPhrases:
    """The templates of one language. `causes`, `gone` and `other` have a pair: for a higher and for a lower amount.

    `gone` is for a part of a month that only the earlier bill has: a refund that is not repeated, or a charge.
    """

    name: str
    locale: str
    higher: str
    lower: str
    same: str
    causes: Mapping[Kind, tuple[str, str]]
    gone: tuple[str, str]
    other: tuple[str, str]


ENGLISH = BillPhrases(
    "English",
    "en_US",
    higher="Your {month} bill is {total}, {difference} more than {before}.",
    lower="Your {month} bill is {total}, {difference} less than {before}.",
    same="Your {month} bill is {total}, the same as {before}.",
    causes={
        Kind.ADDED: ("{name} is new, {amount} each month.", "{name} is new, {amount} less each month."),
        Kind.REMOVED: ("{name} has ended, which adds {amount}.", "You no longer pay {amount} for {name}."),
        Kind.PRICE: ("{name} costs {amount} more each month.", "{name} costs {amount} less each month."),
        Kind.PROMOTION: ("A promotion of {amount} has ended.", "A promotion saves you {amount}."),
        Kind.PART_MONTH: (
            "There's a one-time {amount} partial-month charge for {name}.",
            "There's a one-time refund of {amount} for {name}.",
        ),
        Kind.USAGE: ("{name} was {amount} more.", "{name} was {amount} less."),
        Kind.ONE_OFF: (
            "There's a one-time {amount} charge for {name}.",
            "{name}, {amount}, was only on the previous bill.",
        ),
        Kind.CREDIT: ("A credit of {amount} was only on the previous bill.", "We credited {amount} for {name}."),
        Kind.LATE_PAYMENT: ("There's a late fee of {amount}.", "There's no late fee this time, which saves {amount}."),
        Kind.TAX: ("Taxes add {amount}.", "Taxes are {amount} less."),
        Kind.ROUNDING: ("{amount} is rounding.", "{amount} less is rounding."),
        Kind.UNEXPLAINED: ("I can't explain {amount} more yet.", "I can't explain {amount} less yet."),
    },
    gone=(
        "The previous bill had a one-time refund of {amount} for {name}.",
        "The previous bill had a one-time partial-month charge of {amount} for {name}.",
    ),
    other=("Other changes add {amount}.", "Other changes save {amount}."),
)
_GERMAN = BillPhrases(
    "Deutsch",
    "de_DE",
    higher="Ihre Rechnung vom {month} beträgt {total}, das sind {difference} mehr als im {before}.",
    lower="Ihre Rechnung vom {month} beträgt {total}, das sind {difference} weniger als im {before}.",
    same="Ihre Rechnung vom {month} beträgt {total}, genauso viel wie im {before}.",
    causes={
        Kind.ADDED: ("Neu ist {name}, {amount} im Monat.", "Neu ist {name}, {amount} weniger im Monat."),
        Kind.REMOVED: ("{name} ist beendet, dadurch {amount} mehr.", "{name} ist beendet, dadurch {amount} weniger."),
        Kind.PRICE: ("{name} kostet im Monat {amount} mehr.", "{name} kostet im Monat {amount} weniger."),
        Kind.PROMOTION: ("Ein Rabatt von {amount} ist ausgelaufen.", "Ein Rabatt zieht {amount} ab."),
        Kind.PART_MONTH: ("Einmalig {amount} für einen Teil des Monats: {name}.", "Einmalig {amount} weniger: {name}."),
        Kind.USAGE: ("{name}: {amount} mehr.", "{name}: {amount} weniger."),
        Kind.ONE_OFF: ("Einmalig {amount}: {name}.", "{name}, {amount}, stand nur auf der Rechnung davor."),
        Kind.CREDIT: ("Eine Gutschrift von {amount} stand nur auf der Rechnung davor.",
                      "Wir haben {amount} gutgeschrieben: {name}."),
        Kind.LATE_PAYMENT: ("{amount} sind für verspätete Zahlung.",
                            "Diesmal keine Gebühr für verspätete Zahlung, {amount} weniger."),
        Kind.TAX: ("Die Steuern sind {amount} höher.", "Die Steuern sind {amount} niedriger."),
        Kind.ROUNDING: ("{amount} sind Rundung.", "{amount} weniger sind Rundung."),
        Kind.UNEXPLAINED: ("{amount} mehr kann ich noch nicht erklären.",
                           "{amount} weniger kann ich noch nicht erklären."),
    },
    gone=(
        "Auf der vorigen Rechnung stand einmalig eine Erstattung von {amount} für {name}.",
        "Auf der vorigen Rechnung standen einmalig {amount} für einen Teil des Monats: {name}.",
    ),
    other=("Anderes macht zusammen {amount} mehr.", "Anderes macht zusammen {amount} weniger."),
)  # fmt: skip
_FRENCH = BillPhrases(
    "Français",
    "fr_FR",
    higher="Votre facture de {month} est de {total}, soit {difference} de plus que celle de {before}.",
    lower="Votre facture de {month} est de {total}, soit {difference} de moins que celle de {before}.",
    same="Votre facture de {month} est de {total}, comme celle de {before}.",
    causes={
        Kind.ADDED: ("{name} est nouveau, {amount} par mois.", "{name} est nouveau, {amount} de moins par mois."),
        Kind.REMOVED: ("{name} est terminé, soit {amount} de plus.", "{name} est terminé, soit {amount} de moins."),
        Kind.PRICE: ("{name} coûte {amount} de plus par mois.", "{name} coûte {amount} de moins par mois."),
        Kind.PROMOTION: ("Une promotion de {amount} est terminée.", "Une promotion retire {amount}."),
        Kind.PART_MONTH: ("Une seule fois, {amount} pour une partie du mois : {name}.",
                          "Une seule fois, {amount} de moins : {name}."),
        Kind.USAGE: ("{name} : {amount} de plus.", "{name} : {amount} de moins."),
        Kind.ONE_OFF: ("Une seule fois, {amount} : {name}.", "{name}, {amount}, n’était que sur la facture d’avant."),
        Kind.CREDIT: ("Un avoir de {amount} ne figurait que sur la facture d’avant.",
                      "Nous avons déduit {amount} : {name}."),
        Kind.LATE_PAYMENT: ("{amount} pour retard de paiement.",
                            "Pas de frais de retard cette fois, {amount} de moins."),
        Kind.TAX: ("Les taxes ajoutent {amount}.", "Les taxes baissent de {amount}."),
        Kind.ROUNDING: ("{amount} d’arrondi.", "{amount} de moins, c’est l’arrondi."),
        Kind.UNEXPLAINED: ("{amount} de plus que je ne peux pas encore expliquer.",
                           "{amount} de moins que je ne peux pas encore expliquer."),
    },
    gone=(
        "La facture précédente avait un remboursement unique de {amount} pour {name}.",
        "La facture précédente comptait une seule fois {amount} pour une partie du mois : {name}.",
    ),
    other=("Le reste ajoute {amount}.", "Le reste retire {amount}."),
)  # fmt: skip
_SWEDISH = BillPhrases(
    "Svenska",
    "sv_SE",
    higher="Din faktura för {month} är på {total}, {difference} mer än för {before}.",
    lower="Din faktura för {month} är på {total}, {difference} mindre än för {before}.",
    same="Din faktura för {month} är på {total}, lika mycket som för {before}.",
    causes={
        Kind.ADDED: ("{name} är nytt, {amount} i månaden.", "{name} är nytt, {amount} mindre i månaden."),
        Kind.REMOVED: ("{name} är avslutat, det är {amount} mer.", "{name} är avslutat, det är {amount} mindre."),
        Kind.PRICE: ("{name} kostar {amount} mer i månaden.", "{name} kostar {amount} mindre i månaden."),
        Kind.PROMOTION: ("En rabatt på {amount} har upphört.", "En rabatt drar av {amount}."),
        Kind.PART_MONTH: ("En gång {amount} för en del av månaden: {name}.", "En gång {amount} mindre: {name}."),
        Kind.USAGE: ("{name}: {amount} mer.", "{name}: {amount} mindre."),
        Kind.ONE_OFF: ("En gång {amount}: {name}.", "{name}, {amount}, fanns bara på fakturan före."),
        Kind.CREDIT: ("En kreditering på {amount} fanns bara på fakturan före.", "Vi har dragit av {amount}: {name}."),
        Kind.LATE_PAYMENT: (
            "{amount} är för sen betalning.",
            "Ingen avgift för sen betalning denna gång, {amount}.",
        ),
        Kind.TAX: ("Skatten är {amount} högre.", "Skatten är {amount} lägre."),
        Kind.ROUNDING: ("{amount} är avrundning.", "{amount} mindre är avrundning."),
        Kind.UNEXPLAINED: ("{amount} mer kan jag inte förklara ännu.", "{amount} mindre kan jag inte förklara ännu."),
    },
    gone=(
        "Förra fakturan hade en återbetalning på {amount} för {name}, en gång.",
        "Förra fakturan hade {amount} för en del av månaden, en gång: {name}.",
    ),
    other=("Övrigt blir {amount} mer.", "Övrigt blir {amount} mindre."),
)
LANGUAGES: Mapping[str, BillPhrases] = {"en": ENGLISH, "de": _GERMAN, "fr": _FRENCH, "sv": _SWEDISH}
