"""Adam with StepLR: the weights after every step and the scalars of both state dictionaries."""

import torch

from fixture import Fixture

RUNS = {
    "seed": (dict(lr=2e-4), dict(step_size=5000, gamma=0.1)),
    "decay": (dict(lr=1e-2, weight_decay=1e-2), dict(step_size=2, gamma=0.1)),
    "amsgrad": (dict(lr=1e-2, amsgrad=True), dict(step_size=3, gamma=0.5)),
    "amsgrad_decay": (
        dict(lr=1e-2, amsgrad=True, weight_decay=1e-2, betas=(0.8, 0.99), eps=1e-6),
        dict(step_size=1, gamma=0.9),
    ),
}
STEPS, SHAPES = 8, ((5,), (2, 3), (17,), ())


def make():
    f = Fixture("adam_steplr")
    generator = torch.Generator().manual_seed(0)
    start = [torch.randn(s, generator=generator) for s in SHAPES]
    gradients = [[torch.randn(s, generator=generator) * 10.0 ** -(k % 3) for s in SHAPES] for k in range(STEPS)]
    for i, value in enumerate(start):
        f.put(f"start/{i}", value)
        for k in range(STEPS):
            f.put(f"gradient/{k}/{i}", gradients[k][i])
    for name, (adam, steplr) in RUNS.items():
        parameters = [v.clone().requires_grad_() for v in start]
        optimizer = torch.optim.Adam(parameters, **adam)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, **steplr)
        rates = []
        for k in range(STEPS):
            rates.append(optimizer.param_groups[0]["lr"])
            for p, g in zip(parameters, gradients[k]):
                p.grad = g.clone()
            optimizer.step()
            scheduler.step()
            for i, p in enumerate(parameters):
                f.put(f"{name}/{k}/{i}", p)
        f.put(f"{name}/lr", rates + [optimizer.param_groups[0]["lr"]], "float64")
        state = optimizer.state_dict()
        for i, entry in state["state"].items():
            for key, value in entry.items():
                f.put(f"{name}/state/{i}/{key}", value)
        f.note(f"{name}/adam", adam)
        f.note(f"{name}/steplr", steplr)
        f.note(f"{name}/param_groups", state["param_groups"])
        f.note(f"{name}/scheduler_state", scheduler.state_dict())
    golden = torch.nn.Parameter(torch.tensor([1.0, -2.0]))  # 0.5 * sum of squares, from the notes
    optimizer = torch.optim.Adam([golden], lr=2e-4)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    path, rates = [], []
    for _ in range(4):
        optimizer.zero_grad()
        (0.5 * golden.square().sum()).backward()
        optimizer.step()
        scheduler.step()
        path.append(golden.detach().clone())
        rates.append(optimizer.param_groups[0]["lr"])
    f.put("golden/path", torch.stack(path))
    f.put("golden/lr_after", rates, "float64")
    return [f]
