"""MeanDice, Accuracy and the files MetricsSaver writes, run through an engine as Clara runs them."""

import os
import shutil
import warnings

import torch
from ignite.engine import Engine
from ignite.metrics import Accuracy
from monai.handlers import MeanDice, MetricsSaver, from_engine
from monai.metrics import DiceMetric

from fixture import FOLDER, Fixture

SHAPES = [(5, 4, 3), (4, 4, 4), (6, 3, 5), (5, 4, 3)]
CASES = [
    "/data/imagesTr/case_01.nii.gz",
    "/data/imagesTr/case_02.nii.gz",
    "/data/imagesTr/case, with comma.nii.gz",
    "/data/imagesTr/case_04.nii.gz",
]
REDUCTIONS = ("none", "mean", "sum", "mean_batch", "sum_batch", "mean_channel", "sum_channel")
SAVERS = {
    "seed": dict(metrics=["val_mean_dice", "val_acc"], metric_details=["val_mean_dice"], summary_ops="*"),
    "tabs": dict(
        metrics="*", metric_details="*", summary_ops=["mean", "5percentile", "notnans", "max"], delimiter="\t"
    ),
    "no_summary": dict(metrics="val_acc", metric_details="val_mean_dice"),
}


def onehot(labels, classes):
    return torch.nn.functional.one_hot(labels, classes).movedim(-1, 0).float().contiguous()


def items(classes, seed, missing=()):
    """Predictions that agree with their labels in most voxels; classes named in `missing` are absent from label k."""
    generator = torch.Generator().manual_seed(seed)
    out = []
    for k, shape in enumerate(SHAPES):
        label = torch.randint(0, classes, shape, generator=generator)
        for item, c in missing:
            if item == k:
                label[label == c] = 0
        noise = torch.randint(0, classes, shape, generator=generator)
        pred = torch.where(torch.rand(shape, generator=generator) < 0.7, label, noise)
        out.append((onehot(pred, classes), onehot(label, classes)))
    return out


def run(pairs, batch, metrics, handlers=()):
    """One evaluation epoch over the pairs, `batch` at a time; gives the engine afterwards."""
    groups = [range(k, min(k + batch, len(pairs))) for k in range(0, len(pairs), batch)]

    def step(engine, group):
        engine.state.batch = [{"image_meta_dict": {"filename_or_obj": CASES[i]}} for i in group]
        return [{"pred": pairs[i][0], "label": pairs[i][1]} for i in group]

    engine = Engine(step)
    for name, metric in metrics.items():
        metric.attach(engine, name)
    for handler in handlers:
        handler.attach(engine)
    engine.run(groups, max_epochs=1, epoch_length=len(groups))
    return engine


def dice(f, name, pairs):
    for k, (pred, label) in enumerate(pairs):
        f.put(f"{name}/{k}/pred", pred, "uint8")
        f.put(f"{name}/{k}/label", label, "uint8")
    for background in (True, False):
        kind = f"{name}/{'with' if background else 'without'}_background"
        for batch in (1, 3):
            metric = MeanDice(include_background=background, output_transform=from_engine(["pred", "label"]))
            engine = run(pairs, batch, {"val_mean_dice": metric})
            f.put(f"{kind}/batch{batch}/value", engine.state.metrics["val_mean_dice"], "float64")
            if batch == 1:
                f.put(f"{kind}/raw", engine.state.metric_details["val_mean_dice"])
        for reduction in REDUCTIONS:
            metric = DiceMetric(include_background=background, reduction=reduction, get_not_nans=True)
            for pred, label in pairs:
                metric([pred], [label])
            value, count = metric.aggregate()
            f.put(f"{kind}/reduction/{reduction}/value", value)
            f.put(f"{kind}/reduction/{reduction}/not_nans", count)
    accuracy = run(pairs, 1, {"acc": Accuracy(output_transform=from_engine(["pred", "label"]))})
    f.put(f"{name}/accuracy", accuracy.state.metrics["acc"], "float64")


def accuracies(f):
    generator = torch.Generator().manual_seed(9)
    pairs = [(torch.rand((3, *s), generator=generator), torch.randint(0, 3, s, generator=generator)) for s in SHAPES]
    for k, (pred, label) in enumerate(pairs):
        f.put(f"multiclass/{k}/pred", pred)
        f.put(f"multiclass/{k}/label", label)
    engine = run(pairs, 2, {"acc": Accuracy(output_transform=from_engine(["pred", "label"]))})
    f.put("multiclass/accuracy", engine.state.metrics["acc"], "float64")
    for name, (pred, label) in {
        "not_binary": (torch.ones(1, 2, 2), torch.full((1, 2, 2), 2.0)),
        "shapes": (torch.ones(1, 2, 2), torch.ones(1, 3, 2)),
    }.items():
        try:
            metric = Accuracy(output_transform=from_engine(["pred", "label"]))
            run([(pred, label)], 1, {"acc": metric})
        except Exception as error:
            f.note(f"{name}/error", f"{type(error).__name__}: {error}".splitlines()[0])


def saver_files(f, pairs):
    root = os.path.join(FOLDER, "metrics_saver")
    shutil.rmtree(root, ignore_errors=True)
    for name, arguments in SAVERS.items():
        metrics = {
            "val_mean_dice": MeanDice(
                include_background=name != "tabs", output_transform=from_engine(["pred", "label"])
            ),
            "val_acc": Accuracy(output_transform=from_engine(["pred", "label"])),
        }
        folder = os.path.join(root, name)
        saver = MetricsSaver(folder, batch_transform=from_engine(["image_meta_dict"]), **arguments)
        run(pairs, 1, metrics, [saver])
        f.note(f"metrics_saver/{name}", dict(arguments, include_background=name != "tabs"))
        f.note(f"metrics_saver/{name}/files", sorted(os.listdir(folder)))


def make():
    warnings.simplefilter("ignore")
    f = Fixture("metrics")
    two, three = items(2, 0, [(1, 1)]), items(3, 1, [(0, 2), (2, 1), (2, 2)])
    dice(f, "two_classes", two)
    dice(f, "three_classes", three)
    dice(f, "nothing_there", [(p, onehot(torch.zeros(s, dtype=torch.long), 2)) for (p, _), s in zip(two, SHAPES)])
    accuracies(f)
    f.note("cases", CASES)
    saver_files(f, three)
    return [f]
