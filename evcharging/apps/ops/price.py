"""What a charge costs by a tariff: `evcharging price`."""

from datetime import UTC, datetime, timedelta
from math import isnan
from pathlib import Path
from typing import Any

import click

from evcharging.apps.shell.options import CONTEXT, UserError
from evcharging.common.messages import Moment
from evcharging.common.messages_tariff import Price, Tariff, TariffBody, as_tariff
from evcharging.common.utils import BadJson, Frozen, from_json, iso, refuse_doubled_keys, to_json
from evcharging.domain.catalogue import in_force
from evcharging.domain.meter import energy_mwh, to_kwh, to_watts
from evcharging.domain.price import can_be_priced, estimate
from evcharging.domain.receipt import euros, name_of, quantity_of, unit_price_of
from evcharging.domain.tariff import why_no_tariff
from evcharging.protocols.ocpi_tariff import BadOcpiTariff, read_ocpi

LONGEST_MINUTES = 60 * 24 * 366
LARGEST_FILE = 1_000_000


class Estimate(Frozen, frozen=True, kw_only=True):
    """What the command found, as its `--json` shows it: money in micro-euro, energy in mWh."""

    starts_at: datetime
    energy_mwh: int
    price: Price


class PublishedVersion(Frozen, frozen=True, kw_only=True, rename={"from_at": "from"}):
    """A version as /api/v1/tariffs shows it."""

    number: int
    from_at: Moment
    tariff: Tariff


class PublishedVersions(Frozen, frozen=True, kw_only=True):
    """A published tariff as /api/v1/tariffs/{tariff_id} shows it."""

    items: tuple[PublishedVersion, ...]


class Amount(click.FloatRange):
    """A number from 0 up to a greatest one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number; a usage error for another text, NaN included."""
        number: float = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value} is not a number", param, ctx)
        return number


@click.command("price", context_settings=CONTEXT)
@click.option(
    "--tariff",
    "file",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Tariff, in JSON, as it is written or published",
)
@click.option("--start", required=True, metavar="TIME", help="When it begins: ISO 8601 with a time zone, or UTC")
@click.option("--kw", required=True, type=Amount(0, 10_000), help="Power, which stays the same")
@click.option("--minutes", required=True, type=Amount(0, LONGEST_MINUTES), help="How long it charges")
@click.option("--idle-minutes", default=0.0, type=Amount(0, LONGEST_MINUTES), help="Plugged in afterwards")
@click.option("--ocpi-zone", metavar="ZONE", help="The tariff is one of OCPI 2.2.1, at a place in this time zone")
@click.option("--json", "as_line", is_flag=True, help="Print the price as one line of JSON")
def main(
    file: Path, start: str, kw: float, minutes: float, idle_minutes: float, ocpi_zone: str | None, as_line: bool
) -> None:
    """Say what a charge costs by a tariff, line by line.

    \b
    Examples:
      evcharging price --tariff night.json --start 2026-11-23T21:30+01:00 --kw 11 --minutes 90 --idle-minutes 20
      evcharging price --tariff ocpi.json --ocpi-zone Europe/Madrid --start 2026-11-23T12:00Z --kw 50 --minutes 30
    """
    begun = _moment(start)
    tariff = read_tariff(file, ocpi_zone, begun)
    charging, idle = timedelta(minutes=minutes), timedelta(minutes=idle_minutes)
    price = estimate(tariff, begun, to_watts(kw), charging, idle)
    energy = energy_mwh(to_watts(kw), charging)
    if as_line:
        click.echo(to_json(Estimate(starts_at=begun, energy_mwh=energy, price=price)).decode())
    else:
        click.echo(f"{to_kwh(energy):g} kWh from {iso(begun)}")
        click.echo(table(price))


def read_tariff(file: Path, ocpi_zone: str | None, begun: datetime) -> Tariff:
    """The tariff in a file, for a charge that begins then; it is one of OCPI where a zone is given. Raises UserError in
    one sentence."""
    try:
        with file.open("rb") as opened:
            text = opened.read(LARGEST_FILE + 1)
        if len(text) > LARGEST_FILE:
            raise UserError(f"--tariff {file}: it is larger than a megabyte, and no tariff is")
        refuse_doubled_keys(text)
        tariff = _written(text, begun) if ocpi_zone is None else read_ocpi(text, ocpi_zone, why_no_tariff)
    except OSError as error:
        raise UserError(f"--tariff {file}: {error.strerror}") from None
    except (BadJson, BadOcpiTariff) as error:
        raise UserError(f"--tariff {file}: {error}") from None
    if (fault := why_no_tariff(tariff)) is not None:
        raise UserError(f"--tariff {file}: {fault}")
    return tariff


def _written(text: bytes, begun: datetime) -> Tariff:
    """The tariff itself, or of a published one the version that is in force then."""
    if b'"items"' not in text:
        return as_tariff(from_json(TariffBody, text))
    versions = from_json(PublishedVersions, text).items
    version = in_force(sorted(versions, key=lambda each: each.number), begun)
    if version is None:
        raise BadJson(f"no version of it is in force at {iso(begun)}")
    return version.tariff


def table(price: Price) -> str:
    """A price for people: a line each, and what they add up to."""
    rows = [(name_of(line), quantity_of(line), unit_price_of(line), euros(line.micro_euros)) for line in price.lines]
    rows.append(("Net", "", "", euros(price.net)))
    if price.vat_permille:
        rows.append(("VAT", f"{price.vat_permille / 10:g} %", "", euros(price.vat)))
    rows.append(("Total", "EUR", "", euros(price.gross)))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        f"{name:{widths[0]}}  {much:>{widths[1]}}  {unit:>{widths[2]}}  {cost:>{widths[3]}}"
        for name, much, unit, cost in rows
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"--start {text}: give a moment such as 2026-11-23T21:30+01:00") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not can_be_priced(moment):
        raise UserError(f"--start {text}: give a moment from the year 2000 to 2099")
    return moment.astimezone(UTC)


if __name__ == "__main__":
    main()
