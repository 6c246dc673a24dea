"""Installs the kernel for a Jupyter of its own, which knows nothing of the user's."""

import os

import pytest


@pytest.fixture(scope="session", autouse=True)
def jupyter(etude, tmp_path_factory):
    """Every folder of Jupyter's and of the kernel's is a temporary one."""
    home = tmp_path_factory.mktemp("jupyter")
    for name in ["JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR", "XDG_STATE_HOME"]:
        os.environ[name] = str(home / name.lower())
    # What a client of today does without being told, ipykernel's own history included.
    os.environ["JUPYTER_PLATFORM_DIRS"] = "1"
    etude("kernel", "install", "--user")
    return home


@pytest.fixture
def kernel(jupyter):
    """A kernel that runs, and its client."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="etude")
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)
