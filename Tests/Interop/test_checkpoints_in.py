"""Checkpoints that torch writes load in etude, in every form that Clara and MONAI leave behind."""

import glob
import os

import nibabel
import numpy
import pytest
import torch
from monai.networks.nets import UNet

import reference

FORMS = {
    "clara": lambda net: {"model": net.state_dict(), "train_conf": {"epochs": 1}},
    "bare": lambda net: net.state_dict(),
    "legacy": lambda net: net.state_dict(),
}


@pytest.mark.parametrize("form", FORMS)
def test_loads_and_computes_the_same(trained, form, tmp_path):
    torch.manual_seed(3)
    net = UNet(**reference.ARGUMENTS)
    for _, value in net.named_buffers():  # statistics that are not the neutral ones
        if value.is_floating_point():
            value.copy_(torch.rand_like(value) + 0.5)
    path = str(tmp_path / "theirs.pt")
    torch.save(FORMS[form](net), path, _use_new_zipfile_serialization=form != "legacy")
    output = str(tmp_path / "logits")
    trained.run("evaluate", "config_inference", MMAR_CKPT=path, MMAR_EVAL_OUTPUT_PATH=output)
    (item,) = reference.listed(trained.data, "validation")
    (file,) = glob.glob(os.path.join(output, "**", "*_logits.nii.gz"), recursive=True)
    ours = numpy.moveaxis(nibabel.load(file).get_fdata(dtype=numpy.float32), -1, 0)
    theirs = reference.logits(net.eval(), item["image"])
    numpy.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-4, atol=1e-4 * float(theirs.abs().max()))


def test_training_continues_from_it(trained, tmp_path):
    torch.manual_seed(3)
    net = UNet(**reference.ARGUMENTS)
    path = str(tmp_path / "theirs.pt")
    torch.save({"model": net.state_dict()}, path)
    trained.run(
        "train",
        "config_train",
        dont_load_ckpt_model=False,
        MMAR_CKPT=path,
        epochs=1,
        learning_rate=0,
        MMAR_CKPT_DIR=str(tmp_path / "models"),
    )
    after = torch.load(tmp_path / "models" / "final_model.pt", weights_only=True)["model"]
    for key, value in net.named_parameters():
        assert torch.equal(after[key], value), key  # a learning rate of 0 leaves the weights that were loaded
