"""The JSON Schema of `etude schema`, by the reference validator."""

import json
from pathlib import Path

import jsonschema
import pytest

CONFIGS = Path(__file__).parents[2] / "examples/spleen/config"


@pytest.fixture(scope="module")
def validator(etude):
    schema = json.loads(etude("schema"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", ["config_train", "config_validation", "config_inference"])
def test_the_example_is_valid(validator, name):
    config = json.loads((CONFIGS / f"{name}.json").read_text())
    assert [error.message for error in validator.iter_errors(config)] == []


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["train"]["loss"].update(name="DiceLos"),
        lambda c: c["train"]["loss"]["args"].update(softmaxx=True),
        lambda c: c["train"]["dataloader"]["args"].update(batch_size=0),
        lambda c: c["validate"]["inferer"]["args"].pop("roi_size"),
    ],
)
def test_a_mistake_is_not(validator, change):
    config = json.loads((CONFIGS / "config_train.json").read_text())
    change(config)
    assert list(validator.iter_errors(config))
