"""Activationsd, AsDiscreted, Invertd through whole chains, and the files SaveImaged writes."""

import gzip
import os
import tempfile
import warnings
from copy import deepcopy

import numpy as np
import torch
from monai.transforms import (
    Activationsd,
    AsDiscreted,
    Compose,
    CropForegroundd,
    EnsureChannelFirstd,
    Invertd,
    LoadImaged,
    Orientationd,
    SaveImaged,
    ScaleIntensityRanged,
    Spacingd,
    ToTensord,
)

import nibabel as nib
from fixture import Fixture
from nifti_files import NIFTI
from samples import KEYS

ACTIVATIONS = {"softmax": dict(softmax=True), "sigmoid": dict(sigmoid=True), "none": dict()}
DISCRETE = {
    "argmax": dict(argmax=True),
    "argmax_onehot": dict(argmax=True, to_onehot=3),
    "threshold": dict(threshold=0.5),
    "threshold_zero": dict(threshold=0.0),
    "rounding": dict(rounding="torchrounding"),
    "old_onehot": dict(argmax=True, to_onehot=True, n_classes=3),
    "old_onehot_num_classes": dict(argmax=True, to_onehot=True, num_classes=3),
    "old_threshold": dict(threshold_values=True, logit_thresh=0.6),
    "old_threshold_default": dict(threshold_values=True),
    "threshold_true": dict(threshold=True, logit_thresh=0.4),
}
LABELS = {"onehot": dict(to_onehot=3), "nothing": dict(), "onehot_threshold": dict(to_onehot=3, threshold=0.5)}
SCALE = dict(a_min=-57, a_max=164, b_min=0.0, b_max=1.0, clip=True)
RAW_HEADER = (
    "dim",
    "datatype",
    "bitpix",
    "pixdim",
    "vox_offset",
    "scl_slope",
    "scl_inter",
    "xyzt_units",
    "cal_max",
    "cal_min",
    "qform_code",
    "sform_code",
    "quatern_b",
    "quatern_c",
    "quatern_d",
    "qoffset_x",
    "qoffset_y",
    "qoffset_z",
    "srow_x",
    "srow_y",
    "srow_z",
)


def activations():
    f = Fixture("transform_activations_discrete")
    generator = torch.Generator().manual_seed(5)
    pred = torch.randn((3, 4, 3, 2), generator=generator)
    pred[:, 0, 0, 0] = 0.25  # a tie: the first channel wins
    label = torch.randint(0, 3, (1, 4, 3, 2), generator=generator).float()
    f.put("pred", pred)
    f.put("label", label)
    for name, arguments in ACTIVATIONS.items():
        f.note(f"activations/{name}", arguments)
        f.put(f"activations/{name}", Activationsd("pred", **arguments)({"pred": pred})["pred"])
    for key, value, table in (("pred", pred, DISCRETE), ("label", label, LABELS)):
        for name, arguments in table.items():
            f.note(f"discrete/{key}/{name}", arguments)
            try:
                f.put(f"discrete/{key}/{name}", AsDiscreted(key, **arguments)({key: value})[key])
            except Exception as error:
                f.note(f"discrete/{key}/{name}/error", f"{type(error).__name__}: {error}".splitlines()[0])
    both = AsDiscreted(KEYS, argmax=[True, False], to_onehot=3)({"image": pred, "label": label})
    f.put("discrete/both/image", both["image"])
    f.put("discrete/both/label", both["label"])
    return f


def chains():
    """The seed's validation chain, and chains that resample, reorient and crop on top."""
    start = [LoadImaged(KEYS), EnsureChannelFirstd(KEYS)]
    scale, crop, last = (
        ScaleIntensityRanged("image", **SCALE),
        CropForegroundd(KEYS, source_key="image"),
        ToTensord(KEYS),
    )
    spacing = Spacingd(KEYS, pixdim=[1.2, 1.2, 1.8], mode=["bilinear", "nearest"])
    return {
        "seed": ("ct", Compose([*start, scale, crop, last])),
        "seed_oblique": ("oblique", Compose([*start, scale, crop, last])),
        "spacing": ("oblique", Compose([*start, spacing, scale, crop, last])),
        "orientation": ("oblique", Compose([*start, Orientationd(KEYS, axcodes="LPS"), spacing, scale, crop, last])),
        "crop_divisible": (
            "ct",
            Compose([*start, scale, CropForegroundd(KEYS, source_key="image", k_divisible=8), last]),
        ),
    }


def put_file(f, name, folder, path):
    """What a written file holds: its name below the output folder, every header field that matters, and its data."""
    image = nib.load(path)
    with open(path, "rb") as file:
        raw = file.read()
    raw = (gzip.decompress(raw) if path.endswith(".gz") else raw)[:352]
    header = nib.Nifti1Header(raw[:348])  # image.header is not what lies in the file: slope is reset
    f.note(f"{name}/file", os.path.relpath(path, folder))
    f.note(f"{name}/header", {k: header[k].tolist() for k in RAW_HEADER})
    f.put(f"{name}/affine", image.affine)
    f.put(f"{name}/data", np.asarray(image.dataobj))
    f.put(f"{name}/header_bytes", np.frombuffer(raw, dtype=np.uint8))


