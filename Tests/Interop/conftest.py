"""Runs `etude` once to train and evaluate a small MMAR; every test then reads what it wrote.

pytest Tests/Interop --etude .build/release/etude
"""

import os
import shutil
import subprocess

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))


def pytest_addoption(parser):
    parser.addoption("--etude", default=os.environ.get("ETUDE", "etude"), help="the binary under test")


class Etude:
    """The binary; a failing run fails the test with everything it printed."""

    def __init__(self, binary):
        self.binary = os.path.abspath(binary) if os.path.exists(binary) else binary

    def __call__(self, *arguments):
        command = [self.binary, *map(str, arguments)]
        run = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        assert run.returncode == 0, f"{' '.join(command)}\n{run.stdout[-4000:]}\n{run.stderr[-4000:]}"
        return run.stdout + run.stderr


class Mmar:
    """A copy of the model folder, its data, and how `etude` is called on it."""

    def __init__(self, etude, root, data):
        self.etude, self.root, self.data = etude, root, data
        shutil.copytree(os.path.join(HERE, "mmar"), root, dirs_exist_ok=True)

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def run(self, verb, config, **variables):
        variables = {"DATA_ROOT": self.data, "DATASET_JSON": os.path.join(self.data, "dataset.json"), **variables}
        return self.etude(
            verb,
            "-m",
            self.root,
            "-c",
            f"config/{config}.json",
            "-e",
            "config/environment.json",
            "--set",
            *[f"{k}={v}" for k, v in variables.items()],
        )


@pytest.fixture(scope="session")
def etude(request):
    return Etude(request.config.getoption("--etude"))


@pytest.fixture(scope="session")
def data(etude, tmp_path_factory):
    """Four 64³ volumes, one of them for validation, made by `etude` itself."""
    folder = tmp_path_factory.mktemp("data")
    etude("dataset", "synthesize", folder, "--n", 4, "--shape", 64, 64, 64, "--val", 1)
    return str(folder)


@pytest.fixture(scope="session")
def trained(etude, data, tmp_path_factory):
    """The folder after four epochs of training."""
    mmar = Mmar(etude, str(tmp_path_factory.mktemp("trained")), data)
    mmar.output = mmar.run("train", "config_train")
    return mmar


@pytest.fixture(scope="session")
def evaluated(trained):
    """The same folder after validation: masks and CSV files lie in eval/."""
    trained.run("evaluate", "config_validation")
    return trained
