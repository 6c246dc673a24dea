"""Write the parity fixtures: what MONAI 0.8.1 computes, for Swift tests that need no Python.

    python3.11 -m venv ENV && ENV/bin/pip install -r requirements.txt
    ENV/bin/python make_fixtures.py [SUBJECT ...]

Without names every subject is made. README.md says what is in each file. A rerun gives the same bytes.
"""

import importlib
import os
import sys

SUBJECTS = [
    "random_streams",
    "networks",
    "losses",
    "optimizers",
    "layers",
    "nifti_files",
    "transforms_intensity_crop",
    "transforms_spatial",
    "transforms_post",
    "inferers",
    "metrics",
    "checkpoints",
    "pipelines",
    "whole_run",
]


def main(names):
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    import torch

    torch.set_num_threads(1)  # the order of summation is part of the result
    torch.use_deterministic_algorithms(True)
    for name in names or SUBJECTS:
        for fixture in importlib.import_module(name).make():
            path = fixture.write()
            print(f"{os.path.getsize(path):9,d}  {os.path.basename(path)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
