"""Checkpoints that etude writes open in torch and MONAI, and mean the same network."""

import glob
import os

import nibabel
import numpy
import pytest
import torch

import reference


def opened(path):
    return torch.load(path, map_location="cpu", weights_only=True)


@pytest.mark.parametrize("name", ["model.pt", "final_model.pt", "checkpoint_epoch=2.pt"])
def test_opens_as_weights_only_and_matches_every_key(trained, name):
    checkpoint = opened(trained.path("models", name))
    reference.network(checkpoint["model"])


def test_the_state_of_the_run_is_data_too(trained):
    state = opened(trained.path("models", "run_state.pt"))
    reference.network(state["network"])
    assert state["progress"]["iteration"] == 8


def test_keeps_optimizer_scheduler_and_configuration(trained):
    checkpoint = opened(trained.path("models", "final_model.pt"))
    assert set(checkpoint) >= {"model", "optimizer", "lr_scheduler", "train_conf"}
    net = reference.network(checkpoint["model"])
    optimizer = torch.optim.Adam(net.parameters(), lr=1.0)
    optimizer.load_state_dict(checkpoint["optimizer"])
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1)
    scheduler.load_state_dict(checkpoint["lr_scheduler"])
    assert scheduler.last_epoch == 4 and scheduler.step_size == 3
    assert optimizer.param_groups[0]["lr"] == pytest.approx(2e-4)
    arguments = checkpoint["train_conf"]["train"]["model"]["args"]
    assert arguments["in_channels"] == 1 and list(arguments["channels"]) == [8, 16, 32]


def test_forward_is_what_etude_computes(trained):
    output = trained.path("logits")
    trained.run(
        "evaluate", "config_inference", MMAR_EVAL_OUTPUT_PATH=output, MMAR_CKPT=trained.path("models", "final_model.pt")
    )
    (item,) = reference.listed(trained.data, "validation")
    (file,) = glob.glob(os.path.join(output, "**", "*_logits.nii.gz"), recursive=True)
    ours = numpy.moveaxis(nibabel.load(file).get_fdata(dtype=numpy.float32), -1, 0)
    theirs = reference.logits(
        reference.network(opened(trained.path("models", "final_model.pt"))["model"]), item["image"]
    )
    numpy.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-4, atol=1e-4 * float(theirs.abs().max()))
