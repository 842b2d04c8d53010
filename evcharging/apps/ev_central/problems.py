"""Errors of the HTTP API, as problem details (RFC 9457): one clear sentence each, never a stack trace."""

import re
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.accounts import LastAdministrator, NameTaken, Overtaken
from evcharging.apps.ev_central.access.contract import BadCredential
from evcharging.apps.ev_central.access.denial_notes import note_denial
from evcharging.apps.ev_central.access.who import who_asks
from evcharging.apps.ev_central.refusals import (
    Forbidden,
    ForeignPage,
    NotDecided,
    OrderRefused,
    TooManyAttempts,
    UnknownPoint,
    UnknownResource,
    UnknownSession,
    UnknownSite,
)
from evcharging.apps.shell.key_desk import KeysInDoubt, NotEnrolled
from evcharging.apps.shell.logs import speaker
from evcharging.apps.shell.people import BadChoice, NoSuchAccount, NoSuchKey
from evcharging.apps.web.answers import PROBLEM_JSON, problem_json

NOT_JSON = "The body is not JSON in UTF-8"
GUARDED = {
    "401": "Nobody knows who asks: without a credential, or with one that does not count",
    "403": "A page of another site asks, or somebody who may not",
    "421": "The request is for a name that is not known here",
}
UNREAD = {"413": "The body is too large, or its length is not declared"}

STATUS_OF: dict[type[Exception], HTTPStatus] = {
    UnknownPoint: HTTPStatus.NOT_FOUND,
    UnknownSite: HTTPStatus.NOT_FOUND,
    UnknownResource: HTTPStatus.NOT_FOUND,
    UnknownSession: HTTPStatus.NOT_FOUND,
    BadCredential: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    ForeignPage: HTTPStatus.FORBIDDEN,
    TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    OrderRefused: HTTPStatus.CONFLICT,
    NotEnrolled: HTTPStatus.CONFLICT,
    Overtaken: HTTPStatus.CONFLICT,
    NameTaken: HTTPStatus.CONFLICT,
    LastAdministrator: HTTPStatus.CONFLICT,
    NoSuchAccount: HTTPStatus.NOT_FOUND,
    NoSuchKey: HTTPStatus.NOT_FOUND,
    BadChoice: HTTPStatus.UNPROCESSABLE_ENTITY,
    KeysInDoubt: HTTPStatus.SERVICE_UNAVAILABLE,
    NotDecided: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

CODE_OF: dict[type[Exception], str] = {
    NameTaken: "name_taken",
    LastAdministrator: "last_administrator",
    Overtaken: "overtaken",
    NoSuchAccount: "unknown_account",
    NoSuchKey: "unknown_key",
    KeysInDoubt: "not_decided",
}
"""What a problem is called whose error does not say that itself."""


def problem(request: Request, status: int, detail: str, code: str | None = None) -> Response:
    """One problem, as JSON."""
    return problem_at(request.scope["path"], status, detail, code)


def problem_at(path: str, status: int, detail: str, code: str | None = None) -> Response:
    """One problem with what was asked for at this path."""
    return Response(problem_json(status, detail, path, code), status, media_type=PROBLEM_JSON)


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error of the app end as a problem."""
    for kind in STATUS_OF:
        app.add_exception_handler(kind, _expected)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)


def describe_problems(document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document, with its problems under the media type that they are sent as, and with those of the guard
    that every request has to pass."""
    for item in document["paths"].values():
        for method, operation in item.items():
            responses = operation["responses"]
            for response in responses.values():
                content = response.get("content", {})
                if content.get("application/json", {}).get("schema", {}).get("$ref", "").endswith("/Problem"):
                    content[PROBLEM_JSON] = content.pop("application/json")
            said = {**GUARDED, **(UNREAD if method != "get" else {})}
            if "requestBody" in operation:
                said["400"] = NOT_JSON
            responses.update({status: {**responses["default"], "description": why} for status, why in said.items()})
    return document


async def _expected(request: Request, error: Exception) -> Response:
    answer = problem(request, STATUS_OF[type(error)], str(error), getattr(error, "code", CODE_OF.get(type(error))))
    if isinstance(error, BadCredential):
        answer.headers["WWW-Authenticate"] = "Bearer"
        answer.headers["Cache-Control"] = "no-store"
    if type(error) is Forbidden and (who := who_asks(request.scope)) is not None:
        path = request.scope["route"].path_format
        note_denial(request.scope, who, f"{request.method} {path}", path, str(error))
    if isinstance(error, TooManyAttempts):
        answer.headers["Retry-After"] = str(error.wait_s)
    return answer


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    answer = problem(request, status, _about(request, status))
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = _possible(request) or answer.headers.get("Allow", "")
    return answer


def _possible(request: Request) -> str:
    """The methods that a described path can be asked with."""
    root = request.scope.get("root_path", "")
    asked, described = request.scope["path"].removeprefix(root), request.app.openapi()["paths"]
    alike = [path for path in described if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), asked)]
    found = described[asked] if asked in described else {method for path in alike for method in described[path]}
    return ", ".join(sorted(method.upper() for method in found))


def _about(request: Request, status: int) -> str:
    match status:
        case HTTPStatus.NOT_FOUND:
            return f"There is nothing at {request.url.path}"
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return f"{request.method} is not possible at {request.url.path}"
        case HTTPStatus.BAD_REQUEST:
            return NOT_JSON
        case _:
            return HTTPStatus(status).phrase


async def _invalid(request: Request, error: Exception) -> Response:
    errors = error.errors() if isinstance(error, RequestValidationError) else []
    return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(_sentence(each) for each in errors[:5]))


def _sentence(error: dict[str, object]) -> str:
    if error.get("type") == "json_invalid":
        return NOT_JSON
    where = error.get("loc")
    named = ".".join(str(part) for part in where[1:]) if isinstance(where, tuple) else ""
    said = str(error.get("msg", "does not fit")).removeprefix("Value error, ")
    return f"{named or 'The body'}: {said}"


async def _unexpected(request: Request, error: Exception) -> Response:
    speaker("Central")("error", f"A mistake while answering {request.method} {request.url.path}: {error!r}")
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, "Central made a mistake; its log says which")
