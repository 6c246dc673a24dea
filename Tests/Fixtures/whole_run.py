"""The seed's training configuration, run by MONAI's engines on the four tiny volumes: every loss and every draw.

Two runs that differ only in when the global seed is set:
    once    set_determinism(0), network, train data, validation data, run
    twice   set_determinism(0), network, set_determinism(0), train data, validation data, run
"""

import logging
import os
import re
import warnings

import torch
from ignite.engine import Events
from ignite.metrics import Accuracy
from monai import transforms as t
from monai.data import CacheDataset, DataLoader, load_decathlon_datalist
from monai.engines import SupervisedEvaluator, SupervisedTrainer
from monai.handlers import LrScheduleHandler, MeanDice, StatsHandler, ValidationHandler, from_engine
from monai.inferers import SimpleInferer, SlidingWindowInferer
from monai.losses import DiceLoss
from monai.networks.nets import UNet
from monai.utils import set_determinism

import volumes
from fixture import Fixture
from networks import SEED_NET, feeds_norm
from watched import WatchedCrop, WatchedShift, watched_draws

KEYS, PATCH, EPOCHS, INTERVAL, RATE = ["image", "label"], [32, 32, 32], 10, 4, 2e-4


def fixed():
    """A new copy of the deterministic part of both chains, as `ref` makes one."""
    return [
        t.LoadImaged(KEYS),
        t.EnsureChannelFirstd(KEYS),
        t.ScaleIntensityRanged("image", a_min=-57, a_max=164, b_min=0.0, b_max=1.0, clip=True),
        t.CropForegroundd(KEYS, source_key="image"),
    ]


def post():
    return t.Compose(
        [t.Activationsd("pred", softmax=True), t.AsDiscreted(keys=["pred", "label"], argmax=[True, False], to_onehot=2)]
    )


def data(index):
    """Train loader, then validation loader: each draws one int32 when it is made."""
    crop = WatchedCrop(
        KEYS, label_key="label", spatial_size=PATCH, pos=1, neg=1, num_samples=4, image_key="image", image_threshold=0
    )
    shift = WatchedShift("image", offsets=0.1, prob=0.5)
    train = CacheDataset(
        load_decathlon_datalist(index, True, "training"),
        t.Compose([*fixed(), crop, shift, t.ToTensord(KEYS)]),
        cache_num=32,
        cache_rate=1.0,
        num_workers=4,
        progress=False,
    )
    train_loader = DataLoader(train, batch_size=2, shuffle=True, num_workers=0)
    validation = CacheDataset(
        load_decathlon_datalist(index, True, "validation"),
        t.Compose([*fixed(), t.ToTensord(KEYS)]),
        cache_num=9,
        cache_rate=1.0,
        num_workers=4,
        progress=False,
    )
    return crop, shift, train_loader, DataLoader(validation, batch_size=1, shuffle=False, num_workers=0)


