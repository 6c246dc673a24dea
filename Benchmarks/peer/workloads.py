"""The work of `Workloads`, done by PyTorch and MONAI; same names, same options, same line of JSON.

    python workloads.py NAME [--data DIR] [--batch 2] [--dtype f32|bf16] [--channels-last] [--compile] …

Allocation settings (MALLOC_…) are the caller's: the environment decides them before a process starts.
"""
import argparse
import json
import os
import resource
import statistics
import tempfile
import time


def busy():
    with open("/proc/stat") as stat:
        ticks = [int(word) for word in stat.readline().split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


class Clock:
    """Wall seconds, processor seconds of this process and its children, share that others used."""

    def __init__(self):
        self.busy, self.cpu, self.wall = busy(), self.used(), time.perf_counter()

    @staticmethod
    def used():
        times = os.times()
        return time.process_time() + times.children_user + times.children_system

    def stop(self):
        wall, cpu = time.perf_counter() - self.wall, self.used() - self.cpu
        others = max(0.0, busy() - self.busy - cpu) / (wall * os.cpu_count())
        return wall, cpu, others


def timed(repeats, body, warmup=1):
    for _ in range(warmup):
        body()
    samples = []
    for _ in range(repeats):
        clock = Clock()
        body()
        samples.append(clock.stop())
    return samples


def network(options):
    import torch
    from monai.networks.nets import UNet

    torch.manual_seed(0)
    channels = options.channels
    return UNet(spatial_dims=3, in_channels=1, out_channels=2, channels=channels,
                strides=[2] * (len(channels) - 1), num_res_units=2, norm="batch")


def step(options):
    import torch
    from monai.losses import DiceLoss

    net = network(options)
    image = torch.rand(options.batch, 1, *[options.size] * 3)
    label = (torch.rand_like(image) > 0.9).float()
    if options.channels_last:
        net = net.to(memory_format=torch.channels_last_3d)
        image = image.to(memory_format=torch.channels_last_3d)
    model = torch.compile(net) if options.compile else net
    loss = DiceLoss(to_onehot_y=True, softmax=True)
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-4)
    parts = {name: [] for name in ("forward", "loss", "backward", "optimizer", "step")}

    def once(counts=True):
        samples = []
        optimizer.zero_grad(set_to_none=True)
        whole, clock = Clock(), Clock()

        def mark():
            nonlocal clock
            samples.append(clock.stop())
            clock = Clock()

        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.dtype == "bf16"):
            prediction = model(image)
            mark()
            value = loss(prediction, label)
        mark()
        value.backward()
        mark()
        optimizer.step()
        mark()
        samples.append(whole.stop())
        if counts:
            for name, sample in zip(parts, samples):
                parts[name].append(sample)

    once(counts=False)
    for _ in range(options.repeats or 9):
        once()
    return parts


def pre_transforms():
    from monai import transforms as t

    keys = ["image", "label"]
    fixed = [t.LoadImaged(keys), t.EnsureChannelFirstd(keys),
             t.ScaleIntensityRanged("image", a_min=-57, a_max=164, b_min=0.0, b_max=1.0, clip=True),
             t.CropForegroundd(keys, source_key="image", allow_smaller=True)]
    drawn = [t.RandCropByPosNegLabeld(keys, label_key="label", spatial_size=[96, 96, 96], pos=1,
                                      neg=1, num_samples=4, image_key="image", image_threshold=0),
             t.RandShiftIntensityd("image", offsets=0.1, prob=0.5), t.ToTensord(keys)]
    return fixed, drawn


def cases(options):
    from monai.data import load_decathlon_datalist

    return load_decathlon_datalist(os.path.join(options.data, "dataset.json"), True, "training")


def transforms(options):
    from monai.transforms import apply_transform

    fixed, drawn = pre_transforms()
    times = {}
    for repetition in range((options.repeats or 3) + 1):
        if repetition == 1:
            times = {}
        for case in cases(options):
            data, whole = dict(case), Clock()
            for transform in fixed + drawn:
                clock = Clock()
                data = apply_transform(transform, data)
                times.setdefault(type(transform).__name__, []).append(clock.stop())
            times.setdefault("chain", []).append(whole.stop())
    return times


