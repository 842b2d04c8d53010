"""People at a Central's console, over HTTP as the console asks: each has a password by a link."""

import httpx

PHRASE = "seven quiet harbours at dawn"


def invite(http: httpx.Client, name: str, role: str, **more: str) -> str:
    """An account that has no password yet; the token of its link."""
    answer = http.post("/api/v1/users", json={"name": name, "role": role, **more}).raise_for_status().json()
    return token_in(answer["link"]["link"])


def token_in(link: str) -> str:
    """What stands after the # of a link."""
    return link.partition("#")[2]


def use(http: httpx.Client, token: str, name: str) -> None:
    """Set a password by a link; the client is signed in."""
    said = {"token": token, "name": name, "password": PHRASE}
    http.post("/api/v1/auth/setup", json=said).raise_for_status()
