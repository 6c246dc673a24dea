"""The same model and input on MONAI's side."""

import json
import os

import torch
from monai import transforms as t
from monai.networks.nets import UNet

ARGUMENTS = dict(
    spatial_dims=3, in_channels=1, out_channels=2, channels=(8, 16, 32), strides=(2, 2), num_res_units=2, norm="batch"
)


def network(state):
    """MONAI's UNet with every key of `state` taken, and no other left over."""
    net = UNet(**ARGUMENTS)
    assert str(net.load_state_dict(state)) == "<All keys matched successfully>"
    return net.eval()


def listed(data, key):
    """The items of the data list, with full paths."""
    with open(os.path.join(data, "dataset.json")) as file:
        items = json.load(file)[key]
    return [{k: os.path.join(data, item[k]) for k in ("image", "label")} for item in items]


def image(path):
    """The scaled image as the configuration loads it, [1,1,x,y,z]."""
    chain = t.Compose(
        [
            t.LoadImage(image_only=True),
            t.EnsureChannelFirst(),
            t.ScaleIntensityRange(a_min=-57, a_max=164, b_min=0.0, b_max=1.0, clip=True),
        ]
    )
    return chain(path).as_tensor()[None]


def logits(net, path):
    with torch.no_grad():
        return net(image(path))[0]
