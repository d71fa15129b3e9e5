"""Currencies (ISO 4217), and the number of decimals of an amount."""

from collections.abc import Mapping
from decimal import Decimal

from iso4217 import raw_table

# Codes in use. Those without a minor unit (metals, drawing rights, test codes such as XTS and XXX)
# are left out: no price is in them.
DECIMALS: Mapping[str, int] = {
    code: int(units)
    for code, entry in sorted(raw_table.items(), key=lambda item: item[0] or "")
    if code and (units := str(entry["CcyMnrUnts"])).isdigit()
}
DEFAULT_CURRENCY = "USD"
MAX_DECIMALS = 4  # of any currency
MAX_WHOLE_DIGITS = 10
MAX_DIGITS = MAX_WHOLE_DIGITS + MAX_DECIMALS
DEFAULT_DECIMALS = 2  # of a code that is no longer in use


def decimal_places(currency: str) -> int:
    return DECIMALS.get(currency, DEFAULT_DECIMALS)


def has_valid_precision(amount: Decimal, currency: str) -> bool:
    """Return whether the amount has no more decimals than its currency, without trailing zeros."""
    return amount == round(amount, decimal_places(currency))


def format_amount(amount: Decimal, currency: str) -> str:
    """Return the amount with exactly the decimals of its currency.

    An amount that was stored before currencies were validated keeps its further decimals.
    """
    if has_valid_precision(amount, currency):
        return f"{amount:.{decimal_places(currency)}f}"
    return f"{amount.normalize():f}"


def precision_error(currency: str) -> str:
    return f"A price in {currency} has at most {decimal_places(currency)} decimals."
