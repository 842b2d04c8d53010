"""What clients of the provider send: form-encoded, with names such as `metadata[reference]`. Whatever is not expected
is refused. Knows no payment."""

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from evcharging.common.moments import from_microseconds

MOST_FIELDS = 100
LONGEST_NUMBER = 12


class BadRequest(Exception):
    """What was asked does not fit, in one sentence; with the provider's code and the parameter, where there are any."""

    def __init__(self, text: str, code: str | None = None, param: str | None = None, status: int = 400) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.param = param
        self.status = status


class StripeForm:
    """The fields of a request, each once. Raises BadRequest for a text that is no form."""

    def __init__(self, text: bytes, allowed: Iterable[str]) -> None:
        try:
            pairs = parse_qsl(
                text.decode("ascii"),
                keep_blank_values=True,
                strict_parsing=bool(text),
                errors="strict",
                max_num_fields=MOST_FIELDS,
            )
        except ValueError:
            raise BadRequest("The body is no form: send application/x-www-form-urlencoded") from None
        self._fields: dict[str, str] = {}
        self.expand = [value for name, value in pairs if _is_expand(name)]
        known = frozenset(allowed)
        for name, value in pairs:
            if _is_expand(name):
                continue
            if name not in known:
                raise BadRequest(f"Received unknown parameter: {name[:80]}", "parameter_unknown", name[:80])
            if name in self._fields:
                raise BadRequest(f"The parameter {name} is there twice", "parameter_invalid_string", name)
            self._fields[name] = value

    def text(self, name: str) -> str | None:
        """A field, if it is there."""
        return self._fields.get(name)

    def needed(self, name: str) -> str:
        """A field that must be there."""
        value = self._fields.get(name)
        if not value:
            raise BadRequest(f"Missing required param: {name}", "parameter_missing", name)
        return value

    def whole(self, name: str) -> int:
        """A field that must be there, as a whole number: of cents there are no parts."""
        value = self.needed(name)
        digits = value.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER):
            raise BadRequest(f"Invalid integer: {value[:40]}", "parameter_invalid_integer", name)
        return int(value)

    def moment(self, name: str) -> datetime:
        """A field as seconds since 1970, or the first moment of all."""
        return from_microseconds(self.whole(name) * 1_000_000) if name in self._fields else FIRST

    def only(self, name: str, value: str) -> None:
        """A field has one value that is understood here, and must be there with it."""
        if self._fields.get(name) != value:
            raise BadRequest(f"{name} must be {value} here: nothing else is simulated", "parameter_invalid", name)


FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def _is_expand(name: str) -> bool:
    return name.startswith("expand[") and name.endswith("]")
