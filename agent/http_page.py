"""The cashier's page: its files, the launch code that opens it, and the call that makes one."""

from __future__ import annotations

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from agent.http_guard import cookie
from agent.page_keys import CODE_S, PageKeys, set_cookie
from offers.model import Language
from staff_help.assets import Asset, assets


class PageOut(Struct, frozen=True):
    """An address that opens the cashier's page once, within so many seconds."""

    address: str
    seconds: int


def page_routes(page: PageKeys, language: Language) -> tuple[Route, ...]:
    """Make the routes of the page, in its language."""
    files = assets(language)

    async def home(request: Request) -> Response:
        """Give the page to who has its key; a launch code becomes the key. Nothing else changes."""
        code = request.query_params.get("code")
        key = page.redeem(code) if code is not None else None
        if key is not None:
            return RedirectResponse("/", 303, headers={"set-cookie": set_cookie(key)})
        if not page.opens(cookie(request.scope)):
            closed = files["closed.html"]
            return Response(closed.body, 401, media_type=closed.content_type)
        if code is not None:
            return RedirectResponse("/", 303)
        response = file_response(request, files["index.html"])
        response.headers["set-cookie"] = set_cookie(page.new_cookie())
        return response

    async def static(request: Request) -> Response:
        """Give one of the page's files; the browser keeps it and asks whether it changed."""
        return file_response(request, files.get(request.path_params["name"]))

    async def new_page(request: Request) -> Response:
        """Make an address that opens the page once."""
        address = f"http://{request.headers['host']}/?code={page.new_code()}"
        made = PageOut(address, int(CODE_S))
        return Response(msgspec.json.encode(made), media_type="application/json")

    return (
        Route("/", home, methods=["GET"]),
        Route("/static/{name}", static, methods=["GET"]),
        Route("/v1/page", new_page, methods=["POST"]),
    )


def file_response(request: Request, file: Asset | None) -> Response:
    """Answer with a file, or that the browser's copy still holds."""
    if file is None:
        return Response("No such file.", 404, media_type="text/plain")
    headers = {"etag": file.etag, "cache-control": "no-cache", "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(b"", 304, headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(file.packed, 200, headers, file.content_type)
    return Response(file.body, 200, headers, file.content_type)
