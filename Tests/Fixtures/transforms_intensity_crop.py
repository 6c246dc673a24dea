"""Intensity scaling, foreground crop, random crop, random shift and flip: outputs, coordinates and draws."""

from copy import deepcopy

import numpy as np
from monai.transforms import (
    CropForegroundd,
    RandCropByPosNegLabeld,
    RandFlipd,
    RandShiftIntensityd,
    ScaleIntensityRanged,
    ToTensord,
)

from fixture import Fixture
from samples import KEYS, apply, loaded, named, put_item

SCALES = {
    "seed": dict(a_min=-57, a_max=164, b_min=0.0, b_max=1.0, clip=True),
    "no_clip": dict(a_min=-57, a_max=164, b_min=0.0, b_max=1.0),
    "no_target": dict(a_min=-100, a_max=200),
    "no_target_clip": dict(a_min=-100, a_max=200, clip=True),
    "other_target": dict(a_min=-1000, a_max=500, b_min=-1.0, b_max=3.0, clip=True),
    "equal": dict(a_min=5, a_max=5, b_min=0.0, b_max=1.0),
}
FOREGROUNDS = {
    "seed": dict(),
    "margin": dict(margin=2),
    "margin_per_axis": dict(margin=[1, 0, 3]),
    "divisible": dict(k_divisible=4),
    "divisible_per_axis": dict(k_divisible=[8, 4, 1]),
    "margin_divisible": dict(margin=1, k_divisible=[4, 8, 16]),
    "by_label": dict(source_key="label"),
}


def scale_intensity():
    f = Fixture("transform_scale_intensity_range")
    item = loaded("ct")
    put_item(f, "input", item, ["image"])
    for name, arguments in SCALES.items():
        if "no_target" in name:
            arguments = dict(arguments, b_min=None, b_max=None)
        try:
            apply(f, name, ScaleIntensityRanged, dict(keys="image", **arguments), item, ["image"])
        except Exception as error:  # b_min None with clip: numpy clips to nothing on both sides
            f.note(f"{name}/error", f"{type(error).__name__}: {error}".splitlines()[0])
    return f


def crop_foreground():
    f = Fixture("transform_crop_foreground")
    item = ScaleIntensityRanged("image", **SCALES["seed"])(loaded("ct"))
    put_item(f, "input", item)
    for name, arguments in FOREGROUNDS.items():
        arguments = {"keys": KEYS, "source_key": "image", **arguments}
        out = apply(f, name, CropForegroundd, arguments, item, inverse=True)
        f.put(f"{name}/foreground_start_coord", out["foreground_start_coord"], "int64")
        f.put(f"{name}/foreground_end_coord", out["foreground_end_coord"], "int64")
    two = np.concatenate([item["image"] * 0, item["label"]])  # two channels; the mask is "any channel"
    several = {"image": two, "label": item["label"]}
    put_item(f, "two_channels/input", several)
    for name, extra in (("two_channels", {}), ("one_of_two_channels", dict(channel_indices=[1]))):
        out = apply(f, name, CropForegroundd, dict(keys=KEYS, source_key="image", **extra), several)
        f.put(f"{name}/foreground_start_coord", out["foreground_start_coord"], "int64")
        f.put(f"{name}/foreground_end_coord", out["foreground_end_coord"], "int64")
    empty = {"image": item["image"] * 0, "label": item["label"]}
    try:
        out = CropForegroundd(KEYS, source_key="image")(empty)
        f.put("empty/shape", out["image"].shape, "int64")
        f.put("empty/foreground_start_coord", out["foreground_start_coord"], "int64")
        f.put("empty/foreground_end_coord", out["foreground_end_coord"], "int64")
    except Exception as error:
        f.note("empty/error", f"{type(error).__name__}: {error}".splitlines()[0])
    return f


