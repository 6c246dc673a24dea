"""Writes the small checkpoints that CheckpointTests reads.

    python make_checkpoints.py PREFIX     # once with torch 1.13.1 (torch1), once with torch 2 (torch2)
"""
import sys
import zipfile
from collections import OrderedDict

import torch

prefix = sys.argv[1]
base = torch.arange(12, dtype=torch.float32).reshape(3, 4)
network = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
with torch.no_grad():
    for number, weight in enumerate(network.state_dict().values()):
        weight.copy_(torch.arange(weight.numel()).reshape(weight.shape) + number)
optimizer = torch.optim.Adam(network.parameters(), lr=2e-4)
network(torch.ones(3, 2)).sum().backward()
optimizer.step()

types = {
    str(dtype).removeprefix("torch."): torch.tensor([0, 1, 2, 100]).to(dtype)
    for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64,
                  torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)
}
state = {
    "model": network.state_dict(),
    "optimizer": optimizer.state_dict(),
    "types": types,
    "views": {"base": base, "transposed": base.t(), "row": base[1], "column": base[:, 2],
              "expanded": base[:1, :1].expand(2, 2), "scalar": torch.tensor(2.5),
              "empty": torch.zeros(0, 3), "parameter": torch.nn.Parameter(base)},
    "plain": OrderedDict(none=None, yes=True, no=False, small=7, word=40000, negative=-3,
                         wide=1 << 40, huge=-(1 << 62), ratio=0.1, text="Étude ✓",
                         list=[1, [2.5, "x"]], tuple=(1, 2, 3, 4), size=torch.Size([2, 3]),
                         device=torch.device("cuda:0"), dtype=torch.float16, set={4}),
}
torch.save(state, f"{prefix}.pt")
torch.save(state, f"{prefix}-legacy.pt", _use_new_zipfile_serialization=False)
torch.save(network.state_dict(), f"{prefix}-bare.pt")
with zipfile.ZipFile(f"{prefix}-bare.pt") as plain, zipfile.ZipFile(f"{prefix}-deflated.pt", "w", zipfile.ZIP_DEFLATED) as packed:
    for name in plain.namelist():
        packed.writestr(zipfile.ZipInfo(name), plain.read(name), zipfile.ZIP_DEFLATED)
