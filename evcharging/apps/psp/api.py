"""The provider over HTTP, in the shape of Stripe's API: payment intents that are held first and captured later."""

import asyncio
import hmac
import re
from base64 import b64decode
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from evcharging.adapters.provider.numbers import OTHER_NUMBER
from evcharging.adapters.provider.simulated.cards import BY_METHOD, card_of
from evcharging.adapters.provider.simulated.file import KeptFileUnusable
from evcharging.adapters.provider.simulated.kept import Asked
from evcharging.apps.psp import shapes
from evcharging.apps.psp.forms import BadRequest, StripeForm
from evcharging.apps.psp.service import Service
from evcharging.apps.psp.shapes import Shape
from evcharging.common.utils import to_json
from evcharging.domain.payment import OperationKind
from evcharging.domain.provider import ProviderPayment

V1 = "/v1"
LARGEST_BODY = 64 * 1024
LONGEST_KEY = 255
MOST = 100

IN_STRIPE_ONLY = (
    "payment_method_types[0]",
    "payment_method_types[]",
    "payment_method_options[card][request_incremental_authorization]",
    "off_session",
    "description",
)
"""Parameters that mean something to Stripe, and nothing here."""

SEARCH = re.compile(r"""metadata\[(["'])reference\1\]:(["'])((?:[^\\]|\\.)*)\2""")

Endpoint = Callable[["Api", Request], Awaitable[tuple[int, Shape]]]


