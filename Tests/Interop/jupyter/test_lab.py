"""JupyterLab in a browser: a notebook runs with its pictures, and questions are answered while a cell runs.

The pictures of the screen are kept in ETUDE_SCREENSHOTS, when that names a folder.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from selenium import webdriver
from selenium.webdriver.common.by import By

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"


@pytest.fixture(scope="module")
def folder(jupyter):
    place = jupyter / "lab"
    place.mkdir()
    return place


@pytest.fixture(scope="module")
def server(folder):
    settings = Path(os.environ["JUPYTER_CONFIG_DIR"], "lab/user-settings/@jupyterlab/apputils-extension")
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0", "--expose-app-in-browser"),
        *("--IdentityProvider.token=secret", f"--ServerApp.root_dir={folder}", "--ServerApp.disable_check_xsrf=True"),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if found := re.search(r"(http://(?:localhost|127.0.0.1):\d+)/lab", line):
            break
    # The log is of no use, but a full pipe would stop the server.
    drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
    yield found[1]
    process.terminate()
    process.wait(timeout=30)
    drain.wait(timeout=30)


@pytest.fixture(scope="module")
def browser():
    options = webdriver.ChromeOptions()
    for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1300,1500"]:
        options.add_argument(argument)
    options.binary_location = shutil.which("chromium")
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options, service)
    yield driver
    driver.quit()


class Lab:
    """What a user does, by the commands of the menus."""

    def __init__(self, browser, server, path):
        self.browser = browser
        browser.get(f"{server}/lab/tree/{path}?token=secret&reset")
        self.wait("return !!window.jupyterapp && !!document.querySelector('.jp-Notebook .jp-Cell')", 90)
        self.wait(f"return {self.kernel}?.status === 'idle'", 60)

    kernel = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"

    def script(self, text):
        return self.browser.execute_script(text)

    def command(self, name, arguments="{}"):
        self.script(f"window.jupyterapp.commands.execute('{name}', {arguments}); return null")

    def wait(self, script, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if result := self.script(script):
                return result
            time.sleep(0.1)
        self.picture("failed")
        raise AssertionError(f"not within {seconds} s: {script}")

    def type(self, text):
        where = ".jp-Notebook .jp-mod-selected.jp-mod-active .cm-content"
        self.browser.find_element(By.CSS_SELECTOR, where).send_keys(text)

    def picture(self, name):
        if place := os.environ.get("ETUDE_SCREENSHOTS"):
            self.browser.save_screenshot(f"{place}/{name}.png")


def write(folder, name, *cells):
    kernelspec = {"name": "etude", "display_name": "Étude", "language": "etude"}
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernelspec}
    )
    nbformat.write(made, folder / name)


def test_questions_are_answered_while_a_cell_runs(browser, server, folder):
    write(folder, "busy.ipynb", "threshold = 3", "for i in range(3000000):\n  a = i", "")
    lab = Lab(browser, server, "busy.ipynb")
    lab.command("notebook:move-cursor-up")
    lab.command("notebook:run-all-cells")
    prompts = "[...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')].map(e => e.textContent)"
    lab.wait(f"return {prompts}[1] === '[*]:' && {prompts}[0] === '[1]:'")

    # Completion in the cell below the one that runs.
    lab.script("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 2; return null")
    lab.command("notebook:enter-edit-mode")
    lab.type("thresh")
    lab.command("completer:invoke-notebook")
    completed = "document.querySelector('.jp-Notebook .jp-mod-active .cm-content').textContent"
    # A single match is put in, several are listed.
    lab.wait(f"return {completed}.includes('threshold') || !!document.querySelector('.jp-Completer-item')", 10)
    lab.picture("completion")

    # %who in a console of its own, in the same session.
    lab.command("notebook:create-subshell-console")
    prompt = "window.jupyterapp.shell.currentWidget?.console?.promptCell"
    lab.wait(f"return !!{prompt}?.model && !!{lab.kernel}?.subshellId", 30)
    lab.script(f"{prompt}.model.sharedModel.setSource('%who'); return null")
    lab.command("console:run-forced")
    shown = "document.querySelector('.jp-CodeConsole-content .jp-OutputArea-output')?.textContent"
    lab.wait(f"return {shown}?.includes('threshold')", 10)
    assert lab.script(f"return {prompts}[1]") == "[*]:"
    lab.picture("who")

    # And the cell is stopped, keeping what it had.
    lab.command("notebook:interrupt-kernel")
    lab.script("window.jupyterapp.shell.activateById([...window.jupyterapp.shell.widgets('main')][0].id); return null")
    lab.command("notebook:interrupt-kernel")
    errors = "[...document.querySelectorAll('.jp-Notebook .jp-OutputArea-output')].map(e => e.textContent).join('')"
    lab.wait(f"return {errors}.includes('interrupted')", 20)
    lab.picture("interrupted")


def test_the_first_notebook_runs_with_its_pictures(browser, server, folder, etude):
    source = next(NOTEBOOKS.glob("01-*.etude"))
    etude("convert", source, folder / "first.ipynb")
    lab = Lab(browser, server, "first.ipynb")
    lab.command("notebook:run-all-cells")
    cells = "[...document.querySelectorAll('.jp-Notebook .jp-CodeCell')]"
    prompts = f"{cells}.map(e => e.querySelector('.jp-InputPrompt').textContent)"
    lab.wait(f"return {prompts}.every(text => /\\[\\d+\\]/.test(text))", 120)
    errors = "document.querySelectorAll('.jp-Notebook [data-mime-type=\"application/vnd.jupyter.error\"]').length"
    assert lab.script(f"return {errors}") == 0
    # The curve of the last cell.
    last = f"{cells}.at(-1)"
    lab.script(f"{last}.scrollIntoView(); return null")
    assert lab.wait(f"return {last}.querySelector('.jp-RenderedSVG, .jp-RenderedImage img')?.clientHeight", 10) > 100
    lab.picture("first")
