"""The kernel as a process: restart, signals, the end of its parent."""

import os
import signal
import subprocess
import sys
import time

import pytest


def run(client, code, **options):
    reply = client.execute_interactive(code, timeout=60, output_hook=lambda message: None, **options)
    return reply["content"]


def wait_for(condition, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


LONG = "before = 1\nprint('begun')\nfor i in range(3000000):\n  a = i"


def begin(client, code):
    """Sends a cell that prints something and waits until it has."""
    request = client.execute(code)
    while True:
        message = client.get_iopub_msg(timeout=30)
        if message["msg_type"] == "stream" and message["parent_header"]["msg_id"] == request:
            return request


def reply_to(client, request):
    while True:
        reply = client.get_shell_msg(timeout=30)
        if reply["parent_header"]["msg_id"] == request:
            return reply["content"]


def test_a_restarted_kernel_remembers_nothing(kernel):
    manager, client = kernel
    assert run(client, "x = 1")["status"] == "ok"
    manager.restart_kernel()
    client.wait_for_ready(timeout=30)
    content = run(client, "x")
    assert content["status"] == "error" and content["ename"] == "UnknownName"


def test_a_restart_comes_through_a_cell_that_runs(kernel):
    manager, client = kernel
    begin(client, LONG)
    manager.restart_kernel()
    client.wait_for_ready(timeout=30)
    assert run(client, "1")["status"] == "ok"


@pytest.mark.parametrize("by", ["message", "signal"])
def test_an_interrupt_stops_the_cell(kernel, by):
    manager, client = kernel
    request = begin(client, LONG)
    if by == "message":
        manager.interrupt_kernel()
    else:
        os.kill(manager.provisioner.pid, signal.SIGINT)
    content = reply_to(client, request)
    assert content["status"] == "error" and content["ename"] == "KeyboardInterrupt"
    assert run(client, "before")["status"] == "ok"


def test_signals_without_a_cell_change_nothing(kernel):
    manager, client = kernel
    for _ in range(3):
        os.kill(manager.provisioner.pid, signal.SIGINT)
    assert run(client, "1 + 1")["status"] == "ok"


def test_it_ends_when_asked(kernel):
    manager, client = kernel
    manager.shutdown_kernel()
    assert not manager.is_alive()


def test_it_ends_with_its_parent(jupyter):
    script = (
        "import os, sys; from jupyter_client.manager import start_new_kernel\n"
        "manager, client = start_new_kernel(kernel_name='etude')\n"
        "print(manager.provisioner.pid, flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    pid = int(done.stdout)
    assert wait_for(lambda: not os.path.exists(f"/proc/{pid}"))


def test_no_key_and_no_private_file_are_refused(etude, tmp_path):
    from jupyter_client.connect import write_connection_file

    path, info = write_connection_file(str(tmp_path / "c.json"), key=b"abc")
    os.chmod(path, 0o644)
    refused = subprocess.run([etude.binary, "kernel", "start", "-f", path], capture_output=True, text=True, timeout=20)
    assert refused.returncode == 1 and "chmod 600" in refused.stderr
    path, info = write_connection_file(str(tmp_path / "d.json"), key=b"")
    refused = subprocess.run([etude.binary, "kernel", "start", "-f", path], capture_output=True, text=True, timeout=20)
    assert refused.returncode == 2 and "--unsigned" in refused.stderr


def test_a_kernel_that_jupyter_did_not_start(etude, jupyter):
    """`etude kernel start` makes a connection file that only its owner can read, and takes it away."""
    from jupyter_client.blocking import BlockingKernelClient

    process = subprocess.Popen([etude.binary, "kernel", "start"], stderr=subprocess.PIPE, text=True)
    line = process.stderr.readline()
    path = line.split()[-1]
    assert os.stat(path).st_mode & 0o777 == 0o600
    client = BlockingKernelClient(connection_file=path)
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=20)
    assert run(client, "6 * 7")["status"] == "ok"
    client.shutdown()
    assert process.wait(timeout=20) == 0
    client.stop_channels()
    assert not os.path.exists(path)
