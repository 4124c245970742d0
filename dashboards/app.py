"""The dashboard as a web application: the Streamlit script behind headers that keep it offline."""

from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

# imported here, so that the first visitor does not wait for it
from dashboards import figures
from dashboards.headers import SafeHeaders

__all__ = ["app", "figures"]

app = App(Path(__file__).with_name("main.py"), middleware=[Middleware(SafeHeaders)])
