"""A browser for sign-in tests: it opens pages, fills in forms and follows the redirect back to the console."""

import asyncio
import sys
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "form" and self.action is None:
            self.action = found.get("action") or ""
        elif tag in {"input", "button"} and found.get("name"):
            self.values.setdefault(str(found["name"]), found.get("value") or "")


async def sign_in_as(address: str, who: dict[str, str]) -> httpx.Response:
    """Open the address of a sign-in, send each form with the values of `who`, and return the last page."""
    async with httpx.AsyncClient(follow_redirects=True, trust_env=False, verify=False) as client:
        page = await client.get(address)
        while True:
            form = _Form()
            form.feed(page.text)
            if form.action is None:
                return page
            values = {name: who.get(name, value) for name, value in form.values.items()}
            page = await client.post(urljoin(str(page.url), form.action or str(page.url)), data=values)


if __name__ == "__main__":
    asyncio.run(sign_in_as(sys.argv[1], {}))
