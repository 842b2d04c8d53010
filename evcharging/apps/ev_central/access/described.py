"""What the description of the API says of credentials: which there are, and what each route needs. Knows no request."""

from typing import Any

from evcharging.apps.ev_central.access.credentials import SESSION
from evcharging.apps.ev_central.access.routes import PUBLIC, ROUTES, permissions_for

SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token, a machine key (`evk_...`), or a token that a charging point has signed",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION,
        "description": f"The console's cookie; under TLS it is `__Host-{SESSION}`",
    },
}


def describe_access(document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document, with what each operation needs. Where nobody has to sign in, none of it is asked for."""
    document["components"]["securitySchemes"] = SCHEMES
    document["security"] = [{name: []} for name in SCHEMES]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            needs = ROUTES.get((method.upper(), path))
            if needs is PUBLIC:
                operation["security"] = []
            else:
                unknown = {**operation["responses"]["default"], "description": "The ledger cannot say who asks"}
                operation["responses"].setdefault("503", unknown)
            operation["x-permissions"] = list(permissions_for(needs))
    return document
