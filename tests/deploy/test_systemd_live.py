"""The unit under a real systemd, installed as the how-to says, with the engine at work under the hardening.

Run by hand, as root: ``pytest -m soak tests/deploy/test_systemd_live.py``; it takes some minutes.
"""

import json
import re
from pathlib import Path

import pytest

from tests.deploy.machine import HOW_TO, block, booted, missing

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(900),
    pytest.mark.skipif(bool(missing()), reason=missing()),
]

INBOX, OUTBOX = "/srv/flexorchd/inbox", "/srv/flexorchd/outbox"
DEMO = "/root/flexorchd/flexorchd/demo"


@pytest.fixture(scope="module")
def machine():
    with booted() as machine:
        machine.run("cd /root/flexorchd\n" + block("unit"))
        yield machine


@pytest.fixture
def unit(machine):
    """The unit without drop-ins, running."""
    machine.run(
        "rm -rf /etc/systemd/system/flexorchd.service.d; systemctl daemon-reload;"
        "systemctl reset-failed flexorchd || true; systemctl restart flexorchd"
    )
    return machine


def drop_in(machine, *lines):
    machine.run(
        "mkdir -p /etc/systemd/system/flexorchd.service.d;"
        "cat > /etc/systemd/system/flexorchd.service.d/proof.conf <<'END'\n[Service]\n"
        + "\n".join(lines)
        + "\nEND\nsystemctl daemon-reload"
    )


def pid(machine):
    return machine.show("MainPID")


def result(machine, name):
    path = f"{OUTBOX}/results/inbox/{name}.json"
    machine.until(lambda: machine.exists(path))
    return json.loads(machine.run(f"cat {path}"))


def test_the_how_to_leads_to_a_result(unit):
    unit.run("cd /root/flexorchd\n" + block("try"))
    assert result(unit, "rechnung-2026-0117.xml")["document"]["type"] == "invoice"
    assert "document_no" in unit.run(block("result"))
    assert unit.run(f"stat -c '%U %G %a' {OUTBOX}/results/inbox/*.json").split("\n")[0] == (
        "flexorchd flexorchd 640"
    )
    assert unit.run("stat -c '%U %a' /var/lib/flexorchd").strip() == "flexorchd 700"


def test_it_looks_well(unit):
    told = unit.run(block("look").replace("systemctl status", "systemctl --no-pager status"))
    assert "documents are processed on this machine" in told
    assert "Status:" in told
    assert "bad " not in told


def test_every_kind_of_document_is_read_under_the_hardening(unit):
    for name in ("kinds.pdf", "kinds.docx", "kinds.xlsx", "scan.png"):
        unit.run(f"cp /src/tests/deploy/documents/{name} {INBOX}/")
    unit.run(f"cp {DEMO}/complaint.eml {DEMO}/order.html {DEMO}/fatura-gider.txt {INBOX}/")
    for name in ("kinds.pdf", "kinds.docx", "kinds.xlsx", "complaint.eml", "order.html"):
        assert result(unit, name)["job"]["status"] == "completed"
    assert "Lieferung" in json.dumps(result(unit, "scan.png")["document"])
    denied = unit.run("journalctl -k -b --no-pager | grep -c 'type=1326' || true").strip()
    assert denied in ("", "0")


def test_the_exposure_is_small(unit):
    unit.run("systemd-analyze security --no-pager --threshold=12 flexorchd")
    assert (
        unit.run(
            "systemd-analyze verify --man=no /etc/systemd/system/flexorchd.service"
            " /etc/systemd/system/flexorchd@.service 2>&1 | grep flexorchd || true"
        )
        == ""
    )


def test_nothing_leaves_the_machine(unit):
    """The kernel drops it, whoever sends it."""
    unit.run("ip addr replace 10.99.0.1/32 dev lo")
    probe = "import socket; socket.create_connection(('10.99.0.1', 9), 3)"
    confined = (
        "systemd-run -q --pipe --wait -p IPAddressDeny=any -p IPAddressAllow=localhost"
        f' python3 -c "{probe}" 2>&1 || true'
    )
    assert "timed out" in unit.run(confined)
    assert sorted(unit.show("IPAddressDeny").split()) == ["0.0.0.0/0", "::/0"]


def test_ready_is_told_only_when_it_is(unit):
    unit.run("systemctl stop flexorchd")
    drop_in(unit, "ExecStartPost=flexorchd files --json -c /etc/flexorchd/config.toml")
    assert unit.run("systemctl start flexorchd; systemctl is-active flexorchd").strip() == "active"
    assert unit.run("curl -fsS http://127.0.0.1:8620/readyz").strip() == '{"status":"ready"}'


