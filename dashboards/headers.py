"""The page all runs in, and headers that keep it from foreign code and other hosts."""

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

STATIC = Path(streamlit.__file__).parent / "static"
# What every page of ours shows, whose scripts Streamlit would ask for only when it is there.
SHOWN = ("ArrowVegaLiteChart", "loadVegaEmbed", "embed", "vega-interpreter", "Metric",
         "Multiselect", "DateInput", "Html", "DownloadButton")  # fmt: skip
NEEDS = re.compile(r"""(?:from|import)["'`]\./([\w.-]+\.js)["'`]""")
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
PAGE = re.compile(r"/[a-z-]*")  # the pages of the menu; all else belongs to Streamlit
# What is there before any script has run; React replaces it.
OPENING = """<div id="root"><style>:root { color-scheme: light dark }</style>
<p role="status" style="font: 1.2rem sans-serif; margin: 4rem">Opening Araxes …</p></div>"""


@cache
def index() -> str:
    """Give Streamlit's page, told where its server is.

    Opened at /attention it would else ask /attention/_stcore first, and log the failure. It says
    that it opens before megabytes of script have come.
    """
    page = (STATIC / "index.html").read_text("utf-8")
    base = json.dumps(f"/{config.get_option('server.baseUrlPath').strip('/')}/".replace("//", "/"))
    told = f"window.__streamlit = {{BACKEND_BASE_URL: window.location.origin + {base}}};"
    page = page.replace("<script>", f"<script>{told}", 1)
    page = page.replace("<title>Streamlit</title>", "<title>Araxes</title>")
    page = page.replace("</head>", f"{_preloads(page)}</head>", 1)
    return page.replace('<div id="root"></div>', OPENING)


def _preloads(page: str) -> str:
    """Give links by which a browser loads what charts need while the server still counts."""
    folder = STATIC / "static" / "js"
    missing = [found.name for name in SHOWN for found in folder.glob(f"{name}.*.js")]
    needed: dict[str, str] = {}
    while missing:
        script = missing.pop()
        if script not in needed and script not in page:
            needed[script] = f'<link rel="modulepreload" crossorigin href="./static/js/{script}">'
            missing += NEEDS.findall((folder / script).read_text("utf-8"))
    return "\n".join(needed[script] for script in sorted(needed))


@cache
def policy() -> str:
    """Give the content security policy: everything from here, no eval, no inline scripts.

    The one inline script of Streamlit's own page is allowed by its hash. Inline styles are
    how Streamlit and Vega style their elements.
    """
    hashes = " ".join(f"'sha256-{_hash(script)}'" for script in INLINE_SCRIPT.findall(index()))
    return "; ".join((
        "default-src 'none'",
        f"script-src 'self' {hashes}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self' blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ))  # fmt: skip


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


class SafeHeaders:
    """ASGI middleware that serves the page and adds the headers to each answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for a page, pass other requests on, and add the headers to what comes back."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy()
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        page = scope["type"] == "http" and PAGE.fullmatch(scope["path"])
        answer = HTMLResponse(index(), headers={"Cache-Control": "no-cache"}) if page else self.app
        await answer(scope, receive, send_safely)
