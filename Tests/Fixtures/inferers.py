"""Sliding windows: importance maps, the order of the windows, and what comes out of simple predictors."""

import warnings

import torch
from monai.data.utils import compute_importance_map, dense_patch_slices
from monai.inferers import SimpleInferer, SlidingWindowInferer
from monai.inferers.utils import _get_scan_interval

from fixture import Fixture

MAPS = [(8,), (7,), (1,), (3,), (8, 8), (7, 9), (6, 8, 5), (16, 16, 16)]
STARTS = {
    "wide": ((226, 160, 160), (160, 160, 160), 0.5),
    "spleen": ((320, 320, 200), (160, 160, 160), 0.5),
    "quarter": ((100, 70, 50), (32, 32, 32), 0.25),
    "none": ((20, 17, 9), (8, 8, 4), 0.0),
    "dense": ((9, 7, 5), (4, 4, 4), 0.9),
    "flat": ((33, 20), (16, 20), 0.5),
}
RUNS = {
    "exact": ((1, 1, 16, 16, 8), (8, 8, 8), 4, 0.5),
    "odd": ((1, 1, 13, 11, 9), (8, 6, 4), 3, 0.25),
    "padded": ((1, 1, 7, 12, 5), (8, 8, 8), 4, 0.5),
    "padded_all": ((2, 1, 5, 6, 7), (8, 8, 8), 2, 0.5),
    "batch": ((2, 2, 10, 9, 8), (6, 6, 6), 4, 0.5),
    "whole": ((1, 1, 6, 6, 6), (6, -1, 0), 4, 0.5),
    "flat": ((2, 1, 14, 11), (8, 8), 4, 0.25),
}


def centred(x):
    """Depends on the place inside the window, so that blending shows: the value times distance from its middle."""
    out = x[:, :1] * 2 + x[:, :1].square()
    for axis in range(2, x.ndim):
        n = x.shape[axis]
        ramp = (torch.arange(n, dtype=x.dtype) - (n - 1) / 2).abs() / n
        out = out + ramp.reshape([-1 if a == axis else 1 for a in range(x.ndim)])
    return out


def three_channels(x):
    y = centred(x)
    return torch.cat([y, y.square() - 1, 0.5 * x[:, :1]], dim=1)


PREDICTORS = {"centred": centred, "three_channels": three_channels}


def make():
    warnings.simplefilter("ignore")
    f = Fixture("sliding_window")
    for size in MAPS:
        for scale in (0.125, 0.25):
            f.put(
                f"map/gaussian/{'x'.join(map(str, size))}/{scale}",
                compute_importance_map(size, mode="gaussian", sigma_scale=scale),
            )
    for name, (image, roi, overlap) in STARTS.items():
        interval = _get_scan_interval(image, roi, len(image), overlap)
        slices = dense_patch_slices(image, roi, interval)
        f.note(f"starts/{name}", {"image": image, "roi": roi, "overlap": overlap})
        f.put(f"starts/{name}/interval", interval, "int64")
        f.put(f"starts/{name}", [[s.start for s in window] for window in slices], "int64")
    for number, (name, (shape, roi, windows, overlap)) in enumerate(RUNS.items()):
        x = torch.randn(shape, generator=torch.Generator().manual_seed(number))
        f.put(f"run/{name}/input", x)
        f.note(f"run/{name}", {"roi_size": roi, "sw_batch_size": windows, "overlap": overlap})
        for mode in ("constant", "gaussian"):
            for predictor, function in PREDICTORS.items():
                inferer = SlidingWindowInferer(roi, sw_batch_size=windows, overlap=overlap, mode=mode)
                f.put(f"run/{name}/{mode}/{predictor}", inferer(x, function))
    shape, roi, windows, overlap = RUNS["padded"]
    for padding, value in (("constant", -1.5), ("replicate", 0.0), ("reflect", 0.0)):
        inferer = SlidingWindowInferer(roi, sw_batch_size=windows, overlap=overlap, padding_mode=padding, cval=value)
        f.put(f"run/padded/{padding}_{value}", inferer(torch.from_numpy(f.arrays["run/padded/input"]), centred))
    f.put("simple/exact", SimpleInferer()(torch.from_numpy(f.arrays["run/exact/input"]), centred))
    f.note(
        "predictors",
        {
            "centred": "2*x + x^2 + sum over spatial axes of |i - (n-1)/2| / n, x = first channel, i = index in the window",
            "three_channels": "[y, y^2 - 1, 0.5*x] with y = centred",
        },
    )
    return [f]
