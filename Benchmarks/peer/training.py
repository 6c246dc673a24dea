"""A small training from start to end with MONAI's engines: what examples/spleen does, on small volumes.

    python training.py DIR [--epochs 60] [--val-interval 10] [--seed 0] [--threads 2]

DIR is a Decathlon folder of ten volumes of 64^3, two for validation. Eight channels to start with,
patches of 32^3, batches of 2 x 4 crops, Adam at 2e-3. The last line is JSON: best Dice and seconds.
"""
import argparse
import json
import os
import tempfile
import time

START = time.perf_counter()


def transforms(patch):
    from monai import transforms as t

    keys = ["image", "label"]
    fixed = [t.LoadImaged(keys), t.EnsureChannelFirstd(keys),
             t.ScaleIntensityRanged("image", a_min=-57, a_max=164, b_min=0.0, b_max=1.0, clip=True),
             t.CropForegroundd(keys, source_key="image", allow_smaller=True)]
    drawn = [t.RandCropByPosNegLabeld(keys, label_key="label", spatial_size=[patch] * 3, pos=1, neg=1,
                                      num_samples=4, image_key="image", image_threshold=0),
             t.RandShiftIntensityd("image", offsets=0.1, prob=0.5)]
    last = [t.ToTensord(keys)]
    return t.Compose(fixed + drawn + last), t.Compose(fixed + last)


def loaders(options):
    from monai.data import CacheDataset, DataLoader, load_decathlon_datalist

    index = os.path.join(options.folder, "dataset.json")
    for part, pipeline, batch in zip(("training", "validation"), transforms(options.patch), (2, 1)):
        data = CacheDataset(load_decathlon_datalist(index, True, part), pipeline, cache_rate=1.0,
                            num_workers=4, progress=False)
        yield DataLoader(data, batch_size=batch, shuffle=part == "training", num_workers=0)


def engines(options, folder):
    import torch
    from monai import engines as e
    from monai import handlers as h
    from monai import transforms as t
    from monai.inferers import SimpleInferer, SlidingWindowInferer
    from monai.losses import DiceLoss
    from monai.networks.nets import UNet

    training, validation = loaders(options)
    net = UNet(spatial_dims=3, in_channels=1, out_channels=2, channels=(8, 16, 32), strides=(2, 2),
               num_res_units=2, norm="batch")
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=5000, gamma=0.1)
    device, loss_of = torch.device("cpu"), h.from_engine(["loss"], first=True)
    evaluator = e.SupervisedEvaluator(
        device=device, val_data_loader=validation, network=net,
        inferer=SlidingWindowInferer([options.patch] * 3, sw_batch_size=4, overlap=0.5),
        postprocessing=t.Compose([
            t.Activationsd("pred", softmax=True),
            t.AsDiscreted(["pred", "label"], argmax=[True, False], to_onehot=2)]),
        key_val_metric={"val_mean_dice": h.MeanDice(include_background=False,
                                                    output_transform=h.from_engine(["pred", "label"]))},
        val_handlers=[h.TensorBoardStatsHandler(log_dir=folder, output_transform=lambda output: None),
                      h.CheckpointSaver(folder, {"model": net}, save_key_metric=True)])
    trainer = e.SupervisedTrainer(
        device=device, max_epochs=options.epochs, train_data_loader=training, network=net,
        optimizer=optimizer, loss_function=DiceLoss(to_onehot_y=True, softmax=True),
        inferer=SimpleInferer(),
        train_handlers=[
            h.LrScheduleHandler(scheduler, print_lr=False),
            h.ValidationHandler(options.val_interval, evaluator, epoch_level=True),
            h.StatsHandler(tag_name="train_loss", output_transform=loss_of),
            h.CheckpointSaver(folder, {"model": net, "optimizer": optimizer, "lr_scheduler": scheduler},
                              save_final=True),
            h.TensorBoardStatsHandler(log_dir=folder, tag_name="train_loss", output_transform=loss_of)])
    return trainer, evaluator


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--val-interval", type=int, default=10)
    parser.add_argument("--patch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()

    import torch
    from ignite.engine import Events
    from monai.utils import set_determinism

    torch.set_num_threads(options.threads)
    set_determinism(options.seed)
    trainer, evaluator = engines(options, tempfile.mkdtemp())
    dice = []
    evaluator.add_event_handler(Events.COMPLETED,
                                lambda engine: dice.append(engine.state.metrics["val_mean_dice"]))
    trainer.run()
    print("training", json.dumps({"val_mean_dice": [round(value, 4) for value in dice],
                                  "main_to_end_s": round(time.perf_counter() - START, 3)}))


if __name__ == "__main__":
    main()
