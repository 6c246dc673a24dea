"""TensorBoard reads etude's event files: the right tags at the right steps."""

import math
import os

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def scalars(folder):
    """tag → [(step, value)], over every event file of the folder."""
    out = {}
    files = [n for n in sorted(os.listdir(folder)) if "tfevents" in n]
    assert files, f"no event file in {folder}"
    for name in files:
        accumulator = EventAccumulator(os.path.join(folder, name))
        accumulator.Reload()
        for tag in accumulator.Tags()["scalars"]:
            out.setdefault(tag, []).extend((e.step, e.value) for e in accumulator.Scalars(tag))
    return out


def test_tags_and_steps(trained):
    found = scalars(trained.path("models"))
    assert [s for s, _ in found["train_loss"]] == list(range(1, 9))  # 4 epochs of 2 iterations
    assert [s for s, _ in found["train_acc"]] == [1, 2, 3, 4]  # every epoch
    assert [s for s, _ in found["val_mean_dice"]] == [2, 4]  # every second epoch
    assert [s for s, _ in found["val_acc"]] == [2, 4]
    for tag, points in found.items():
        assert all(math.isfinite(v) for _, v in points), tag
    assert all(0 < v < 1 for _, v in found["train_loss"])
