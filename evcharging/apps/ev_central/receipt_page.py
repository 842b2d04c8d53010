"""A receipt as a page of its own, on the screen and on paper: no script, nothing from elsewhere. Knows no route."""

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from html import escape

from evcharging.apps.ev_central.views_receipt import PaidView, ReceiptView
from evcharging.common.utils import iso
from evcharging.domain.money import of_cents
from evcharging.domain.receipt import euros

STYLE = """
:root { color-scheme: light; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #16211b; background: #fff;
  font: 16px/1.45 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 1.6rem 0 0.4rem; font-size: 1rem; }
p { margin: 0.2rem 0; color: #52605a; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.35rem 0.8rem 0.35rem 0; border-top: 1px solid #d5ddd8; text-align: left; vertical-align: baseline;
  overflow-wrap: anywhere; }
thead th { border-top: 0; color: #52605a; font-weight: 500; font-size: 0.85rem; }
th { font-weight: inherit; }
.facts th { width: 30%; color: #52605a; }
.figure { padding-right: 0; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.figure:not(:last-child) { padding-right: 0.8rem; }
tfoot tr:first-child > * { border-top-width: 2px; }
tfoot tr:last-child { font-size: 1.1rem; font-weight: 700; }
tr { break-inside: avoid; }
@page { margin: 18mm; }
@media print { body { max-width: none; margin: 0; padding: 0; font-size: 11pt; } }
"""
NO_ICON = '<link rel="icon" href="data:,">'
"""A browser would ask Central for one."""

Row = Iterable[str]


def receipt_page(receipt: ReceiptView, zone: tzinfo, zone_name: str) -> str:
    """The whole page, with its moments by the clock of a time zone."""

    def local(moment: datetime) -> str:
        try:
            return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        except OverflowError:
            return iso(moment)

    title = f"Receipt {escape(receipt.number or receipt.session_id)}"
    parts = [
        f"<h1>Receipt</h1><p>EV Charging. Times are of {escape(zone_name)}.</p>",
        _facts(_what(receipt, local)),
        "<h2>Price</h2>",
        _lines(receipt),
    ]
    if receipt.paid is not None:
        parts += ["<h2>Payment</h2>", _facts(_paid(receipt.paid, local))]
    if receipt.readings:
        rows = [(local(each.at), f"{each.register_kwh:.6f}", f"{each.kwh:.6f}") for each in receipt.readings]
        parts += ["<h2>Readings of the meter</h2>", _table(("Time", "Register (kWh)", "Delivered (kWh)"), rows)]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>{NO_ICON}'
    return (
        f'<!doctype html><html lang="en"><head>{head}<style>{STYLE}</style></head><body>{"".join(parts)}</body></html>'
    )


def _what(receipt: ReceiptView, local: Callable[[datetime], str]) -> list[tuple[str, str | None]]:
    settled, is_fee = receipt.settled, receipt.reservation_id is not None
    return [
        ("Number", receipt.number),
        ("Reservation" if is_fee else "Session", receipt.session_id),
        ("Driver", receipt.driver_id),
        ("Charging point", receipt.cp_id),
        ("Location", receipt.location),
        ("Station", receipt.station_id),
        ("Site", receipt.site_id),
        ("Due", local(receipt.ended_at) if is_fee else None),
        ("Charged", None if is_fee else f"{local(receipt.started_at)} to {local(receipt.ended_at)}"),
        ("Plugged in until", local(receipt.unplugged_at) if receipt.unplugged_at else None),
        ("How it ended", receipt.ended_by),
        ("Energy", None if is_fee else f"{receipt.kwh:.6f} kWh"),
        ("Tariff", receipt.tariff),
        ("Resolved", f"by {settled.by}, {local(settled.at)}: {settled.note}" if settled else None),
    ]


def _paid(paid: PaidView, local: Callable[[datetime], str]) -> list[tuple[str, str | None]]:
    notes = [
        (
            f"Credit note {each.number}" if each.number else "Refund",
            f"{_cents(each.cents)}, {local(each.at)}",
        )
        for each in paid.credit_notes
    ]
    return [
        ("Paid with", paid.method),
        ("Captured", _cents(paid.captured_cents)),
        *notes,
        ("Refunded", _cents(paid.refunded_cents) if paid.refunded_cents else None),
        ("Still owed", _cents(paid.owed_cents) if paid.owed_cents else None),
    ]


def _cents(cents: int) -> str:
    return f"{euros(of_cents(cents))} EUR"


def _facts(facts: Iterable[tuple[str, str | None]]) -> str:
    rows = (f'<tr><th scope="row">{name}</th><td>{escape(value)}</td></tr>' for name, value in facts if value)
    return f'<table class="facts"><tbody>{"".join(rows)}</tbody></table>'


def _lines(receipt: ReceiptView) -> str:
    rows = [
        (line.name, line.quantity_text, line.unit_price_text, f"{euros(line.micro_euros)} EUR")
        for line in receipt.lines
    ]
    sums = [("Net", receipt.net), (f"VAT {receipt.vat_permille / 10:g} %", receipt.vat), ("Total", receipt.gross)]
    feet = (
        f'<tr><th scope="row" colspan="3">{name}</th><td class="figure">{euros(amount)} EUR</td></tr>'
        for name, amount in sums
    )
    return _table(("What", "Quantity", "Unit price", "Amount"), rows, "".join(feet))


def _table(heads: Row, rows: Iterable[Row], feet: str = "") -> str:
    """A table whose first column is words, and all others figures."""
    top = "".join(f'<th scope="col"{_figure(at)}>{head}</th>' for at, head in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(f"<td{_figure(at)}>{escape(cell)}</td>" for at, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    foot = f"<tfoot>{feet}</tfoot>" if feet else ""
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody>{foot}</table>"


def _figure(column: int) -> str:
    return ' class="figure"' if column else ""