def written(folder):
    return [os.path.join(d, n) for d, _, names in os.walk(folder) for n in sorted(names)]


def inversions():
    f = Fixture("transform_invert")
    for name, (source, chain) in chains().items():
        item = chain({k: os.path.join(NIFTI, f"{source}_{k}.nii.gz") for k in KEYS})
        generator = torch.Generator().manual_seed(11)
        pred = torch.rand((2, *item["image"].shape[1:]), generator=generator)
        pred += item["label"].clamp(max=1) * torch.tensor([-1.0, 1.0]).reshape(2, 1, 1, 1)
        f.note(f"{name}/input", source)
        f.put(f"{name}/image", item["image"])
        f.put(f"{name}/pred", pred)
        for nearest in (False, True):
            invert = Invertd(
                "pred",
                chain,
                orig_keys="image",
                meta_keys="pred_meta_dict",
                nearest_interp=nearest,
                to_tensor=True,
                device="cpu",
            )
            out = invert({**deepcopy(item), "pred": pred.clone()})
            kind = "nearest" if nearest else "bilinear"
            f.put(f"{name}/{kind}/pred", out["pred"])
            f.put(f"{name}/{kind}/affine", out["pred_meta_dict"]["affine"])
            f.note(f"{name}/{kind}/image_shape_after", list(out["image"].shape))
    return f


def saved():
    """SaveImaged after the chains: with and without resampling, several channels, a label, folders and postfixes."""
    f = Fixture("transform_save_image")
    for name, (chain_name, invert, arguments, make) in {
        "seed": ("seed", True, dict(resample=False, squeeze_end_dims=True), "argmax"),
        "resampled": ("spacing", False, dict(resample=True), "argmax"),
        "not_resampled": ("spacing", False, dict(resample=False), "argmax"),
        "defaults": ("spacing", True, dict(), "argmax"),
        "reoriented": ("orientation", False, dict(resample=True), "argmax"),
        "bilinear": ("spacing", False, dict(resample=True, mode="bilinear"), "two"),
        "two_channels": ("seed", False, dict(resample=False), "two"),
        "not_squeezed": ("seed", False, dict(resample=False, squeeze_end_dims=False), "argmax"),
        "uint8": ("seed", False, dict(resample=False, output_dtype="uint8"), "argmax"),
        "postfix": ("seed", False, dict(resample=False, output_postfix="seg", output_ext=".nii"), "argmax"),
        "one_folder": ("seed", False, dict(resample=False, separate_folder=False), "argmax"),
        "data_root": ("seed", False, dict(resample=False, data_root_dir="ROOT"), "argmax"),
        "patch": ("seed", False, dict(resample=False), "patch"),
    }.items():
        source, chain = chains()[chain_name]
        item = chain({k: os.path.join(NIFTI, f"{source}_{k}.nii.gz") for k in KEYS})
        generator = torch.Generator().manual_seed(12)
        pred = torch.rand((2, *item["image"].shape[1:]), generator=generator)
        pred += item["label"].clamp(max=1) * torch.tensor([-1.0, 1.0]).reshape(2, 1, 1, 1)
        item["pred"] = pred if make == "two" else pred.argmax(0, keepdim=True).float()
        if invert:
            item = Invertd("pred", chain, orig_keys="image", meta_keys="pred_meta_dict", nearest_interp=False)(item)
        else:
            item["pred_meta_dict"] = item["image_meta_dict"]
        if make == "patch":
            item["pred_meta_dict"]["patch_index"] = 3
        given = dict(arguments)
        if "data_root_dir" in given:
            given["data_root_dir"] = os.path.dirname(NIFTI)
        if given.get("output_dtype") == "uint8":
            given["output_dtype"] = np.uint8
        f.note(f"{name}/args", arguments)
        f.note(f"{name}/source", os.path.basename(item["pred_meta_dict"]["filename_or_obj"]))
        f.put(f"{name}/pred", item["pred"])
        f.put(f"{name}/pred_affine", np.asarray(item["pred_meta_dict"]["affine"]))
        f.put(f"{name}/original_affine", np.asarray(item["pred_meta_dict"]["original_affine"]))
        f.put(f"{name}/original_shape", np.asarray(item["pred_meta_dict"]["spatial_shape"]))
        with tempfile.TemporaryDirectory() as folder:
            SaveImaged("pred", meta_keys="pred_meta_dict", output_dir=folder, print_log=False, **given)(item)
            (path,) = written(folder)
            put_file(f, name, folder, path)
    return f


def make():
    warnings.simplefilter("ignore")
    return [activations(), inversions(), saved()]
