"""Currencies (ISO 4217), and how many decimals an amount in one has."""

from collections.abc import Mapping
from decimal import Decimal

from iso4217 import raw_table

# Codes in use. Those without a minor unit (metals, drawing rights, test codes such as XTS and XXX)
# are left out: no price is in them.
DECIMALS: Mapping[str, int] = {
    code: int(entry["CcyMnrUnts"])
    for code, entry in sorted(raw_table.items(), key=lambda item: item[0] or "")
    if code and entry["CcyMnrUnts"].isdigit()
}
DEFAULT_CURRENCY = "USD"
MAX_DECIMALS = 4  # of any currency
MAX_WHOLE_DIGITS = 10
MAX_DIGITS = MAX_WHOLE_DIGITS + MAX_DECIMALS
UNKNOWN_DECIMALS = 2  # of a code that is in use no more


def decimals_of(currency: str) -> int:
    return DECIMALS.get(currency, UNKNOWN_DECIMALS)


def fits(amount: Decimal, currency: str) -> bool:
    """Return whether the amount has no more decimals than its currency, trailing zeros aside."""
    return amount == round(amount, decimals_of(currency))


def format_amount(amount: Decimal, currency: str) -> str:
    """Return the amount with exactly the decimals of its currency.

    An amount from before currencies were checked keeps the decimals that it has beyond them.
    """
    if fits(amount, currency):
        return f"{amount:.{decimals_of(currency)}f}"
    return f"{amount.normalize():f}"


def too_precise(currency: str) -> str:
    return f"A price in {currency} has at most {decimals_of(currency)} decimals."
