"""The part of the double that is around documents: usage, connectors, webhooks."""

from __future__ import annotations

import json
from typing import Any

import httpx


class Workspace:
    """Answers for usage, connectors and webhooks, in the dialect of the double."""

    dialect: str

    def __post_init__(self) -> None:
        self.connectors: list[dict[str, Any]] = []
        self.webhooks: list[dict[str, Any]] = []

    def usage(self, request: httpx.Request) -> httpx.Response:
        credits_ = {"used": 120, "limit": 1200, "remaining": 1080}
        return self.good({"plan": "starter", "trial": None, "usage": {"credits": credits_}})

    def rate_limits(self, request: httpx.Request) -> httpx.Response:
        flat = {"limit": 100, "used": 10, "remaining": 90, "reset_in_seconds": 30}
        if self.dialect == "D":
            nested = {"rpm": 100, "used": 10, "remaining": 90, "reset_in_seconds": 30}
            return self.good({"plan": "starter", "rate_limit": nested})
        return self.good({"plan": "starter", "unlimited": False, "window_seconds": 60, **flat})

    def history(self, request: httpx.Request) -> httpx.Response:
        return self.good([{"date": "2026-08-01", "credits_used": 10, "jobs_count": 2}])

    def trend(self, request: httpx.Request) -> httpx.Response:
        day = {"date": "2026-08-01", "avg_quality_score": 0.9, "grade_distribution": {"A": 3}}
        return self.good([{**day, "avg_field_fill_rate": 0.8, "job_count": 3}])

    def create_connector(self, request: httpx.Request) -> httpx.Response:
        said = json.loads(request.content)
        words = {"L": "access_key_id"}.get(self.dialect, "aws_access_key_id")
        if said["type"] == "s3" and words not in said["config"]:
            return self.refuse(422, "VALIDATION_ERROR", f"config: {words} is missing")
        connector = {"id": len(self.connectors) + 1, "name": said["name"], "type": said["type"]}
        self.connectors.append(connector | {"active": True, "config": {"bucket": "b"}})
        return self.good(self.connectors[-1], 201)

    def list_connectors(self, request: httpx.Request) -> httpx.Response:
        return self.page(request, self.connectors)

    def get_connector(self, request: httpx.Request, number: str) -> httpx.Response:
        return self.good(self.connectors[int(number) - 1])

    def test_connector(self, request: httpx.Request, number: str) -> httpx.Response:
        return self.good({"success": True, "latency_ms": 42, "message": "Connection OK"})

    def delete_connector(self, request: httpx.Request, number: str) -> httpx.Response:
        del self.connectors[int(number) - 1]
        return httpx.Response(204)

    def create_schedule(self, request: httpx.Request, number: str) -> httpx.Response:
        said = json.loads(request.content)
        if ("cron_expression" in said) != (self.dialect == "L"):
            return self.refuse(422, "VALIDATION_ERROR", "cron: missing")
        return self.good({"id": "s1", "connector_id": number, "is_active": True, **said}, 201)

    def list_schedules(self, request: httpx.Request, number: str) -> httpx.Response:
        return self.good([{"id": "s1", "connector_id": number, "cron_expression": "0 2 * * *"}])

    def trigger(self, request: httpx.Request, number: str) -> httpx.Response:
        return self.good({"id": "log1", "schedule_id": "s1", "status": "running"}, 202)

    def logs(self, request: httpx.Request, number: str) -> httpx.Response:
        log = {"id": "log1", "schedule_id": "s1", "status": "completed", "files_new": 3}
        return self.good([log])

    def delete_schedule(self, request: httpx.Request, number: str) -> httpx.Response:
        return self.good({"deleted": True})

    def register(self, request: httpx.Request) -> httpx.Response:
        said = json.loads(request.content)
        webhook = {"id": len(self.webhooks) + 1, "url": said["url"], "events": said["events"]}
        self.webhooks.append(webhook | {"active": True, "created_at": "2026-05-24"})
        secret = {"secret": "made-by-the-service"} if self.dialect == "L" else {}
        return self.good(self.webhooks[-1] | secret, 201)

    def list_webhooks(self, request: httpx.Request) -> httpx.Response:
        return self.page(request, self.webhooks)

    def delete_webhook(self, request: httpx.Request, number: str) -> httpx.Response:
        del self.webhooks[int(number) - 1]
        return httpx.Response(204)
