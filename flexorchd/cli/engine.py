"""`flexorchd engine`: the embedded engine alone, as a FlexOrch-compatible server."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path

import click
import msgspec

from flexorchd.config.access import KEY_VARIABLE
from flexorchd.config.fields import is_loopback
from flexorchd.engine_process import require_engine
from flexorchd.errors import StateError, UsageError

EXAMPLES = """\b
Examples:
  flexorchd engine                               a server on http://127.0.0.1:8621/v1
  flexorchd engine --plan trial                  rehearse the limits of a plan
  flexorchd engine --chaos errors=0.1,lost=0.05  try your own automation
"""


@click.command(epilog=EXAMPLES)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8621,
    show_default=True,
    help="On which port; 0 takes a free one.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("flexorchd-engine"),
    show_default=True,
    help="Where documents and results are kept.",
)
@click.option("--plan", default="unlimited", show_default=True, help="The plan to rehearse.")
@click.option("--chaos", default="", help="Faults on purpose: errors=, lost=, slow=, rejects=.")
@click.option("--executor", default="local", show_default=True, help="local or dask://host:port.")
def engine(host: str, port: int, data: Path, plan: str, chaos: str, executor: str) -> int:
    """Serve the FlexOrch API from this machine.

    The API key is FLEXORCH_API_KEY; without it, a new one is made and printed once.
    """
    require_engine()
    from flexorchd.engine.config import Chaos, EngineSettings
    from flexorchd.engine.server import serve

    given = os.environ.get(KEY_VARIABLE)
    key = given or f"dfx_{secrets.token_urlsafe(24)}"
    try:
        settings = EngineSettings(
            data=data.absolute(),
            key=key,
            plan=plan,
            executor=executor,
            allowed_hosts=("localhost", "127.0.0.1", "[::1]", "::1") if is_loopback(host) else (),
            chaos=msgspec.convert(rates(chaos), Chaos),
        )
    except ValueError as error:
        raise UsageError(str(error), "") from error
    listener = _listen(host, port)
    address = f"http://{host}:{listener.getsockname()[1]}/v1"

    def say(store_id: str) -> None:
        del store_id
        click.echo(f"flexorchd engine: {address}, data in {data}", err=True)
        if not given:
            click.echo(f"API key, shown this once: {key}")

    try:
        with listener:
            serve(settings, listener, say)
    except RuntimeError as error:  # another engine has the data, or a newer one had
        raise StateError(str(error), "") from error
    return 0


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]
        raise UsageError(
            f"{host}:{port} cannot be listened on: {reason}.",
            "Choose another place with --host and --port; port 0 takes a free one.",
        ) from error


def rates(text: str) -> dict[str, float]:
    """The rates of ``errors=0.1,lost=0.05``.

    Raises:
        UsageError: something else than names and numbers.
    """
    try:
        pairs = [part.split("=", 1) for part in text.split(",") if part]
        found = {name.strip(): float(value) for name, value in pairs}
    except ValueError:
        raise UsageError(f"--chaos {text}", "Write errors=0.1,lost=0.05.") from None
    if unknown := set(found) - {"errors", "lost", "slow", "slow_seconds", "rejects"}:
        raise UsageError(
            f"--chaos does not know {', '.join(sorted(unknown))}.",
            "It knows errors, lost, slow, slow_seconds and rejects.",
        )
    return found
