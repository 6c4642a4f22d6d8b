"""What a daemon listens on: the status page with metrics and health, and the webhook receiver."""

from __future__ import annotations

from contextlib import ExitStack

import structlog

from flexorchd import __version__
from flexorchd.config import Address, webhook_secret
from flexorchd.insight.survey import Latest, survey
from flexorchd.monitoring.health import Health
from flexorchd.monitoring.metrics import Metrics
from flexorchd.parts import Parts
from flexorchd.pipeline.stage import Stage
from flexorchd.web.access import read_or_make_token
from flexorchd.web.app import create_app as create_pages
from flexorchd.web.origin import name_in_links
from flexorchd.web.server import WebServer, bind
from flexorchd.web.site import Pages
from flexorchd.webhook.receiver import Receiver, create_app
from flexorchd.webhook.registration import RegistrationStage

log = structlog.get_logger()

WEBHOOK_SECRET = "webhook.secret"  # noqa: S105  a file's name


class Servers:
    """The listening side of a daemon.

    Args:
        parts: what it shows and wakes.
        health: how it is.

    Raises:
        ConfigError: a given address cannot be had, or a secret not be read.
    """

    def __init__(self, parts: Parts, health: Health) -> None:
        self._parts = parts
        self._closing = ExitStack()
        config = parts.config
        parts.ledger.memory.set("page", None)
        if config.web.listen is not None:
            given = parts.loaded.given("web.listen")
            listener = bind(config.web.listen, given=given)
            if listener is not None:
                pages = WebServer(listener, create_pages(self._pages(health)))
                self._serve(pages, "web")
                name = name_in_links(pages.listens.host, config.web.allowed_hosts)
                link = f"http://{Address(name, pages.listens.port)}"
                parts.ledger.memory.set("page", link)
        self._given_secret = webhook_secret(config.webhook)
        if config.webhook.listen is not None:
            hook_listener = bind(config.webhook.listen, given=True)
            assert hook_listener is not None  # noqa: S101  a given address is had, or refused
            receiver = Receiver(self._secret, self._woken)
            self._serve(WebServer(hook_listener, create_app(receiver)), "webhook")

    def _serve(self, server: WebServer, what: str) -> None:
        server.start()
        self._closing.callback(server.stop)
        log.info(f"{what}.listening", address=server.address)

    def _pages(self, health: Health) -> Pages:
        parts = self._parts
        latest = Latest(
            lambda: survey(parts.ledger, parts.state.path, parts.clock.now(), __version__),
            parts.clock,
        )
        self._closing.callback(latest.close)
        return Pages(
            ledger=parts.ledger,
            survey=latest,
            health=health,
            metrics=Metrics(latest.get, health, __version__),
            clock=parts.clock,
            knock=lambda: parts.bells.ring("control"),
            token=read_or_make_token(parts.state.path),
            allowed_hosts=parts.config.web.allowed_hosts,
            version=__version__,
        )

    # -- the webhook ----------------------------------------------------------------------------------

    def registration(self) -> Stage | None:
        """The stage that registers the receiver, where the service can reach it."""
        parts, url = self._parts, self._parts.config.webhook.public_url
        if parts.config.webhook.listen is None or url is None:
            return None
        given = self._given_secret.get_secret_value() if self._given_secret else None
        return RegistrationStage(
            parts.ledger,
            parts.client_for("account"),
            str(url),
            parts.state.path / WEBHOOK_SECRET,
            given,
            parts.account.wait,
        )

    def _secret(self) -> str:
        made = self._parts.state.path / WEBHOOK_SECRET
        if made.exists():
            return made.read_text().strip()
        return self._given_secret.get_secret_value() if self._given_secret else ""

    def _woken(self, job_id: str | None) -> None:
        if job_id is not None:
            self._parts.ledger.jobs.wake(job_id, self._parts.clock.now())
        self._parts.bells.ring("poll", "exports")

    def close(self) -> None:
        """Listen no more."""
        self._closing.close()
