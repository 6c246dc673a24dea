"""The tools that run notebooks without a person: nbclient, nbconvert, papermill."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def notebook(*cells):
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "etude", "display_name": "Étude", "language": "etude"}},
    )
    nbformat.validate(made)
    return made


FIRST = next((Path(__file__).parents[3] / "notebooks").glob("01-*.etude"))
SOURCE = ("rate = 1e-3\nrate * 2", "print('one')\nprint('two')\ndisplay(rate)", "rate;")


def test_nbclient_runs_a_notebook(jupyter):
    made = notebook(*SOURCE)
    NotebookClient(made, kernel_name="etude", timeout=60).execute()
    nbformat.validate(made)
    first, second, third = (cell.outputs for cell in made.cells)
    assert [output.output_type for output in first] == ["execute_result"]
    assert first[0].data["text/plain"] == "0.002"
    assert [output.output_type for output in second] == ["stream", "display_data"]
    assert second[0].text == "one\ntwo\n"
    assert third == []
    assert [cell.execution_count for cell in made.cells] == [1, 2, 3]
    assert made.metadata.language_info.file_extension == ".etude"


def test_nbclient_stops_at_a_mistake(jupyter):
    made = notebook("x = 1", "DiceLoss(sigmod=True)", "y = 2")
    with pytest.raises(CellExecutionError) as failure:
        NotebookClient(made, kernel_name="etude", timeout=60).execute()
    assert failure.value.ename == "UnknownArgument"
    assert [len(cell.outputs) for cell in made.cells] == [0, 1, 0]


def test_nbconvert_makes_a_page(jupyter, tmp_path):
    source = tmp_path / "source.ipynb"
    nbformat.write(notebook(*SOURCE), source)
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "--execute", "--allow-errors", str(source)]
    subprocess.run(command, check=True, timeout=120)
    page = (tmp_path / "source.html").read_text()
    assert "0.002" in page


def test_papermill_runs_without_parameters(jupyter, tmp_path):
    source, target = tmp_path / "source.ipynb", tmp_path / "target.ipynb"
    nbformat.write(notebook(*SOURCE), source)
    subprocess.run([sys.executable, "-m", "papermill", str(source), str(target)], check=True, timeout=120)
    made = nbformat.read(target, as_version=4)
    assert made.metadata.papermill.exception is None
    assert made.cells[0].outputs[0].data["text/plain"] == "0.002"


@pytest.fixture(scope="module")
def first(etude, tmp_path_factory):
    """The first of our notebooks, in a folder of its own."""
    path = tmp_path_factory.mktemp("first") / "first.ipynb"
    etude("convert", FIRST, path)
    return path


def test_nbconvert_runs_the_first_notebook_with_its_pictures(first):
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "--execute", str(first)]
    subprocess.run(command, check=True, timeout=300)
    page = first.with_suffix(".html").read_text()
    assert "<svg" in page or "data:image/png;base64" in page


def test_papermill_runs_the_first_notebook(first):
    target = first.with_name("ran.ipynb")
    command = [sys.executable, "-m", "papermill", str(first), str(target), "--cwd", str(first.parent)]
    subprocess.run(command, check=True, timeout=300)
    outputs = nbformat.read(target, as_version=4).cells[-1].outputs
    assert any("image/svg+xml" in output.get("data", {}) for output in outputs)
