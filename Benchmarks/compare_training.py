"""Trains the same small segmentation with this program and with MONAI, and compares quality and time.

    python Benchmarks/compare_training.py --etude .build/release/etude \
        --peer-python PEER_VENV/bin/python --data SMALL [--seeds 0 1 2 3 4]

The workload: 8 + 2 volumes of 64^3, UNet of 8, 16, 32 channels, patches of 32^3, batches of 2 x 4
crops, Adam at 2e-3, 60 epochs of 4 iterations, a validation every 10 epochs. `peer/training.py` is MONAI's
side; this program's side is examples/spleen with overrides. SMALL is made by
`etude dataset synthesize SMALL --n 10 --val 2 --shape 64 64 64`. Sides take turns, seed by seed, each with the machine to itself.

For each side: the best validation Dice of every seed and their median, the wall time (for MONAI from
main to end, as it reports; for this program the whole process) and the processor time. `busy` is the
share of the machine that other processes used meanwhile: look at it before believing a wall time.
The exit status is 1 when a goal is missed: median of our best Dice at least the peer's less 0.01, and
none below 0.90.
"""
import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PEER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer", "training.py")
EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "examples", "spleen")
EPOCHS, INTERVAL = 60, 10


def machine_ticks():
    """Processor seconds the whole machine has worked."""
    with open("/proc/stat") as stat:
        fields = [int(word) for word in stat.readline().split()[1:9]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / os.sysconf("SC_CLK_TCK")


def run(command, **options):
    before, worked, start = resource.getrusage(resource.RUSAGE_CHILDREN), machine_ticks(), time.time()
    done = subprocess.run(command, capture_output=True, text=True, **options)
    wall = time.time() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    others = max(0.0, machine_ticks() - worked - cpu) / (wall * os.cpu_count())
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout + done.stderr, {"wall_s": round(wall, 1), "cpu_s": round(cpu, 1),
                                       "busy": round(others, 2)}


def peer(a, seed):
    command = [a.peer_python, PEER, a.data, "--epochs", str(EPOCHS), "--val-interval", str(INTERVAL),
               "--threads", str(a.threads), "--seed", str(seed)]
    text, figures = run(command)
    line = next(line for line in text.splitlines() if line.startswith("training {"))
    result = json.loads(line.removeprefix("training "))
    dice = result["val_mean_dice"]
    return {**figures, "wall_s": result["main_to_end_s"], "dice": dice, "best": max(dice)}


def ours(a, seed):
    folder = tempfile.mkdtemp(prefix="compare-training-")
    shutil.copytree(os.path.join(EXAMPLE, "config"), os.path.join(folder, "config"))
    sets = [f"DATA_ROOT={a.data}", f"DATASET_JSON={a.data}/dataset.json", f"epochs={EPOCHS}",
            f"num_interval_per_valid={INTERVAL}", "learning_rate=2e-3", "amp=False",
            "network_summary=null", f"determinism.random_seed={seed}",
            "train.model.channels=[8,16,32]", "train.model.strides=[2,2]",
            "train.pre_transforms[4].spatial_size=[32,32,32]",
            "validate.inferer.roi_size=[32,32,32]", "train.dataloader.num_workers=0",
            "validate.dataloader.num_workers=0"]
    text, figures = run([a.etude, "train", "-m", folder, "--threads", str(a.threads),
                         "--set", *sets])
    shutil.rmtree(folder)
    dice = [float(word) for word in re.findall(r"Metrics -- .*val_mean_dice: ([0-9.]+)", text)]
    return {**figures, "dice": dice, "best": max(dice)}


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--etude", required=True)
    p.add_argument("--peer-python", required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--json", help="also write the figures here")
    a = p.parse_args()
    a.data, a.etude = os.path.abspath(a.data), os.path.abspath(a.etude)
    rows = {"peer": [], "ours": []}
    for seed in a.seeds:
        for side, train in (("peer", peer), ("ours", ours)):
            row = train(a, seed)
            rows[side].append(row)
            print(f"seed {seed} {side}: best {row['best']:.4f} of {row['dice']}, wall {row['wall_s']} s, "
                  f"cpu {row['cpu_s']} s, busy {row['busy']:.0%}", flush=True)
    best = {side: statistics.median(row["best"] for row in rows[side]) for side in rows}
    for side in rows:
        wall, cpu = (statistics.median(row[key] for row in rows[side]) for key in ("wall_s", "cpu_s"))
        print(f"{side}: median best Dice {best[side]:.4f}, lowest "
              f"{min(row['best'] for row in rows[side]):.4f}, median wall {wall:.1f} s, cpu {cpu:.1f} s")
    if a.json:
        with open(a.json, "w") as out:
            json.dump(rows, out, indent=1)
    reached = best["ours"] >= best["peer"] - 0.01 and min(r["best"] for r in rows["ours"]) >= 0.90
    print("quality:", "reached" if reached else "missed")
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
