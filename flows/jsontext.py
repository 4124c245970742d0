"""JSON as its standard has it: numbers stay numbers, and what is none becomes null."""

import json
from decimal import Decimal
from math import isfinite


def text(value: object) -> str:
    """Give a value as one line of JSON; NaN and infinities are null, wherever they stand."""
    try:
        return _dumped(value)
    except ValueError:  # rare: only then is the whole value gone through
        return _dumped(_finite(value))


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain, allow_nan=False)


def _plain(value: object) -> object:
    """Give what JSON has for a value that it does not know: a number, else text."""
    if not isinstance(value, Decimal):
        return str(value)
    return int(value) if value.as_tuple().exponent == 0 else float(value)


def _finite(value: object) -> object:
    match value:
        case float() if not isfinite(value):
            return None
        case dict():
            return {name: _finite(each) for name, each in value.items()}
        case list() | tuple():
            return [_finite(each) for each in value]
        case _:
            return value
