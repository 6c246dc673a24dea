"""What `etude run` and `etude convert` write, by nbformat and nbconvert."""

import json
import shutil
import subprocess
from pathlib import Path

import nbconvert
import nbformat
import pytest

ROOT = Path(__file__).parents[3]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.etude"))
QUICK = ["01-first-session", "04-what-each-transform-does", "09-find-the-mistakes"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The notebooks and the example, as they lie beside each other."""
    folder = tmp_path_factory.mktemp("notebooks")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    shutil.copytree(ROOT / "examples/spleen/config", folder / "examples/spleen/config")
    return folder


@pytest.fixture(scope="module", params=QUICK)
def written(request, etude, folder):
    out = folder / f"{request.param}.ipynb"
    etude("run", folder / "notebooks" / f"{request.param}.etude", "--out", out)
    return out


def test_a_run_is_valid(written):
    notebook = nbformat.read(written, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_nbconvert_colours_it(written):
    html, _ = nbconvert.HTMLExporter().from_filename(str(written))
    assert '<span class="nc">' in html or '<span class="nf">' in html
    assert '<span class="err">' not in html


@pytest.mark.parametrize("script", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_converted_script_is_valid(script, etude, tmp_path):
    out = tmp_path / "n.ipynb"
    etude("convert", script, out)
    nbformat.validate(nbformat.read(out, as_version=nbformat.NO_CONVERT))
    etude("convert", out, tmp_path / "back.etude")
    assert (tmp_path / "back.etude").read_text() == script.read_text()


def test_nothing_of_jupyters_own_notebook_is_lost(etude, tmp_path):
    """Ids, tags, nested metadata, raw cells and code that looks like a cell come back."""
    new = nbformat.v4
    notebook = new.new_notebook(
        metadata={"kernelspec": {"name": "etude", "language": "etude", "display_name": "Étude"}},
        cells=[
            new.new_markdown_cell("# Über uns\n\n%% text\n- a\n\n- b", metadata={"tags": ["x", "y z"]}),
            new.new_code_cell("x = 1\n\n\n# %% no cell\nx", metadata={"jupyter": {"source_hidden": True}, "title": "a = b"}),
            new.new_raw_cell("raw\n  text", metadata={"format": "text/x-rst"}),
            new.new_code_cell(""),
        ],
    )
    nbformat.write(notebook, tmp_path / "a.ipynb")
    etude("convert", tmp_path / "a.ipynb", tmp_path / "a.etude")
    etude("convert", tmp_path / "a.etude", tmp_path / "b.ipynb")
    back = nbformat.read(tmp_path / "b.ipynb", as_version=4)
    assert [cell.id for cell in back.cells] == [cell.id for cell in notebook.cells]
    assert [cell.cell_type for cell in back.cells] == [cell.cell_type for cell in notebook.cells]
    assert [cell.metadata for cell in back.cells] == [cell.metadata for cell in notebook.cells]
    # A line that would begin a cell is moved by a blank.
    sources = [cell.source.replace("\n%% text", "\n %% text").replace("# %%", "#  %%") for cell in notebook.cells]
    assert [cell.source for cell in back.cells] == sources


def test_a_failed_run_is_valid_too(etude, tmp_path):
    (tmp_path / "n.etude").write_text("# %%\n1\n\n# %%\n1 / 0\n")
    run = subprocess.run([etude.binary, "run", "n.etude", "--out", "n.ipynb"], cwd=tmp_path, capture_output=True, check=False)
    assert run.returncode == 1
    notebook = nbformat.read(tmp_path / "n.ipynb", as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    error = notebook.cells[1].outputs[0]
    assert (error.output_type, error.ename) == ("error", "Numeric")
    assert "n.etude:5:1" in "\n".join(error.traceback)
    assert json.loads((tmp_path / "n.ipynb").read_text())["metadata"]["language_info"]["pygments_lexer"] == "etude"
