"""The images as they are run in earnest: read-only, without rights, without a network.

Run by hand, as root: ``PYTHON_IMAGE=python:3.13-slim pytest -m soak tests/deploy/test_image_live.py``.
"""

import json
import shutil
from signal import SIGCONT, SIGSTOP

import pytest

from flexorchd import __version__
from tests.deploy.images import CONFINED, REPOSITORY, build, missing, podman, until

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(bool(missing()), reason=missing()),
]

DOCUMENTS = REPOSITORY / "tests/deploy/documents"
DEMO = REPOSITORY / "flexorchd/demo"
USER = 10001


@pytest.fixture(scope="module")
def engine():
    return build("engine")


@pytest.fixture(scope="module")
def lean():
    return build("lean")


@pytest.fixture
def run(tmp_path):
    """Starts containers on folders of their own, and takes them away again."""
    with podman() as pod:
        names = []

        def start(image, *options, command=()):
            name = f"flexorchd-{len(names)}"
            pod("rm", "-f", "-v", name, check=False)
            names.append(name)
            folders = []
            for folder, inside in (
                ("inbox", "/srv/flexorchd/inbox"),
                ("outbox", "/srv/flexorchd/outbox"),
            ):
                (tmp_path / folder).mkdir(exist_ok=True)
                shutil.chown(tmp_path / folder, USER, USER)
                folders += ["-v", f"{tmp_path / folder}:{inside}"]
            pod("run", "-d", "--name", name, *CONFINED, *folders, *options, image, *command)
            return name

        yield pod, start
        for name in names:
            pod("rm", "-f", "-v", "-t", 1, name, check=False)


def test_it_turns_documents_into_results_with_the_configuration_it_carries(engine, run, tmp_path):
    pod, start = run
    name = start(engine)
    for document in (DOCUMENTS / "kinds.pdf", DOCUMENTS / "scan.png", DEMO / "order.html"):
        shutil.copy(document, tmp_path / "inbox")
    results = tmp_path / "outbox/results/inbox"
    until(lambda: len(list(results.glob("*.json"))) == 3, lambda: pod.logs(name))
    scan = json.loads((results / "scan.png.json").read_text())
    assert "Lieferung" in json.dumps(scan["document"])
    assert (results / "scan.png.json").stat().st_uid == USER


def test_its_health_check_notices_a_dead_stage(engine, run):
    pod, start = run
    name = start(engine)
    until(lambda: pod.healthy(name), lambda: pod.logs(name))
    # Process 1 is tini; what it watches over is what hangs.
    signal = (
        "import os, sys; os.kill(int(open('/proc/1/task/1/children').read()), int(sys.argv[1]))"
    )
    pod("exec", name, "python", "-c", signal, int(SIGSTOP))
    assert not pod.healthy(name)
    pod("exec", name, "python", "-c", signal, int(SIGCONT))
    until(lambda: pod.healthy(name), lambda: pod.logs(name))


def test_it_stops_in_time_and_goes_on_after_being_killed(engine, run, tmp_path):
    pod, start = run
    name = start(engine)
    until(lambda: "daemon.started" in pod.logs(name), lambda: pod.logs(name))
    pod("stop", "-t", 12, name)
    assert pod("inspect", name, "--format", "{{.State.ExitCode}}").strip() == "0"
    pod("start", name)
    until(lambda: pod.logs(name).count("daemon.started") == 2, lambda: pod.logs(name))
    pod("kill", "-s", "KILL", name)
    shutil.copy(DEMO / "order.html", tmp_path / "inbox")
    pod("start", name)
    result = tmp_path / "outbox/results/inbox/order.html.json"
    until(result.exists, lambda: pod.logs(name))


def test_a_signal_of_the_first_moment_ends_it(engine, run):
    pod, start = run
    name = start(engine)
    pod("kill", "-s", "TERM", name)
    assert pod("wait", name).strip() in ("0", "143")
    assert "daemon.started" not in pod.logs(name)


def test_it_has_no_rights_and_no_writable_root(engine, run):
    pod, start = run
    name = start(engine)
    until(lambda: "daemon.started" in pod.logs(name), lambda: pod.logs(name))
    told = pod("exec", name, "python", "-c",
               "import os; print(os.getuid()); print(open('/proc/1/status').read())")  # fmt: skip
    assert told.startswith(f"{USER}\n")
    assert "CapBnd:\t0000000000000000" in told
    assert "NoNewPrivs:\t1" in told
    with pytest.raises(AssertionError, match="Read-only file system"):
        pod("exec", name, "touch", "/opt/flexorchd/new")


def test_the_lean_one_asks_for_a_key(lean, run):
    pod, start = run
    name = start(lean)
    assert pod("wait", name).strip() == "2"
    assert "FLEXORCH_API_KEY" in pod.logs(name)


def test_a_key_comes_as_a_secret_and_is_nowhere_else(lean, run, tmp_path):
    pod, start = run
    key = tmp_path / "key"
    key.write_text("dfx_proofproofproofproof")
    shutil.chown(key, USER)
    key.chmod(0o400)
    name = start(
        lean, "-v", f"{key}:/run/secrets/flexorch_api_key:ro",
        "-e", "FLEXORCHD_API__KEY_FILE=/run/secrets/flexorch_api_key",
        "-e", "FLEXORCHD_API__BASE_URL=http://127.0.0.1:9/v1",
    )  # fmt: skip
    until(lambda: "daemon.started" in pod.logs(name), lambda: pod.logs(name))
    assert "sent to 127.0.0.1:9 as workspace key dfx_…roof" in pod.logs(name)
    assert "proofproof" not in pod.logs(name)


@pytest.mark.parametrize("target", ["engine", "lean"])
def test_it_is_labelled_and_nobody_in_particular_runs_it(target, request, run):
    pod, _ = run
    image = request.getfixturevalue(target)
    config = pod.config(image)
    labels = config["Labels"]
    assert labels["org.opencontainers.image.version"] == __version__
    assert config["Config"]["User"] == f"{USER}:{USER}"
    told = pod("run", "--rm", *CONFINED, image, "--version")
    assert __version__ in told