def cache(options):
    from monai.data import CacheDataset, DataLoader
    from monai.transforms import Compose
    from monai.utils import set_determinism

    set_determinism(0)
    fixed, drawn = pre_transforms()
    kept = {}

    def fill():
        kept.clear()
        kept["set"] = CacheDataset(cases(options), Compose(fixed + drawn), cache_rate=1.0, num_workers=4,
                                   progress=False)

    filled = timed(options.repeats or 3, fill, warmup=0)
    dataset = kept["set"]
    drawing = timed(20, lambda: dataset[0], warmup=2)
    loader = DataLoader(dataset, batch_size=2, shuffle=True, num_workers=4)
    return {"fill": filled, "random part": drawing,
            "loader epoch": timed(5, lambda: [batch["image"].shape for batch in loader])}


def post(options):
    import torch
    from monai import transforms as t
    from monai.metrics import DiceMetric

    prediction = torch.rand(2, *options.shape)
    label = (torch.rand(1, *options.shape) > 0.9).float()
    sample = {"pred": prediction, "label": label}
    argmax = t.AsDiscreted("pred", argmax=True)
    chain = t.Compose([t.Activationsd("pred", softmax=True),
                       t.AsDiscreted(["pred", "label"], argmax=[True, False], to_onehot=2)])
    repeats, kept = options.repeats or 5, {}

    def discrete():
        kept.update(chain(dict(sample)))

    def dice():
        metric = DiceMetric(include_background=False)
        metric([kept["pred"]], [kept["label"]])
        metric.aggregate().item()

    return {"argmax": timed(repeats, lambda: argmax(dict(sample))),
            "softmax argmax one-hot": timed(repeats, discrete), "MeanDice": timed(repeats, dice)}


def save(options):
    import torch
    from monai import transforms as t
    from monai.data import MetaTensor

    # The seed ends with ToTensord, whose inverse this version of CropForegroundd cannot take back.
    pre = t.Compose(pre_transforms()[0])
    data = pre(dict(cases(options)[0]))
    image = data["image"]
    prediction = torch.rand(2, *image.shape[1:])
    parts = {"Invertd": t.Invertd("pred", transform=pre, orig_keys="image", nearest_interp=False,
                                  to_tensor=True),
             "argmax": t.AsDiscreted("pred", argmax=True),
             "SaveImaged": t.SaveImaged("pred", output_dir=tempfile.mkdtemp(), resample=False,
                                        squeeze_end_dims=True, print_log=False)}
    times = {name: [] for name in parts}
    for repetition in range((options.repeats or 5) + 1):
        sample = dict(data)
        sample["pred"] = MetaTensor(prediction.clone(), meta=dict(image.meta), applied_operations=[])
        for name, transform in parts.items():
            clock = Clock()
            sample = transform(sample)
            if repetition:
                times[name].append(clock.stop())
    return times


def window(options):
    import torch
    from monai.inferers import SlidingWindowInferer

    net = network(options).eval()
    image = torch.rand(1, 1, *options.shape)
    layout = torch.channels_last_3d if options.channels_last else torch.contiguous_format
    net = net.to(memory_format=layout)
    inferer = SlidingWindowInferer(options.roi, sw_batch_size=4, overlap=options.overlap)

    def infer():
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.dtype == "bf16"):
            inferer(image, lambda patch: net(patch.contiguous(memory_format=layout)))

    return {"window": timed(options.repeats or 2, infer, warmup=0)}


WORKLOADS = {work.__name__: work for work in (step, transforms, cache, post, save, window)}


def numbers(text):
    return [int(word) for word in text.split(",")]


def figures(samples):
    return {"medianSeconds": statistics.median(sample[0] for sample in samples),
            "leastSeconds": min(sample[0] for sample in samples),
            "cpuSeconds": statistics.median(sample[1] for sample in samples),
            "others": statistics.median(sample[2] for sample in samples)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(WORKLOADS))
    parser.add_argument("--data", default="data")
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--size", type=int, default=96)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int)
    parser.add_argument("--dtype", choices=("f32", "bf16"), default="f32")
    parser.add_argument("--channels", type=numbers, default=[16, 32, 64, 128, 256])
    parser.add_argument("--shape", type=numbers, default=[512, 512, 100])
    parser.add_argument("--roi", type=numbers, default=[160, 160, 160])
    parser.add_argument("--overlap", type=float, default=0.5)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()

    import torch

    torch.set_num_threads(options.threads)
    times = WORKLOADS[options.name](options)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"times": {name: figures(samples) for name, samples in times.items()},
                      "peakMiB": peak / 1024}))


if __name__ == "__main__":
    main()
