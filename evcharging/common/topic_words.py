"""What each topic is for, in a sentence. Knows no message."""

from collections.abc import Mapping
from typing import Final

from evcharging.common import kafka as k

ABOUT: Final[Mapping[str, str]] = {
    k.CENTRAL_COMMANDS.name: "What Central orders engines to do",
    k.CP_STATUS.name: "What engines say of themselves and of their supplies",
    k.CP_TELEMETRY.name: "What flows, each second of a supply",
    k.CP_HEALTH.name: "Whether engines are well, as their monitors report it",
    k.DRIVER_REQUESTS.name: "What drivers ask for",
    k.DRIVER_SITE_REQUESTS.name: "What drivers ask for at any point of a site, and what they answer to offers",
    k.DRIVER_RESERVATIONS.name: "Points that drivers book for a time to come, and cancel",
    k.DRIVER_UPDATES.name: "What drivers are told",
    k.OPERATOR_REQUESTS.name: "What operators ask of points, sessions and alerts",
    k.CENTRAL_PANEL.name: "What dashboards are shown of points, and answers to operators",
    k.SITE_POINTS.name: "How points stand and what buildings take, told to who counts for their site",
    k.SITE_POWER.name: "What points draw, and what their vehicles want, told to their site",
    k.SITE_EVENTS.name: "Sessions that ended, points that left, and what points answer, told to their site",
    k.SITE_ASKS.name: "What sites ask of their points, for drivers who want any of them",
    k.SITE_ORDERS.name: "What operators say of sites",
    k.SITE_PANEL.name: "What dashboards are shown of sites, and answers about them to operators",
    k.TARIFF_REQUESTS.name: "Tariffs that operators publish",
    k.SITE_REQUESTS.name: "Tariffs that operators name for sites",
    k.TARIFF_NEWS.name: "That there are other tariffs from now on",
    k.TARIFF_PANEL.name: "Answers about tariffs to operators",
    k.ALERT_EVENTS.name: "Alerts that opened, were acknowledged or closed",
    k.WEBHOOK_REQUESTS.name: "What operators ask about webhooks",
    k.WEBHOOK_PANEL.name: "Answers about webhooks to operators",
    k.HEALTH_QUERIES.name: "What monitors ask their engines, on framed TCP",
    k.HEALTH_ANSWERS.name: "What engines answer their monitors, on framed TCP",
    k.ERRANDS.name: "What is to be done outside of the network, within one process",
    k.PROVIDER_ERRANDS.name: "What a provider of payments is to be asked, within one process",
}
"""By the names of the topics."""
