"""Adam with StepLR, the other optimizers, and the other schedulers: weights after every step, rates, states."""

import torch
from monai.optimizers import Novograd

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
OTHERS = {
    "adamw": (torch.optim.AdamW, dict(lr=1e-2)),
    "adamw_amsgrad": (torch.optim.AdamW, dict(lr=1e-2, weight_decay=0.1, amsgrad=True, maximize=True)),
    "sgd": (torch.optim.SGD, dict(lr=1e-2, weight_decay=1e-2)),
    "sgd_momentum": (torch.optim.SGD, dict(lr=1e-2, momentum=0.9, dampening=0.5, weight_decay=1e-2)),
    "sgd_nesterov": (torch.optim.SGD, dict(lr=1e-2, momentum=0.8, nesterov=True)),
    "novograd": (Novograd, dict(lr=1e-2)),
    "novograd_all": (Novograd, dict(lr=1e-2, weight_decay=1e-2, grad_averaging=True, amsgrad=True)),
}
SCHEDULES = {
    "multistep": (torch.optim.lr_scheduler.MultiStepLR, dict(milestones=[2, 5, 5, 9], gamma=0.5)),
    "exponential": (torch.optim.lr_scheduler.ExponentialLR, dict(gamma=0.9)),
    "cosine": (torch.optim.lr_scheduler.CosineAnnealingLR, dict(T_max=4, eta_min=1e-4)),
}
EPOCHS = 14
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
    return [f, make_others(start, gradients)]


def make_others(start, gradients):
    f = Fixture("optimizers")
    for name, (kind, arguments) in OTHERS.items():
        parameters = [v.clone().requires_grad_() for v in start]
        optimizer = kind(parameters, **arguments)
        for k in range(STEPS):
            for p, g in zip(parameters, gradients[k]):
                p.grad = g.clone()  # Novograd writes into it
            optimizer.step()
            for i, p in enumerate(parameters):
                f.put(f"{name}/{k}/{i}", p)
        state = optimizer.state_dict()
        for i, entry in state["state"].items():
            f.note(f"{name}/state_keys/{i}", list(entry))
            for key, value in entry.items():
                if value is not None:
                    f.put(f"{name}/state/{i}/{key}", value)
        f.note(f"{name}/arguments", arguments)
        f.note(f"{name}/group_keys", list(state["param_groups"][0]))
    for name, (kind, arguments) in SCHEDULES.items():
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
        scheduler = kind(optimizer, **arguments)
        rates = [optimizer.param_groups[0]["lr"]]
        for _ in range(EPOCHS):
            optimizer.step()
            scheduler.step()
            rates.append(optimizer.param_groups[0]["lr"])
        f.put(f"{name}/lr", rates, "float64")
        f.note(f"{name}/arguments", arguments)
        f.note(f"{name}/scheduler_state_keys", list(scheduler.state_dict()))
    return f