def random_crop():
    f = Fixture("transform_rand_crop_by_pos_neg_label")
    item = ScaleIntensityRanged("image", **SCALES["seed"])(loaded("ct"))
    onehot = np.stack([item["label"][0] == c for c in range(3)]).astype(np.float32)
    items = {
        "ct": item,
        "onehot": dict(item, label=onehot),
        "no_foreground": dict(item, label=item["label"] * 0),
        "no_background": dict(item, label=item["label"] * 0 + 1),
    }
    for name, value in items.items():
        put_item(f, f"input/{name}", value)
    base = dict(keys=KEYS, label_key="label", spatial_size=[8, 8, 4], pos=1, neg=1, num_samples=4)
    thresholded = dict(base, image_key="image", image_threshold=0)
    cases = {
        "seed": ("ct", thresholded),
        "no_image_key": ("ct", base),
        "odd_size": ("ct", dict(thresholded, spatial_size=[7, 9, 5], num_samples=2)),
        "whole_axis": ("ct", dict(thresholded, spatial_size=[20, 8, 9], num_samples=2)),
        "unset_axis": ("ct", dict(thresholded, spatial_size=[8, -1, 4], num_samples=2)),
        "three_to_one": ("ct", dict(thresholded, pos=3, neg=1, image_threshold=0.6)),
        "only_positive": ("ct", dict(base, pos=1, neg=0, num_samples=2)),
        "onehot": ("onehot", thresholded),
        "no_foreground": ("no_foreground", dict(thresholded, num_samples=2)),
        "no_background": ("no_background", dict(thresholded, num_samples=2)),
        "allow_smaller": ("ct", dict(thresholded, spatial_size=[8, 32, 4], num_samples=2, allow_smaller=True)),
    }
    for name, (source, arguments) in cases.items():
        f.note(name, named(RandCropByPosNegLabeld, arguments))
        f.note(f"{name}/input", source)
        for seed in (0, 1):
            transform = RandCropByPosNegLabeld(**arguments).set_random_state(seed)
            for call in range(2):
                try:
                    out = transform(deepcopy(items[source]))
                except Exception as error:
                    f.note(f"{name}/{seed}/{call}/error", f"{type(error).__name__}: {error}".splitlines()[0])
                    continue
                f.put(f"{name}/{seed}/{call}/centres", transform.centers, "int64")
                if call == 0 and seed == 0:
                    for k, sample in enumerate(out):
                        put_item(f, f"{name}/{seed}/{call}/{k}", sample)
                        f.put(
                            f"{name}/{seed}/{call}/{k}/patch_index", sample["image_meta_dict"]["patch_index"], "int64"
                        )
    return f


def shift_and_flip():
    f = Fixture("transform_shift_flip")
    item = {
        "image": loaded("ct")["image"][:, :5, :4, :3] / 1000,
        "label": loaded("ct")["image"][:, 5:10, :4, :3] / 1000,
    }
    put_item(f, "input", item)
    for name, arguments in {
        "seed": dict(keys="image", offsets=0.1, prob=0.5),
        "both_keys": dict(keys=KEYS, offsets=0.1, prob=0.7),
        "pair": dict(keys="image", offsets=[-0.3, 0.05], prob=1.0),
        "negative": dict(keys="image", offsets=-0.2, prob=1.0),
    }.items():
        f.note(f"shift/{name}", named(RandShiftIntensityd, arguments))
        for seed in (0, 42):
            transform = RandShiftIntensityd(**arguments).set_random_state(seed)
            for call in range(6):
                out = transform(dict(item))
                f.put(f"shift/{name}/{seed}/{call}/added", [np.float64(out[k].flat[0]) - item[k].flat[0] for k in KEYS])
                if call == 0:
                    put_item(f, f"shift/{name}/{seed}/{call}", out)
    for name, axis in {"all": None, "first": 0, "two": [0, 1], "last": -1}.items():
        arguments = dict(keys=KEYS, prob=0.5, spatial_axis=axis)
        f.note(f"flip/{name}", named(RandFlipd, arguments))
        transform = RandFlipd(**arguments).set_random_state(0)
        for call in range(6):
            out = transform(dict(item))
            put_item(f, f"flip/{name}/{call}/output", out)
            put_item(f, f"flip/{name}/{call}/inverse", transform.inverse(out))
    out = ToTensord(KEYS)({"image": item["image"], "label": item["label"].astype(np.uint8)})
    f.note("to_tensor/dtypes", [str(out[k].dtype) for k in KEYS])
    f.note("to_tensor/traced", sorted(k for k in out if k.endswith("_transforms")))
    return f


def make():
    return [scale_intensity(), crop_foreground(), random_crop(), shift_and_flip()]
