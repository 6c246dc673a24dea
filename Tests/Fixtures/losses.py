"""DiceLoss in every variant: value and gradient with respect to the logits."""

import torch
from monai.losses import DiceLoss

from fixture import Fixture

SHAPES = {"3d": (2, 3, 4, 5, 3), "2d": (2, 3, 6, 5), "one_channel": (2, 1, 4, 5, 3)}
VARIANTS = {
    "seed": dict(to_onehot_y=True, softmax=True),
    "no_background": dict(to_onehot_y=True, softmax=True, include_background=False),
    "squared": dict(to_onehot_y=True, softmax=True, squared_pred=True),
    "jaccard": dict(to_onehot_y=True, softmax=True, jaccard=True),
    "batch": dict(to_onehot_y=True, softmax=True, batch=True),
    "sigmoid": dict(to_onehot_y=True, sigmoid=True),
    "sum": dict(to_onehot_y=True, softmax=True, reduction="sum"),
    "none": dict(to_onehot_y=True, softmax=True, reduction="none"),
    "none_batch": dict(to_onehot_y=True, softmax=True, reduction="none", batch=True),
    "smooth": dict(to_onehot_y=True, softmax=True, smooth_nr=0.0, smooth_dr=1e-2),
    "everything": dict(
        to_onehot_y=True, sigmoid=True, include_background=False, squared_pred=True, jaccard=True, batch=True
    ),
}
ONE_CHANNEL = {"sigmoid": dict(sigmoid=True), "squared": dict(sigmoid=True, squared_pred=True)}


def case(f, name, arguments, logits, label):
    x = logits.clone().requires_grad_()
    loss = DiceLoss(**arguments)(x, label)
    loss.sum().backward()
    f.note(name, arguments)
    f.put(f"{name}/loss", loss)
    f.put(f"{name}/gradient", x.grad)


def make():
    f = Fixture("dice_loss")
    for number, (kind, shape) in enumerate(SHAPES.items()):
        generator = torch.Generator().manual_seed(number)
        logits = torch.randn(shape, generator=generator)
        classes = max(2, shape[1])
        label = torch.randint(0, classes, (shape[0], 1, *shape[2:]), generator=generator).float()
        f.put(f"{kind}/logits", logits)
        f.put(f"{kind}/label", label)
        for name, arguments in (ONE_CHANNEL if shape[1] == 1 else VARIANTS).items():
            case(f, f"{kind}/{name}", arguments, logits, label)
        f.put(f"{kind}/probabilities", logits.sigmoid())
        arguments = dict(to_onehot_y=shape[1] > 1)
        case(f, f"{kind}/raw_probabilities", arguments, logits.sigmoid(), label)
    onehot = torch.nn.functional.one_hot(label.long()[:, 0], 2).movedim(-1, 1).float()  # a target already one-hot
    logits = torch.randn(onehot.shape, generator=generator)
    f.put("onehot/logits", logits)
    f.put("onehot/label", onehot)
    case(f, "onehot/softmax", dict(softmax=True), logits, onehot)
    f.put("empty_class/logits", logits)
    f.put("empty_class/label", torch.zeros(2, 1, *onehot.shape[2:]))
    case(f, "empty_class/seed", VARIANTS["seed"], logits, torch.zeros(2, 1, *onehot.shape[2:]))
    logits = torch.sin(torch.arange(32.0)).reshape(2, 2, 2, 2, 2)  # the golden values of the notes
    label = (torch.arange(16) % 3 == 0).float().reshape(2, 1, 2, 2, 2)
    f.put("golden/logits", logits)
    f.put("golden/label", label)
    for name in ("seed", "no_background", "squared", "jaccard", "batch"):
        case(f, f"golden/{name}", VARIANTS[name], logits, label)
    return [f]