class Api:
    """One endpoint a function: a request in, a status and a shape out."""

    def __init__(self, service: Service, key: str, delay: float) -> None:
        self._service = service
        self._key = key
        self._delay = delay

    def serving(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint for those who have the key; whatever is wrong is an error in Stripe's shape."""

        async def serve(request: Request) -> Response:
            try:
                self._admit(request)
                if self._delay:
                    await asyncio.sleep(self._delay)
                status, said = await endpoint(self, request)
                await self._service.last()
            except BadRequest as error:
                status, said = error.status, shapes.error(error.text, error.code, error.param)
            except KeptFileUnusable as error:
                status, said = 503, shapes.error(str(error), kind="api_error")
            except ClientDisconnect:
                status, said = 400, shapes.error("The body did not come")
            return Response(to_json(said), status, media_type="application/json")

        return serve

    async def create(self, request: Request) -> tuple[int, Shape]:
        """Hold an amount on a card."""
        names = ("amount", "currency", "payment_method", "confirm", "capture_method", "metadata[reference]")
        form = await _form(request, *names, *IN_STRIPE_ONLY)
        form.only("confirm", "true")
        form.only("capture_method", "manual")
        asked = Asked(
            kind=OperationKind.AUTHORIZE,
            key=_key_of(request),
            reference=form.text("metadata[reference]") or "",
            method=form.needed("payment_method"),
            cents=form.whole("amount"),
            currency=form.needed("currency").lower(),
        )
        return self._intent(asked, form)

    async def increment(self, request: Request) -> tuple[int, Shape]:
        """Hold an amount in all."""
        form = await _form(request, "amount")
        return self._intent(_asked(OperationKind.INCREMENT, request, cents=form.whole("amount")), form)

    async def capture(self, request: Request) -> tuple[int, Shape]:
        """Take an amount, or all, of what is held."""
        form = await _form(request, "amount_to_capture")
        is_all = form.text("amount_to_capture") is None
        cents = 0 if is_all else form.whole("amount_to_capture")
        return self._intent(_asked(OperationKind.CAPTURE, request, cents=cents, is_all=is_all), form)

    async def cancel(self, request: Request) -> tuple[int, Shape]:
        """Release what is held."""
        form = await _form(request, "cancellation_reason")
        return self._intent(_asked(OperationKind.VOID, request), form)

    async def refund(self, request: Request) -> tuple[int, Shape]:
        """Pay an amount, or all that is left, back."""
        form = await _form(request, "payment_intent", "amount", "reason", "metadata[reason]")
        is_all = form.text("amount") is None
        asked = Asked(
            kind=OperationKind.REFUND,
            key=_key_of(request),
            payment_id=form.needed("payment_intent"),
            cents=0 if is_all else form.whole("amount"),
            is_all=is_all,
        )
        return self._answer(
            asked, form, lambda payment: shapes.refund(payment, self._service.books.refund_up_to(payment))
        )

    async def retrieve(self, request: Request) -> tuple[int, Shape]:
        """One payment intent."""
        form, payment_id = _query(request), str(request.path_params["id"])
        found = self._service.look(payment_id)
        if found is None:
            raise BadRequest(f"No such payment_intent: {payment_id[:80]}", "resource_missing", "intent", 404)
        return 200, shapes.intent(found, form.expand)

    async def list_intents(self, request: Request) -> tuple[int, Shape]:
        """Payment intents, the newest first."""
        form = _query(request, "limit", "starting_after", "created[gte]")
        most = form.whole("limit") if form.text("limit") is not None else 10
        if not 1 <= most <= MOST:
            raise BadRequest(f"limit is {most}, and must be from 1 to {MOST}", "parameter_invalid_integer", "limit")
        after = form.text("starting_after")
        if after is not None and self._service.look(after) is None:
            raise BadRequest(f"No such payment_intent: {after[:80]}", "resource_missing", "starting_after", 404)
        page = self._service.list(form.moment("created[gte]"), after, most)
        items = [shapes.intent(each, form.expand, "data.") for each in page.items]
        return 200, shapes.page(items, f"{V1}/payment_intents", has_more=page.cursor is not None)

    async def search(self, request: Request) -> tuple[int, Shape]:
        """Payment intents with a reference, the newest first."""
        form = _query(request, "query", "limit")
        found = SEARCH.fullmatch(form.needed("query"))
        if found is None:
            raise BadRequest("query must be metadata['reference']:'TEXT': nothing else is simulated", param="query")
        payments = self._service.all_of(re.sub(r"\\(.)", r"\1", found[3]))
        items = [shapes.intent(each, form.expand, "data.") for each in payments[:MOST]]
        said = shapes.page(items, f"{V1}/payment_intents/search", has_more=False)
        return 200, {**said, "object": "search_result", "next_page": None}

    async def disputes(self, request: Request) -> tuple[int, Shape]:
        """The disputes of a payment intent: one or none."""
        form = _query(request, "payment_intent", "limit")
        found = self._service.look(form.needed("payment_intent"))
        items = [shapes.dispute(found)] if found and found.dispute is not None else []
        return 200, shapes.page(items, f"{V1}/disputes", has_more=False)

    async def method(self, request: Request) -> tuple[int, Shape]:
        """What stands for a card. Its number is looked at, and neither kept nor repeated."""
        card_fields = ("number", "exp_month", "exp_year", "cvc")
        form = await _form(request, "type", *(f"card[{name}]" for name in card_fields))
        form.only("type", "card")
        card = card_of(form.needed("card[number]"))
        if card is None:
            return 402, {"error": {"type": "card_error", "code": "incorrect_number", "message": OTHER_NUMBER}}
        return 200, shapes.method(card, _expiry(form))

    async def known_method(self, request: Request) -> tuple[int, Shape]:
        """What is known of a card by what stands for it."""
        _query(request)
        card = BY_METHOD.get(str(request.path_params["id"]))
        if card is None:
            raise BadRequest("No such PaymentMethod", "resource_missing", "payment_method", 404)
        return 200, shapes.method(card)

    async def nothing(self, request: Request) -> tuple[int, Shape]:
        """What is not simulated."""
        raise BadRequest(f"Unrecognized request URL ({request.method}): it is not simulated", status=404)

    def _intent(self, asked: Asked, form: StripeForm) -> tuple[int, Shape]:
        return self._answer(asked, form, lambda payment: shapes.intent(payment, form.expand))

    def _answer(self, asked: Asked, form: StripeForm, shape: Callable[[ProviderPayment], Shape]) -> tuple[int, Shape]:
        answer = self._service.ask(asked)
        if not answer.is_heard:
            return 504, shapes.error("There was no answer in time: ask again with the same key", kind="api_error")
        if answer.outcome.code is not None or answer.outcome.payment is None:
            return shapes.refusal(answer.outcome, form.expand)
        return 200, shape(answer.outcome.payment)

    def _admit(self, request: Request) -> None:
        kind, _, said = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            try:
                said = b64decode(said, validate=True).decode().partition(":")[0]
            except ValueError:
                said = ""
        if not hmac.compare_digest(said.encode(), self._key.encode()):
            raise BadRequest("Invalid API Key provided: send Authorization: Bearer KEY", status=401)


INTENTS = f"{V1}/payment_intents"
ENDPOINTS: tuple[tuple[str, str, Endpoint], ...] = (
    ("POST", INTENTS, Api.create),
    ("GET", INTENTS, Api.list_intents),
    ("GET", f"{INTENTS}/search", Api.search),
    ("GET", f"{INTENTS}/{{id}}", Api.retrieve),
    ("POST", f"{INTENTS}/{{id}}/increment_authorization", Api.increment),
    ("POST", f"{INTENTS}/{{id}}/capture", Api.capture),
    ("POST", f"{INTENTS}/{{id}}/cancel", Api.cancel),
    ("POST", f"{V1}/refunds", Api.refund),
    ("GET", f"{V1}/disputes", Api.disputes),
    ("POST", f"{V1}/payment_methods", Api.method),
    ("GET", f"{V1}/payment_methods/{{id}}", Api.known_method),
)
ANY = ["GET", "POST", "DELETE", "PUT", "PATCH"]


def create_app(service: Service, key: str, delay: float = 0.0) -> Starlette:
    """The app; `key` is the secret that clients show, and `delay` the seconds that each answer takes."""
    api = Api(service, key, delay)
    routes = [Route(path, api.serving(endpoint), methods=[method]) for method, path, endpoint in ENDPOINTS]
    return Starlette(routes=[*routes, Route("/{path:path}", api.serving(Api.nothing), methods=ANY)])


def _asked(kind: OperationKind, request: Request, cents: int = 0, *, is_all: bool = False) -> Asked:
    payment_id = str(request.path_params["id"])
    return Asked(kind=kind, key=_key_of(request), payment_id=payment_id, cents=cents, is_all=is_all)


def _expiry(form: StripeForm) -> str | None:
    """The last month of a card, where it is said."""
    if form.text("card[exp_year]") is None:
        return None
    year, month = form.whole("card[exp_year]"), form.whole("card[exp_month]")
    if not (1 <= month <= 12 and 1970 <= year <= 2100):
        raise BadRequest("The card's last month is none", "invalid_expiry_month", "card[exp_month]")
    return f"{year:04d}-{month:02d}"


def _key_of(request: Request) -> str | None:
    keys = request.headers.getlist("idempotency-key")
    if not keys:
        return None
    if len(keys) > 1 or not 1 <= len(keys[0]) <= LONGEST_KEY:
        raise BadRequest(f"Idempotency-Key is one text of 1 to {LONGEST_KEY} characters")
    return keys[0]


async def _form(request: Request, *names: str) -> StripeForm:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise BadRequest(f"The body is larger than {LARGEST_BODY} bytes", status=413)
    return StripeForm(body, names)


def _query(request: Request, *names: str) -> StripeForm:
    return StripeForm(request.scope["query_string"], names)
