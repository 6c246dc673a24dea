"""Four tiny spleen-like CT volumes for the whole run; integer arithmetic and one legacy numpy stream only."""

import gzip
import json
import os

import numpy as np

import nibabel as nib
from fixture import FOLDER

DATA = os.path.join(FOLDER, "whole_run")
SHAPE, AFFINE = (48, 44, 40), np.diag([-1.5, -1.5, 2.0, 1.0])
# centre and radii of body, liver, spine and spleen of each case
CASES = [
    [((24, 22, 20), (21, 19, 30)), ((14, 20, 18), (7, 8, 9)), ((24, 36, 20), (3, 3, 99)), ((34, 24, 22), (6, 7, 8))],
    [((24, 21, 20), (22, 18, 32)), ((15, 18, 22), (8, 7, 9)), ((25, 34, 20), (3, 3, 99)), ((35, 22, 18), (5, 8, 7))],
    [((23, 22, 20), (20, 19, 31)), ((13, 22, 20), (7, 7, 8)), ((23, 36, 20), (2, 3, 99)), ((32, 25, 24), (7, 5, 8))],
    [((24, 22, 21), (21, 18, 30)), ((15, 20, 20), (7, 8, 8)), ((24, 35, 20), (3, 2, 99)), ((34, 23, 20), (6, 6, 9))],
]
LEVELS = (-40, 60, 300, 115)


def inside(grid, centre, radii):
    """Ellipsoid without a fraction: every radius multiplied into every other term."""
    terms = [(g - c) ** 2 * (np.prod(radii) // r) ** 2 for g, c, r in zip(grid, centre, radii)]
    return sum(terms) < np.prod(radii) ** 2


def volume(index):
    grid = np.meshgrid(*[np.arange(n) for n in SHAPE], indexing="ij")
    image = np.full(SHAPE, -1000)
    for level, (centre, radii) in zip(LEVELS, CASES[index]):
        image[inside(grid, centre, radii)] = level
    noise = np.random.RandomState(100 + index).randint(-16, 17, size=SHAPE)
    image = np.where(image > -1000, image + noise, image)
    return image.astype("<i2"), inside(grid, *CASES[index][3]).astype("u1")


def write():
    """imagesTr, labelsTr and a Decathlon list: three cases for training, one for validation."""
    items = []
    for index in range(len(CASES)):
        item = {}
        for key, folder, data in zip(("image", "label"), ("imagesTr", "labelsTr"), volume(index)):
            item[key] = f"./{folder}/case_{index}.nii.gz"
            path = os.path.join(DATA, item[key])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(gzip.compress(nib.Nifti1Image(data, AFFINE).to_bytes(), 9, mtime=0))
        items.append(item)
    with open(os.path.join(DATA, "dataset.json"), "w") as file:
        json.dump(
            {
                "name": "TinySpleen",
                "tensorImageSize": "3D",
                "modality": {"0": "CT"},
                "labels": {"0": "background", "1": "spleen"},
                "training": items[:3],
                "validation": items[3:],
            },
            file,
            indent=1,
        )
        file.write("\n")
    return os.path.join(DATA, "dataset.json")
