"""Streams of numpy's legacy RandomState and of torch's CPU generator, as MONAI draws from them."""

import numpy as np
import torch

from fixture import Fixture

SEEDS = (0, 1, 42)
RANGES = (1, 2, 3, 7, 10, 100, 1000, 12345, 2**20, 2**31, 2**32 - 1, 2**32, 2**32 + 5, 2**40)


def numpy_streams(f):
    for seed in SEEDS:

        def fresh():
            return np.random.RandomState(seed)

        f.put(f"numpy/{seed}/uint32", fresh().randint(2**32, size=1300, dtype="uint32"))  # crosses two state refills
        r = fresh()
        f.put(f"numpy/{seed}/uint32_scalar", [r.randint(2**32, dtype="uint32") for _ in range(8)], "uint32")
        for n in RANGES:
            r = fresh()
            f.put(f"numpy/{seed}/randint/{n}", [r.randint(n) for _ in range(32)], "int64")
        r = fresh()
        f.put(f"numpy/{seed}/randint/3..17", [r.randint(3, 17) for _ in range(32)], "int64")
        f.put(f"numpy/{seed}/rand", fresh().rand(64))
        f.put(f"numpy/{seed}/uniform_-0.1_0.1", fresh().uniform(-0.1, 0.1, 16))
        f.put(f"numpy/{seed}/normal_0_1", fresh().normal(0, 1, 17))
        f.put(f"numpy/{seed}/normal_2_0.5", fresh().normal(2, 0.5, 17))
        for n in (1, 2, 5, 10, 100):
            f.put(f"numpy/{seed}/permutation/{n}", fresh().permutation(n), "int64")
        shuffled = np.arange(10)
        fresh().shuffle(shuffled)
        f.put(f"numpy/{seed}/shuffle/10", shuffled, "int64")
        f.put(f"numpy/{seed}/choice/10_of_4", fresh().choice(10, 4, replace=False), "int64")
        r = fresh()  # do the calls use the stream one after the other, nothing skipped or buffered?
        mixed = []
        for _ in range(4):
            mixed += [
                r.rand(),
                r.randint(1),
                r.randint(1000),
                r.randint(2**32, dtype="uint32"),
                r.uniform(-2, 3),
                r.normal(),
                r.randint(2**33),
                r.rand(),
                r.normal(),
            ]
        f.put(f"numpy/{seed}/mixed", mixed, "float64")
    f.note(
        "numpy/mixed",
        "4 rounds of: rand, randint(1), randint(1000), randint(2**32,uint32), uniform(-2,3), "
        "normal(), randint(2**33), rand, normal()",
    )


def torch_streams(f):
    for seed in SEEDS:

        def seeded(make):
            torch.manual_seed(seed)
            return make()

        for n in (1, 4, 15, 16, 17, 40):
            f.put(f"torch/{seed}/rand/{n}", seeded(lambda: torch.rand(n)))
            f.put(f"torch/{seed}/randn/{n}", seeded(lambda: torch.randn(n)))
            f.put(f"torch/{seed}/rand_f64/{n}", seeded(lambda: torch.rand(n, dtype=torch.float64)))
            f.put(f"torch/{seed}/randn_f64/{n}", seeded(lambda: torch.randn(n, dtype=torch.float64)))
        f.put(f"torch/{seed}/rand/1300", seeded(lambda: torch.rand(1300)))
        for n in (1, 2, 3, 10, 17, 100, 1000):
            f.put(f"torch/{seed}/randperm/{n}", seeded(lambda: torch.randperm(n)))
        f.put(
            f"torch/{seed}/random_int64",
            seeded(lambda: [torch.empty((), dtype=torch.int64).random_().item() for _ in range(8)]),
            "int64",
        )
        f.put(
            f"torch/{seed}/random_int32",
            seeded(lambda: [torch.empty((), dtype=torch.int32).random_().item() for _ in range(8)]),
            "int32",
        )
        f.put(f"torch/{seed}/random_int64_5", seeded(lambda: torch.empty(5, dtype=torch.int64).random_()))
        f.put(f"torch/{seed}/randint/10", seeded(lambda: torch.randint(0, 10, (16,))))
        f.put(f"torch/{seed}/randint/2**40", seeded(lambda: torch.randint(0, 2**40, (16,))))
        f.put(f"torch/{seed}/uniform_-0.1_0.1", seeded(lambda: torch.empty(20).uniform_(-0.1, 0.1)))
        f.put(f"torch/{seed}/normal_2_0.5/5", seeded(lambda: torch.empty(5).normal_(2, 0.5)))
        f.put(f"torch/{seed}/normal_2_0.5/20", seeded(lambda: torch.empty(20).normal_(2, 0.5)))
        f.put(f"torch/{seed}/bernoulli_0.3", seeded(lambda: torch.empty(20).bernoulli_(0.3)))
        for name, make in LAYERS.items():
            layer = seeded(make)
            f.put(f"torch/{seed}/{name}/weight", layer.weight)
            f.put(f"torch/{seed}/{name}/bias", layer.bias)
        f.put(f"torch/{seed}/mixed", seeded(_mixed), "float64")
        generator = torch.Generator()
        generator.manual_seed(seed)
        f.put(f"torch/{seed}/own_generator_randperm/10", torch.randperm(10, generator=generator))
    f.note(
        "torch/mixed",
        "rand(3), randn(3), randn(3), random_() int64 as float64, rand(2), randn(1), randn(16), randn(1), "
        "random_() int32, randperm(4), uniform_(-1,1) of 2",
    )


def _mixed():
    """Several kinds of draw from one generator: randn of fewer than 16 keeps its second normal for the next call."""
    out = [
        *torch.rand(3),
        *torch.randn(3),
        *torch.randn(3),
        torch.empty((), dtype=torch.int64).random_(),
        *torch.rand(2),
        *torch.randn(1),
        *torch.randn(16),
        *torch.randn(1),
        torch.empty((), dtype=torch.int32).random_(),
        *torch.randperm(4),
        *torch.empty(2).uniform_(-1, 1),
    ]
    return [float(x) for x in out]


LAYERS = {
    "Conv3d(1,2,3)": lambda: torch.nn.Conv3d(1, 2, 3),
    "Conv3d(4,3,1)": lambda: torch.nn.Conv3d(4, 3, 1),
    "Conv2d(2,3,3)": lambda: torch.nn.Conv2d(2, 3, 3),
    "ConvTranspose3d(3,2,3)": lambda: torch.nn.ConvTranspose3d(3, 2, 3),
    "Linear(5,3)": lambda: torch.nn.Linear(5, 3),
}


def make():
    f = Fixture("random_streams")
    numpy_streams(f)
    torch_streams(f)
    return [f]
