"""Transforms and draws that keep a record of what was random about them."""

import contextlib

import torch
from monai.transforms import RandCropByPosNegLabeld, RandShiftIntensityd


class WatchedCrop(RandCropByPosNegLabeld):
    """Keeps the centres of every call."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.record = []

    def randomize(self, *args, **kwargs):
        super().randomize(*args, **kwargs)
        self.record.append([list(c) for c in self.centers])


class WatchedShift(RandShiftIntensityd):
    """Keeps the offset of every call, 0 where nothing was shifted."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.record = []

    def __call__(self, data):
        out = super().__call__(data)
        self.record.append(self.shifter._offset if self._do_transform else 0.0)
        return out


@contextlib.contextmanager
def watched_draws():
    """Every scalar that torch's global generator gives to loaders and samplers: a list of (dtype, value)."""
    draws, original = [], torch.Tensor.random_

    def random_(self, *args, **kwargs):
        out = original(self, *args, **kwargs)
        if self.ndim == 0:
            draws.append((str(self.dtype).split(".")[1], out.item()))
        return out

    torch.Tensor.random_ = random_
    try:
        yield draws
    finally:
        torch.Tensor.random_ = original
