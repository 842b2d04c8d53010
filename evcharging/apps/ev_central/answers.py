"""What routes answer, as OpenAPI describes it: the schemas of views, each named once."""

from collections.abc import Iterator
from typing import Any

from evcharging.apps.ev_central.bodies import LimitBody
from evcharging.apps.ev_central.bodies_access import ACCESS_BODIES
from evcharging.apps.ev_central.views import View
from evcharging.apps.ev_central.views_alerts import AckBody
from evcharging.apps.ev_central.views_audits import AUDITS
from evcharging.apps.ev_central.views_bus import BUS
from evcharging.apps.ev_central.views_figures import FIGURES
from evcharging.apps.ev_central.views_lab import LAB_BODIES
from evcharging.apps.ev_central.views_ledger import Problem
from evcharging.apps.ev_central.views_live import FRAMES
from evcharging.apps.ev_central.views_own import OWN_FRAMES
from evcharging.apps.ev_central.views_past import OF_THE_PAST
from evcharging.apps.ev_central.views_payments import PAID
from evcharging.apps.ev_central.views_replay import REPLAYED
from evcharging.apps.ev_central.views_sites import SiteDetails
from evcharging.apps.ev_central.views_tariffs import PreviewBody, PublicationBody
from evcharging.apps.ev_central.views_webhooks import WEBHOOK_BODIES
from evcharging.common.messages_tariff import TariffBody, TariffNameBody
from evcharging.common.site_description import SiteBody
from evcharging.common.utils import named_schemas

BODIES = (
    TariffBody,
    TariffNameBody,
    PublicationBody,
    PreviewBody,
    LimitBody,
    AckBody,
    SiteBody,
    *WEBHOOK_BODIES,
    *ACCESS_BODIES,
    *LAB_BODIES,
)
"""What is sent, and is read as a structure of ours."""

Responses = dict[int | str, dict[str, Any]]

REFERENCE = "#/components/schemas/{name}"


def answer(kind: Any, **more: str) -> dict[str, Any]:
    """An answer with this view, or a list of it."""
    (schema,), _ = named_schemas([kind], REFERENCE)
    return {"content": {"application/json": {"schema": schema}}, **more}


def answers(kind: Any, others: Responses | None = None) -> Responses:
    """What a route may answer: this view, or one of `others`."""
    return {200: answer(kind), **(others or {})}


NOT_FOUND: Responses = {404: answer(Problem)}
UNDECIDED: Responses = {503: answer(Problem)}
REFUSALS: Responses = {**NOT_FOUND, 409: answer(Problem), **UNDECIDED}
ANYWHERE: Responses = {422: answer(Problem), "default": answer(Problem, description="Any other error")}


def all_schemas() -> dict[str, Any]:
    """Every view by its name."""
    named = (*FRAMES, *OWN_FRAMES, *FIGURES, *OF_THE_PAST, *REPLAYED, *AUDITS, *BUS, *PAID, SiteDetails, *BODIES)
    return named_schemas(dict.fromkeys([*_below(View), *named]), REFERENCE)[1]


def _below(kind: type[View]) -> Iterator[type[View]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
