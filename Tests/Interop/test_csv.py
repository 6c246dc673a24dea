"""MetricsSaver's files parse, and agree with one another."""

import csv
import glob

import nibabel
import pytest

import reference

OPERATIONS = ["mean", "median", "max", "min", "90percentile", "std", "notnans"]


def rows(path):
    with open(path, newline="") as file:
        return list(csv.reader(file))


def test_files(evaluated):
    metrics = {name: float(value) for name, value in rows(evaluated.path("eval", "metrics.csv"))}
    assert set(metrics) == {"val_mean_dice", "val_acc"}
    head, *cases = rows(evaluated.path("eval", "val_mean_dice_raw.csv"))
    assert head[0] == "filename" and head[-1] == "mean" and head[1:-1] == [f"class{i}" for i in range(len(head) - 2)]
    assert len(cases) == 1 and cases[0][0].endswith(".nii.gz")
    assert float(cases[0][-1]) == pytest.approx(metrics["val_mean_dice"], abs=1e-6)
    head, *summary = rows(evaluated.path("eval", "val_mean_dice_summary.csv"))
    assert head == ["class", *OPERATIONS]
    assert summary[-1][0] == "mean"
    assert float(summary[-1][1]) == pytest.approx(metrics["val_mean_dice"], abs=1e-4)


def test_values_are_those_of_the_saved_mask(evaluated):
    (item,) = reference.listed(evaluated.data, "validation")
    (path,) = glob.glob(evaluated.path("eval", "*", "*_trans.nii.gz"))
    mask, label = (nibabel.load(p).get_fdata() for p in (path, item["label"]))
    dice = 2 * (mask * label).sum() / (mask.sum() + label.sum())
    metrics = {name: float(value) for name, value in rows(evaluated.path("eval", "metrics.csv"))}
    assert metrics["val_mean_dice"] == pytest.approx(dice, abs=1e-6)
    assert metrics["val_acc"] == pytest.approx((mask == label).mean(), abs=1e-6)
