"""Spacingd and Orientationd with their inverses."""

import warnings

import numpy as np
from monai.transforms import Orientationd, Spacingd

from fixture import Fixture
from samples import KEYS, apply, loaded, put_item

MODES = ["bilinear", "nearest"]
SPACINGS = {
    "up": ("ct", dict(pixdim=[0.5, 0.7, 1.3], mode=MODES)),
    "down": ("ct", dict(pixdim=[1.5, 1.5, 4.0], mode=MODES)),
    "nearest": ("ct", dict(pixdim=[1.0, 1.0, 1.0], mode="nearest")),
    "isotropic": ("ct", dict(pixdim=1.1, mode="bilinear")),
    "same": ("ct", dict(pixdim=[0.8, 0.8, 2.5], mode=MODES)),
    "almost_same": ("ct", dict(pixdim=[0.8001, 0.8, 2.5], mode=MODES)),
    "oblique": ("oblique", dict(pixdim=[1.2, 1.2, 1.8], mode=MODES)),
    "align_corners": ("ct", dict(pixdim=[1.0, 1.2, 2.0], mode=MODES, align_corners=True)),
    "zeros": ("oblique", dict(pixdim=[1.2, 1.2, 1.8], mode="bilinear", padding_mode="zeros")),
    "reflection": ("oblique", dict(pixdim=[0.7, 1.2, 1.8], mode="bilinear", padding_mode="reflection")),
    "float32": ("oblique", dict(pixdim=[1.2, 1.2, 1.8], mode=MODES, dtype="float32")),
    "diagonal": ("ct", dict(pixdim=[1.5, 1.5, 2.0], mode=MODES, diagonal=True)),
    "diagonal_oblique": ("oblique", dict(pixdim=[1.5, 1.5, 2.0], mode=MODES, diagonal=True)),
}
CODES = ("RAS", "LPS", "LAS", "PLI", "SRA", "IPR")


def spacing():
    f = Fixture("transform_spacing")
    for source in ("ct", "oblique"):
        put_item(f, f"input/{source}", loaded(source))
    for name, (source, arguments) in SPACINGS.items():
        f.note(f"{name}/input", source)
        keys = ["image"] if name in ("isotropic", "zeros", "reflection") else KEYS
        given = dict(arguments, dtype=np.float32) if arguments.get("dtype") == "float32" else arguments
        built = Spacingd(keys, **given)
        f.note(name, {"name": "Spacingd", "args": dict(arguments, keys=keys)})
        out = built(loaded(source))
        put_item(f, f"{name}/output", out, keys)
        f.put(f"{name}/output_dtype_is_float32", all(out[k].dtype == np.float32 for k in keys), "uint8")
        if not arguments.get("diagonal"):
            put_item(f, f"{name}/inverse", built.inverse(out), keys)
    return f


def orientation():
    f = Fixture("transform_orientation")
    for source in ("ct", "oblique"):
        small = loaded(source)
        for key in KEYS:
            small[key] = small[key][:, 4:13, 5:11, 3:8]
        put_item(f, f"input/{source}", small)
        for code in CODES:
            apply(f, f"{source}/{code}", Orientationd, dict(keys=KEYS, axcodes=code), small, inverse=True)
        apply(f, f"{source}/closest_canonical", Orientationd, dict(keys=KEYS, as_closest_canonical=True), small)
    return f


def make():
    warnings.simplefilter("ignore")
    return [spacing(), orientation()]
