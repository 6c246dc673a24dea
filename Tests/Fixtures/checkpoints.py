"""Checkpoint files as torch 1.13 writes them, and the tensors each of them holds."""

import os
import zipfile

import torch
from monai.networks.nets import UNet

from fixture import FOLDER, Fixture

FILES = os.path.join(FOLDER, "checkpoints")
CONFIG = {
    "train": {
        "model": {
            "name": "UNet",
            "args": {
                "spatial_dims": 3,
                "in_channels": 1,
                "out_channels": 2,
                "channels": [4, 8],
                "strides": [2],
                "num_res_units": 2,
                "norm": "batch",
            },
        }
    },
    "epochs": 3,
    "learning_rate": 0.0002,
    "amp": False,
    "note": None,
}


def save(name, value, **options):
    """torch.save into the folder of checkpoint files."""
    path = os.path.join(FILES, name)
    torch.save(value, path, **options)
    return path


def put_tree(f, prefix, value):
    """Every tensor below a nested value, by its path; scalars as notes."""
    if isinstance(value, torch.Tensor):
        f.put(prefix, value.float() if value.dtype == torch.bfloat16 else value)
    elif isinstance(value, dict):
        for key, part in value.items():
            put_tree(f, f"{prefix}/{key}", part)
    elif isinstance(value, (list, tuple)) and any(isinstance(v, (dict, list, torch.Tensor)) for v in value):
        for k, part in enumerate(value):
            put_tree(f, f"{prefix}/{k}", part)
    else:
        f.note(prefix, value)


def clara():
    """What CheckpointSaver writes for the seed's save_dict, after two steps of Adam."""
    torch.manual_seed(0)
    net = UNet(**CONFIG["train"]["model"]["args"])
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-4)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=5000, gamma=0.1)
    x = torch.rand(1, 1, 8, 8, 8)
    for _ in range(2):
        optimizer.zero_grad()
        net(x).square().mean().backward()
        optimizer.step()
    scheduler.step()
    return net, {
        "model": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "lr_scheduler": scheduler.state_dict(),
        "train_conf": CONFIG,
    }


def typed():
    values = torch.arange(-6, 6)
    return {
        "float64": values.double() / 3,
        "float32": values.float() / 3,
        "float16": values.half() / 3,
        "bfloat16": values.bfloat16() / 3,
        "int64": values * 2**40,
        "int32": values.int() * 2**20,
        "int16": values.short() * 300,
        "int8": values.char() * 5,
        "uint8": values.byte(),
        "bool": values > 0,
        "empty": torch.zeros(0, 3),
        "scalar": torch.tensor(2.5),
        "scalar_int": torch.tensor(7),
    }


def views():
    """Tensors that share one storage: a transpose, a slice with an offset, an expanded row, a step of two."""
    base = torch.arange(24.0).reshape(4, 6)
    return {
        "base": base,
        "transposed": base.t(),
        "slice": base[1:3, 2:5],
        "expanded": base[2:3].expand(5, 6),
        "stepped": base.flatten()[1::2],
        "last": base[3, 5],
    }


def make():
    os.makedirs(FILES, exist_ok=True)
    f = Fixture("checkpoints")
    net, whole = clara()
    parameter = {
        "weight": torch.nn.Parameter(torch.arange(6.0).reshape(2, 3)),
        "frozen": torch.nn.Parameter(torch.ones(2), requires_grad=False),
    }
    contents = {
        "clara.pt": whole,
        "state_dict.pt": net.state_dict(),
        "types.pt": typed(),
        "views.pt": views(),
        "parameters.pt": parameter,
    }
    for name, value in contents.items():
        put_tree(f, name, value)
        with zipfile.ZipFile(save(name, value)) as archive:
            f.note(f"{name}/records", [i.filename for i in archive.infolist()])
    for name, value in (
        ("legacy_state_dict.pt", net.state_dict()),
        ("legacy_views.pt", views()),
        ("legacy_types.pt", typed()),
    ):
        if not os.path.exists(os.path.join(FILES, name)):  # it names storages by memory address: kept, not rewritten
            save(name, value, _use_new_zipfile_serialization=False)
        put_tree(f, name, value)
    f.note("train_conf", CONFIG)
    f.note("order", list(net.state_dict()))
    x = torch.rand(1, 1, 8, 8, 8, generator=torch.Generator().manual_seed(1))
    f.put("input", x)
    net.eval()
    with torch.no_grad():
        f.put("output", net(x))
    return [f]
