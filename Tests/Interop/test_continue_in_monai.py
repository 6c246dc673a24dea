"""MONAI's own CheckpointLoader takes etude's checkpoint, and training goes on where it stopped."""

import torch
from ignite.engine import Engine, Events
from monai.handlers import CheckpointLoader
from monai.losses import DiceLoss
from monai.networks.nets import UNet

import reference


def test_adam_goes_on(trained):
    net = UNet(**reference.ARGUMENTS)
    optimizer = torch.optim.Adam(net.parameters(), lr=1.0)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=5000)
    loss_function = DiceLoss(to_onehot_y=True, softmax=True)
    (item,) = reference.listed(trained.data, "validation")
    x, y = (
        reference.image(item["image"]),
        (reference.image(item["label"]) > reference.image(item["label"]).min()).float(),
    )
    losses = []

    def step(engine, _):
        optimizer.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())

    engine = Engine(step)
    CheckpointLoader(
        trained.path("models", "final_model.pt"),
        {"model": net, "optimizer": optimizer, "lr_scheduler": scheduler},
        map_location="cpu",
    ).attach(engine)
    engine.add_event_handler(Events.STARTED, lambda e: losses.append(optimizer.param_groups[0]["lr"]))
    engine.run([0] * 6, max_epochs=1)
    rate, first, *_, last = losses
    assert abs(rate - 2e-4) < 1e-9
    steps = {int(s["step"]) for s in optimizer.state.values()}
    assert len(steps) == 1 and steps.pop() > 6  # it did not start again from nothing
    assert last < first