def test_killed_it_is_started_again_without_its_engine_left_over(unit):
    before = pid(unit)
    group = "/sys/fs/cgroup/system.slice/flexorchd.service/cgroup.procs"
    old = set(unit.run(f"cat {group}").split())
    unit.run("systemctl kill --kill-whom=main -s KILL flexorchd")
    unit.until(lambda: pid(unit) not in ("0", before) and unit.show("ActiveState") == "active")
    assert not old & set(unit.run(f"cat {group}").split())
    assert unit.show("NRestarts") == "1"


def test_a_missed_watchdog_starts_it_again(unit):
    drop_in(unit, "WatchdogSec=5", "TimeoutAbortSec=2")
    unit.run("systemctl restart flexorchd")
    before = pid(unit)
    unit.run(f"kill -STOP {before}")
    unit.until(lambda: pid(unit) not in ("0", before) and unit.show("ActiveState") == "active")
    assert "watchdog" in unit.run("journalctl -u flexorchd -n 30 --no-pager").lower()


def test_a_changed_configuration_is_taken_over_and_a_wrong_one_refused(unit):
    before = pid(unit)
    unit.run("cp /etc/flexorchd/config.toml /root/kept.toml")
    unit.run(
        f"install -d -o flexorchd /srv/flexorchd/more; cp {DEMO}/order.html /srv/flexorchd/more/"
    )
    unit.run(
        'printf \'\\n[[watch]]\\nname = "more"\\npath = "/srv/flexorchd/more"\\n\''
        " >> /etc/flexorchd/config.toml\n" + block("reload")
    )
    unit.until(lambda: unit.exists(f"{OUTBOX}/results/more/order.html.json"))
    unit.run("echo 'nonsense = 1' > /etc/flexorchd/config.toml\n" + block("reload"))
    unit.until(lambda: "reload.refused" in unit.run("journalctl -u flexorchd -n 20 --no-pager"))
    assert unit.show("ActiveState") == "active"
    assert pid(unit) == before
    unit.run("cp /root/kept.toml /etc/flexorchd/config.toml")


def test_a_wrong_configuration_stops_it_for_good(unit):
    unit.run("cp /etc/flexorchd/config.toml /root/kept.toml")
    unit.run("echo 'nonsense = 1' > /etc/flexorchd/config.toml")
    unit.run("systemctl restart flexorchd", check=False)
    unit.until(lambda: unit.show("ActiveState") == "failed")
    assert unit.show("ExecMainStatus") == "2"
    assert "nonsense" in unit.run("systemctl status --no-pager flexorchd", check=False)
    unit.run("cp /root/kept.toml /etc/flexorchd/config.toml")


def test_it_stops_in_time_and_leaves_nothing(unit):
    unit.run(
        f"cp {DEMO}/complaint.eml {INBOX}/again.eml; time systemctl stop flexorchd", timeout=11
    )
    assert unit.show("Result") == "success"
    assert unit.show("ExecMainStatus") == "0"
    assert unit.run("pgrep -u flexorchd || true") == ""


def test_the_key_is_a_credential(unit):
    unit.run(
        "printf dfx_proofproofproofproof > /root/KEY; cd /root/flexorchd\n"
        + block("hosted").replace("< KEY", "< /root/KEY").replace("systemctl restart", "true")
    )
    drop_in(
        unit,
        "Environment=FLEXORCHD_API__BASE_URL=http://127.0.0.1:9/v1",
        "StateDirectory=flexorchd-hosted",
        "Environment=FLEXORCHD_STATE_DIR=%S/flexorchd-hosted",
        "Environment=FLEXORCHD_OUTPUT__PATH=%S/flexorchd-hosted/outbox",
    )
    unit.run("systemctl restart --no-block flexorchd")
    unit.until(lambda: "sent to 127.0.0.1" in unit.run("journalctl -u flexorchd -n 20 --no-pager"))
    assert "proofproof" not in unit.run("journalctl -u flexorchd --no-pager")
    unit.run("systemd-analyze security --no-pager --threshold=12 flexorchd")
    unit.run("rm /etc/flexorchd/api-key; systemctl restart flexorchd", check=False)
    assert unit.show("ExecMainStatus") == "243"
    unit.run("systemctl stop flexorchd")


