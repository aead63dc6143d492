"""Currencies that are money: the codes of ISO 4217 with a minor unit, and how many decimals each has."""

from decimal import Decimal
from functools import cache
from typing import Final

import pycountry

# ISO 4217 gives these no minor unit: metals, accounting units, testing, and no currency at all.
NO_MONEY: Final = frozenset({"XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"})
_USUAL_DECIMALS: Final = 2
_DECIMALS: Final[dict[str, int]] = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"), 0),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


@cache
def known_currencies() -> frozenset[str]:
    """The alphabetic codes of ISO 4217 that are money."""
    return frozenset(currency.alpha_3 for currency in pycountry.currencies) - NO_MONEY


def decimals_of(currency: str) -> int:
    """How many decimals amounts of a currency have: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _DECIMALS.get(currency, _USUAL_DECIMALS)


def has_too_many_decimals(amount: Decimal, currency: str) -> bool:
    """True if the amount is finer than the currency's smallest unit; trailing zeros do not count."""
    exponent = amount.normalize().as_tuple().exponent
    return isinstance(exponent, int) and -exponent > decimals_of(currency)
