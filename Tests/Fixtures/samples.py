"""Items for the transform fixtures, loaded from the committed NIfTI files as a Clara chain begins."""

import os
from copy import deepcopy

import numpy as np
from monai.transforms import EnsureChannelFirstd, LoadImaged

from nifti_files import NIFTI

KEYS = ["image", "label"]


def loaded(kind):
    """Image and label of `ct` or `oblique`, channel first, with metadata."""
    item = {k: os.path.join(NIFTI, f"{kind}_{k}.nii.gz") for k in KEYS}
    return EnsureChannelFirstd(KEYS)(LoadImaged(KEYS)(item))


def named(transform, arguments):
    """How a fixture describes a transform: its class and arguments."""
    return {"name": transform.__name__, "args": arguments}


def put_item(f, prefix, item, keys=KEYS):
    """The arrays of an item and, where there is one, the affine of their metadata."""
    for key in keys:
        f.put(f"{prefix}/{key}", item[key])
        meta = item.get(f"{key}_meta_dict")
        if meta is not None and meta.get("affine") is not None:
            f.put(f"{prefix}/{key}_affine", np.asarray(meta["affine"], dtype=np.float64))


def apply(f, name, transform, arguments, item, keys=KEYS, inverse=False):
    """Record one transform on an item, and its inverse on what came out."""
    f.note(name, named(transform, arguments))
    built = transform(**arguments)
    out = built(deepcopy(item))  # MONAI writes the new affine into the item's own metadata
    put_item(f, f"{name}/output", out, keys)
    if inverse:
        put_item(f, f"{name}/inverse", built.inverse(out), keys)
    return out