def test_a_full_disk_is_waited_out(unit):
    unit.run(
        "systemctl stop flexorchd; mkdir -p /srv/flexorchd/small;"
        "mount -t tmpfs -o size=256k,mode=755 tmpfs /srv/flexorchd/small;"
        "chown flexorchd: /srv/flexorchd/small"
    )
    drop_in(
        unit,
        "Environment=FLEXORCHD_OUTPUT__PATH=/srv/flexorchd/small",
        "StateDirectory=flexorchd-small",
        "Environment=FLEXORCHD_STATE_DIR=%S/flexorchd-small",
    )
    unit.run("systemctl start flexorchd")
    unit.run("head -c 300k /dev/zero > /srv/flexorchd/small/ballast || true")
    unit.run(f"cp {DEMO}/order.html {INBOX}/late.html")
    unit.until(lambda: "No space left" in unit.run("journalctl -u flexorchd -n 60 --no-pager"))
    assert unit.show("ActiveState") == "active"
    unit.run("rm /srv/flexorchd/small/ballast")
    unit.until(lambda: unit.exists("/srv/flexorchd/small/results/inbox/late.html.json"), 90)
    unit.run("systemctl stop flexorchd; umount /srv/flexorchd/small")


def test_folders_elsewhere_by_the_example(unit):
    unit.run(
        "install -d -o flexorchd /mnt/scans /mnt/results; cd /root/flexorchd\n" + block("folders")
    )
    assert "/mnt/results" in unit.show("ReadWritePaths")
    assert unit.show("ActiveState") == "active"


def test_an_instance_has_places_of_its_own(unit):
    (shown,) = re.findall(r"```toml\n(state_dir.*?)```", HOW_TO.read_text(), re.DOTALL)
    unit.run(f"cat > /etc/flexorchd/scans.toml <<'END'\n{shown}END\n" + block("instance"))
    unit.run(f"cp {DEMO}/order.html /srv/flexorchd-scans/inbox/")
    unit.until(lambda: unit.exists("/srv/flexorchd-scans/outbox/results/scans/order.html.json"))
    assert unit.show("ActiveState") == unit.show("ActiveState", "flexorchd@scans") == "active"
    unit.run("systemctl stop flexorchd@scans")


def test_an_upgrade_keeps_everything(unit):
    unit.run(f"cp {DEMO}/order.html {INBOX}/upgraded.html")
    result(unit, "upgraded.html")
    before = pid(unit)
    pip = "export PIP_CERT=/etc/ssl/certs/ca-certificates.crt; cd /root/flexorchd\n"
    unit.run(pip + block("upgrade"), network=True, timeout=300)
    assert pid(unit) not in ("0", before)
    assert "All is well" in unit.run("runuser -u flexorchd -- flexorchd status")
    assert unit.exists("/var/lib/flexorchd/before-upgrade.sqlite3")
    log = unit.run("journalctl -u flexorchd --no-pager _PID=$(systemctl show -P MainPID flexorchd)")
    assert "upload.sent" not in log


def test_traces_leave_under_the_hardening(unit):
    listener = (
        "import socket; s = socket.create_server(('127.0.0.1', 4318)); c = s.accept()[0];"
        "print(c.recv(200).split()[:2]); c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n')"
    )
    unit.run(f'systemd-run --unit=collector python3 -uc "{listener}"')
    drop_in(unit, "Environment=OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318")
    unit.run(f"systemctl restart flexorchd; cp {DEMO}/order.html {INBOX}/traced.html")
    unit.until(lambda: "/v1/traces" in unit.run("journalctl -u collector --no-pager"))


def test_a_lost_state_sends_nothing_again(unit):
    unit.run(f"cp {DEMO}/order.html {INBOX}/kept.html")
    result(unit, "kept.html")
    unit.run("systemctl stop flexorchd; rm -rf /var/lib/flexorchd/*; systemctl start flexorchd")
    told = unit.run(
        "journalctl -u flexorchd -b --no-pager _PID=$(systemctl show -P MainPID flexorchd)"
    )
    assert "upload.sent" not in told
    assert "delivered" in unit.run("runuser -u flexorchd -- flexorchd files --state delivered")


def test_every_block_of_the_how_to_is_run_here():
    blocks = re.findall(r"<!-- run: (\w+) -->", HOW_TO.read_text())
    here = "".join(path.read_text() for path in Path(__file__).parent.glob("*.py"))
    assert [name for name in blocks if f'block("{name}")' not in here] == []


def test_it_goes_away_as_the_how_to_says(unit):
    unit.run(block("remove", HOW_TO.with_name("remove.md")))
    assert unit.run("systemctl is-active flexorchd || true").strip() == "inactive"
    assert unit.run("find / -xdev -name '*flexorchd*' -not -path '/root/*' -not -path '/src/*'"
                    " -not -path '/srv/*' -not -path '/proc/*' -not -path '/var/log/*'") == ""  # fmt: skip
    assert unit.exists(OUTBOX)
