"""How one global seed reaches every transform: set_determinism, Compose, then the loader that seeds them again."""

import numpy as np
from monai.data import CacheDataset, DataLoader, Dataset
from monai.transforms import (
    Compose,
    CropForegroundd,
    EnsureChannelFirstd,
    LoadImaged,
    RandFlipd,
    RandScaleIntensityd,
    ScaleIntensityRanged,
    ToTensord,
)
from monai.utils import set_determinism

from fixture import Fixture
from samples import KEYS, loaded
from watched import WatchedCrop, WatchedShift, watched_draws


def golden(f):
    """The pipeline of the notes: ones of 10^3 with a 3^3 label cube."""
    image, label = np.ones((1, 10, 10, 10), np.float32), np.zeros((1, 10, 10, 10), np.float32)
    label[0, 5:8, 5:8, 5:8] = 1
    for seed in (0, 42):
        set_determinism(seed)
        crop = WatchedCrop(KEYS, label_key="label", spatial_size=[4, 4, 4], pos=1, neg=1, num_samples=2)
        shift = WatchedShift("image", offsets=0.1, prob=0.5)
        chain = Compose([crop, shift])
        first = [[s["image"].flat[0] for s in chain({"image": image, "label": label})] for _ in range(5)]
        f.put(f"golden/{seed}/centres", crop.record, "int64")
        f.put(f"golden/{seed}/offsets", shift.record, "float64")
        f.put(f"golden/{seed}/first_voxels", first, "float32")


def children(f):
    """The seed each child of a Compose gets; children that are not random take none; a nested Compose seeds its own."""
    for seed in (0, 1, 42):
        set_determinism(seed)
        inner = Compose([RandFlipd("image", prob=0.5), ToTensord("image"), RandScaleIntensityd("image", 0.1, prob=0.5)])
        outer = Compose(
            [
                LoadImaged("image"),
                RandFlipd("image", prob=0.5),
                EnsureChannelFirstd("image"),
                inner,
                WatchedShift("image", offsets=0.1, prob=0.5),
            ]
        )
        flip, shift = outer.transforms[1], outer.transforms[4]
        streams = [flip.R, inner.R, inner.transforms[0].R, inner.transforms[2].R, shift.R, shift.shifter.R, outer.R]
        f.put(f"children/{seed}/next_rand", [r.rand() for r in streams], "float64")
    f.note(
        "children/streams",
        "RandFlipd, inner Compose, its RandFlipd, its RandScaleIntensityd, RandShiftIntensityd, the "
        "inner stream of RandShiftIntensityd, the outer Compose; the value is the first rand() of each after seeding",
    )


def seed_chain():
    """The seed's train chain, with a crop that fits the tiny files."""
    crop = WatchedCrop(
        KEYS,
        label_key="label",
        spatial_size=[8, 8, 4],
        pos=1,
        neg=1,
        num_samples=4,
        image_key="image",
        image_threshold=0,
    )
    shift = WatchedShift("image", offsets=0.1, prob=0.5)
    fixed = [
        ScaleIntensityRanged("image", a_min=-57, a_max=164, b_min=0.0, b_max=1.0, clip=True),
        CropForegroundd(KEYS, source_key="image"),
    ]
    return Compose([*fixed, crop, shift, ToTensord(KEYS)]), crop, shift


def train_chain(f):
    for seed in (0, 1):
        set_determinism(seed)
        chain, crop, shift = seed_chain()
        sums = []
        for call in range(4):
            out = chain(loaded("ct" if call % 2 == 0 else "oblique"))
            sums.append([[float(s[k].double().sum()) for k in KEYS] for s in out])
        f.put(f"train_chain/{seed}/centres", crop.record, "int64")
        f.put(f"train_chain/{seed}/offsets", shift.record, "float64")
        f.put(f"train_chain/{seed}/sums", sums, "float64")
    f.note("train_chain", "calls 0 and 2 take ct_image, calls 1 and 3 oblique_image")


def loaders(f):
    """What a loader draws and how that seeds the transforms of its dataset; three epochs of five items."""
    items = [dict(loaded(k), index=i) for i, k in enumerate(("ct", "oblique", "ct", "oblique", "ct"))]
    for kind in ("cache", "plain"):
        set_determinism(0)
        chain, crop, shift = seed_chain()
        with watched_draws() as draws:
            if kind == "cache":
                data = CacheDataset(items, chain, cache_rate=1.0, num_workers=2, progress=False)
            else:
                data = Dataset(items, chain)
            loader = DataLoader(data, batch_size=2, shuffle=True, num_workers=0)
            batches = [[(list(b["image"].shape), b["index"].tolist()[::4]) for b in loader] for _ in range(3)]
        f.put(f"loader/{kind}/draws", [v for _, v in draws], "int64")
        f.note(f"loader/{kind}/draw_types", [t for t, _ in draws])
        f.put(f"loader/{kind}/centres", crop.record, "int64")
        f.put(f"loader/{kind}/offsets", shift.record, "float64")
        f.note(f"loader/{kind}/shapes", [[shape for shape, _ in epoch] for epoch in batches])
        f.put(f"loader/{kind}/order", [[i for _, items_ in epoch for i in items_] for epoch in batches], "int64")


def make():
    f = Fixture("pipelines")
    golden(f)
    children(f)
    train_chain(f)
    loaders(f)
    return [f]