class Log(logging.Handler):
    """Log lines as `name - level - message`, times of day and durations blanked out."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        message = re.sub(r"\d\d:\d\d:\d\d", "--:--:--", record.getMessage())
        self.lines.append(f"{record.name} - {record.levelname} - {message}")


def engines(net, train_loader, validation_loader, optimizer, scheduler):
    evaluator = SupervisedEvaluator(
        device=torch.device("cpu"),
        val_data_loader=validation_loader,
        network=net,
        inferer=SlidingWindowInferer(PATCH, sw_batch_size=4, overlap=0.5),
        postprocessing=post(),
        key_val_metric={
            "val_mean_dice": MeanDice(include_background=False, output_transform=from_engine(["pred", "label"]))
        },
        additional_metrics={"val_acc": Accuracy(output_transform=from_engine(["pred", "label"]))},
        val_handlers=[StatsHandler(output_transform=lambda x: None)],
        amp=False,
    )
    trainer = SupervisedTrainer(
        device=torch.device("cpu"),
        max_epochs=EPOCHS,
        train_data_loader=train_loader,
        network=net,
        loss_function=DiceLoss(to_onehot_y=True, softmax=True),
        optimizer=optimizer,
        inferer=SimpleInferer(),
        postprocessing=post(),
        key_train_metric={"train_acc": Accuracy(output_transform=from_engine(["pred", "label"]))},
        train_handlers=[
            LrScheduleHandler(scheduler, print_lr=True),
            ValidationHandler(validator=evaluator, epoch_level=True, interval=INTERVAL),
            StatsHandler(tag_name="train_loss", output_transform=from_engine(["loss"], first=True)),
        ],
        amp=False,
    )
    return trainer, evaluator


def watch(trainer, evaluator, draws):
    """What happens, in order: losses, metrics, files per batch, and how far the list of draws had come."""
    seen = {
        "losses": [],
        "train_acc": [],
        "val_mean_dice": [],
        "val_acc": [],
        "files": [],
        "marks": [],
        "patch_sums": [],
    }

    def iteration(engine):
        seen["losses"].append(float(engine.state.output[0]["loss"]))
        seen["files"].append(
            [os.path.basename(b["image_meta_dict"]["filename_or_obj"]) for b in engine.state.batch[::4]]
        )
        seen["patch_sums"] += [
            [float(o["image"].double().sum()), float(o["label"][1].double().sum())] for o in engine.state.output
        ]

    def mark(what):
        return lambda engine: seen["marks"].append([what, engine.state.epoch, len(draws)])

    trainer.add_event_handler(Events.ITERATION_COMPLETED, iteration)
    trainer.add_event_handler(Events.EPOCH_STARTED, mark("train epoch started"))
    trainer.add_event_handler(Events.EPOCH_COMPLETED, mark("train epoch and its handlers completed"))
    evaluator.add_event_handler(Events.EPOCH_COMPLETED, mark("validation completed"))
    trainer.add_event_handler(Events.EPOCH_COMPLETED, lambda e: seen["train_acc"].append(e.state.metrics["train_acc"]))
    for name in ("val_mean_dice", "val_acc"):
        evaluator.add_event_handler(Events.EPOCH_COMPLETED, lambda e, n=name: seen[n].append(e.state.metrics[n]))
    return seen


def run(f, kind, index):
    log = Log()
    logging.getLogger().addHandler(log)
    logging.getLogger().setLevel(logging.INFO)
    with watched_draws() as draws:
        set_determinism(0)
        net = UNet(**SEED_NET)
        optimizer = torch.optim.Adam(net.parameters(), lr=RATE)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=5000, gamma=0.1)
        if kind == "twice":
            set_determinism(0)
        crop, shift, train_loader, validation_loader = data(index)
        trainer, evaluator = engines(net, train_loader, validation_loader, optimizer, scheduler)
        seen = watch(trainer, evaluator, draws)
        trainer.run()
    logging.getLogger().removeHandler(log)
    for key in ("losses", "train_acc", "val_mean_dice", "val_acc", "patch_sums"):
        f.put(f"{kind}/{key}", seen[key], "float64")
    f.put(f"{kind}/draws", [v for _, v in draws], "int64")
    f.note(f"{kind}/draw_types", [kind_ for kind_, _ in draws])
    f.note(f"{kind}/draws_made_when", seen["marks"])
    f.note(f"{kind}/files", seen["files"])
    f.put(f"{kind}/centres", crop.record, "int64")
    f.put(f"{kind}/offsets", shift.record, "float64")
    f.put(f"{kind}/final/norm", [p.double().norm().item() for p in net.parameters()], "float64")
    f.put(f"{kind}/final/first4", [(p.flatten()[:4].tolist() + [0.0] * 4)[:4] for p in net.parameters()], "float32")
    with open(os.path.join(volumes.DATA, f"log_{kind}.txt"), "w") as file:
        file.write("\n".join(log.lines) + "\n")
    return net


def make():
    warnings.simplefilter("ignore")
    f = Fixture("whole_run")
    index = volumes.write()
    for kind in ("once", "twice"):
        net = run(f, kind, index)
    f.note("parameters", [k for k, _ in net.named_parameters()])
    f.note("biases_that_feed_a_norm", feeds_norm(net))
    f.note(
        "configuration",
        {
            "network": SEED_NET,
            "patch": PATCH,
            "epochs": EPOCHS,
            "validation interval": INTERVAL,
            "lr": RATE,
            "batch_size": 2,
            "num_samples": 4,
            "seed": 0,
            "roi": PATCH,
            "overlap": 0.5,
        },
    )
    return [f]
