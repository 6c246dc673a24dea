"""Writes the tables and the event file that MetricsReportTests and EventWriterTests compare with.

    python make_reports.py         # with monai 0.8.1, torch 1.13.1 and tensorboard
"""
import glob
import os
import shutil
import tempfile

import torch
from monai.handlers import write_metrics_reports
from torch.utils.tensorboard import SummaryWriter

values = torch.tensor([[0.8, 2 / 3], [1, float("nan")], [0.25, 0.1]])
write_metrics_reports(".", ["/a/x.nii.gz", "b", "c d"], None, {"dice": values}, "*", deli="\t")

with tempfile.TemporaryDirectory() as folder:
    writer = SummaryWriter(folder)
    writer.add_scalar("train_loss", 0.5, 1)
    writer.add_scalar("train_loss", 0.25, 2)
    writer.add_scalar("val_mean_dice", 0.875, 1)
    writer.close()
    shutil.copy(glob.glob(os.path.join(folder, "*"))[0], "torch.tfevents")
