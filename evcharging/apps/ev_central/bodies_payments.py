"""What clients send over HTTP about cards and payments. Knows no route."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from evcharging.apps.ev_central.bodies import ApiModel, Line

METHOD = "^pm_[A-Za-z0-9_]{1,120}$"
EXPIRES = "^[0-9]{4}-(0[1-9]|1[0-2])$"
MOST_CENTS = 99_999_999

Number = Annotated[str, Field(min_length=12, max_length=40, pattern="^[0-9 ]+$")]


class CardBody(ApiModel):
    """A card that a driver adds: its number and last month where cards are simulated, or what stands for it with the
    provider."""

    model_config = ConfigDict(strict=True)

    number: Number | None = Field(None, examples=["4242 4242 4242 4242"])
    expires: str | None = Field(None, pattern=EXPIRES, examples=["2030-12"])
    payment_method: str | None = Field(None, pattern=METHOD, examples=[None])

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """A number and a month, or what stands for them; raises ValueError."""
        is_numbered = self.number is not None and self.expires is not None
        is_said = self.payment_method is not None and self.number is None and self.expires is None
        if not (is_said or (is_numbered and self.payment_method is None)):
            raise ValueError("say number and expires, or payment_method alone")
        return self

    def __repr__(self) -> str:
        return "CardBody()"


class RefundBody(ApiModel):
    """How much of a payment is paid back, in cents or in euros, and why."""

    model_config = ConfigDict(strict=True)

    cents: int | None = Field(None, ge=1, le=MOST_CENTS, examples=[500])
    euros: float | None = Field(None, gt=0, le=MOST_CENTS / 100, allow_inf_nan=False, examples=[None])
    currency: Literal["eur"] = Field("eur", examples=["eur"], description="Amounts are in euros")
    note: Line = Field(examples=["The cable came loose"])

    @model_validator(mode="after")
    def one_amount(self) -> Self:
        """One amount, in whole cents; raises ValueError."""
        if (self.cents is None) is (self.euros is None):
            raise ValueError("say cents or euros, and not both")
        if self.euros is not None and self._exact() != int(self._exact()):
            raise ValueError(f"{self.euros:g} euros are no whole number of cents")
        return self

    @property
    def in_cents(self) -> int:
        """The amount."""
        return self.cents if self.cents is not None else int(self._exact())

    def _exact(self) -> Decimal:
        return Decimal(repr(self.euros or 0.0)) * 100
