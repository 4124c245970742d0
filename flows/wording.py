"""Numbers as alerts and digests write them."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """Give a number with its noun: 1 story, 1,204 stories."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """Give a share as per cent, with a digit more where it is small."""
    return f"{share:.1%}" if share >= 0.01 or not share else f"{share:.2%}"


def span(low: float, high: float) -> str:
    """Give a 95 % interval."""
    return f"95 %: {percent(low)} to {percent(high)}"
