"""The demo in a browser: each page that is opened runs a demo of its own.

There is no login, so it listens on loopback alone, and answers no page of another address: any page that a browser
shows could else drive it.
"""

import asyncio
import logging
import shlex
import socket
from collections.abc import Callable, Sequence

from aiohttp import web
from textual_serve.server import Server

from wizard.errors import Exit, UserError

HOST = "127.0.0.1"
_LOOKS = 200
"""Times 0.05 s, in which it must listen."""


class Page(Server):
    """Says where it is by our own means, and not more than that."""

    def __init__(self, command: Sequence[str], port: int, ready: Callable[[str], None]) -> None:
        super().__init__(shlex.join(command), host=HOST, port=port, title="airflow-wizard demo")
        self._ready = ready
        self._own = {f"http://{name}:{port}" for name in (HOST, "localhost")}

    def initialize_logging(self) -> None:
        """Only what went wrong; its own way prints local variables."""
        logging.basicConfig(level=logging.ERROR)

    async def on_startup(self, app: web.Application) -> None:
        """It will listen in a moment; aiohttp has no word for when it does."""
        self._opening = asyncio.create_task(self._opened())

    async def _opened(self) -> None:
        for _ in range(_LOOKS):
            try:
                _, writer = await asyncio.open_connection(self.host, self.port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                self._ready(f"{self.public_url}/")
                return

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """A demo for a page of ours."""
        if request.headers.get("Origin") not in self._own:
            raise web.HTTPForbidden(text="Only a page of this server may open a demo.\n")
        return await super().handle_websocket(request)


def serve(command: Sequence[str], port: int, ready: Callable[[str], None]) -> None:
    """Run `command`, a Textual application, for each page that is opened, until Ctrl-C.

    `port` 0 picks a free one; `ready` is called with the address. Raises `UserError` where the port is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            way_out = "Say another one with --port; 0 picks a free one."
            raise UserError(f"Port {port} of {HOST}: {error.strerror}.", way_out, Exit.USAGE) from None
        port = probe.getsockname()[1]
    Page(command, port, ready).serve()
