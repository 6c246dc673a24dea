"""UNets: the weights a seed gives, and outputs, losses and gradients of small and full networks."""

import torch
from monai.losses import DiceLoss
from monai.networks.nets import UNet

from fixture import Fixture

SEED_NET = dict(
    spatial_dims=3,
    in_channels=1,
    out_channels=2,
    channels=(16, 32, 64, 128, 256),
    strides=(2, 2, 2, 2),
    num_res_units=2,
    norm="batch",
)
SMALL = dict(spatial_dims=3, in_channels=1, out_channels=2, channels=(8, 16, 32), strides=(2, 2), num_res_units=2)

INITIALISED = {
    "seed": SEED_NET,
    "flat": dict(SEED_NET, spatial_dims=2, in_channels=3, out_channels=4, channels=(8, 16, 32), strides=(2, 2)),
    "instance": dict(SMALL),
    "plain": dict(SMALL, num_res_units=0, norm="batch"),
}

# name: (UNet arguments, input shape)
TRAINED = {
    "batch": (dict(SMALL, norm="batch"), (2, 1, 16, 16, 24)),
    "instance": (dict(SMALL), (2, 1, 16, 16, 24)),
    "plain": (dict(SMALL, num_res_units=0, norm="batch"), (2, 1, 16, 16, 24)),
    "one_unit": (dict(SMALL, num_res_units=1, norm="batch"), (2, 1, 16, 16, 24)),
    "flat": (dict(SMALL, spatial_dims=2, in_channels=2, out_channels=3, norm="batch"), (2, 2, 20, 28)),
    "mixed_strides": (
        dict(SMALL, channels=(4, 8, 17), strides=(1, 2), norm="batch", out_channels=3),
        (1, 1, 10, 6, 12),
    ),
}


def parameters_by_seed():
    """First values and sums of every parameter: enough to see a wrong bound, order or stream."""
    f = Fixture("unet_init")
    for name, arguments in INITIALISED.items():
        f.note(name, arguments)
        for seed in (0, 42):
            torch.manual_seed(seed)
            net = UNet(**arguments)
            names, first, sums, magnitudes, shapes = [], [], [], [], []
            for key, p in net.named_parameters():
                flat = p.detach().flatten()
                names.append(key)
                shapes.append(list(p.shape))
                first.append((flat[:4].tolist() + [0.0] * 4)[:4])
                sums.append(flat.double().sum().item())
                magnitudes.append(flat.double().abs().sum().item())
            f.put(f"{name}/{seed}/first4", first, "float32")
            f.put(f"{name}/{seed}/sum", sums, "float64")
            f.put(f"{name}/{seed}/abs_sum", magnitudes, "float64")
        f.note(f"{name}/names", names)
        f.note(f"{name}/shapes", shapes)
        f.note(f"{name}/state_dict", list(net.state_dict()))
    return f


def sample(shape, classes, seed):
    """A smooth input with some noise and a label map that has every class."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(shape, generator=generator)
    y = torch.randint(0, classes, (shape[0], 1, *shape[2:]), generator=generator).float()
    return x, y


def step(net, x, y):
    """One training forward and backward; the Dice loss of the seed's configuration."""
    net.train()
    out = net(x)
    loss = DiceLoss(to_onehot_y=True, softmax=True)(out, y)
    net.zero_grad()
    loss.backward()
    return out, loss


def feeds_norm(net):
    """Names of convolution biases whose output goes straight into a BatchNorm or InstanceNorm: gradient zero in truth."""
    keys = {name for name, _ in net.named_modules()}
    return [
        k for k, _ in net.named_parameters() if k.endswith("conv.bias") and k[: -len("conv.bias")] + "adn.N" in keys
    ]


def small_networks():
    """Everything stored: weights, input, label, output, loss, every gradient, buffers after, evaluation output."""
    out = []
    for number, (name, (arguments, shape)) in enumerate(TRAINED.items()):
        f = Fixture(f"unet_{name}")
        f.note("arguments", arguments)
        torch.manual_seed(0)
        net = UNet(**arguments)
        if arguments.get("norm") == "batch":  # trained statistics and weights, not the neutral initial ones
            for key, value in net.state_dict().items():
                if key.endswith("N.weight"):
                    value.copy_(torch.rand_like(value) + 0.5)
                elif key.endswith("N.bias") or key.endswith("running_mean"):
                    value.copy_(torch.randn_like(value) * 0.1)
                elif key.endswith("running_var"):
                    value.copy_(torch.rand_like(value) + 0.5)
        for key, value in net.state_dict().items():
            f.put(f"state/{key}", value)
        f.note("order", list(net.state_dict()))
        f.note("parameters", [k for k, _ in net.named_parameters()])
        f.note("biases_that_feed_a_norm", feeds_norm(net))
        x, y = sample(shape, arguments["out_channels"], number)
        f.put("input", x)
        f.put("label", y)
        net.eval()
        with torch.no_grad():
            f.put("eval/output", net(x))
        x.requires_grad_()
        result, loss = step(net, x, y)
        f.put("train/output", result)
        f.put("train/loss", loss)
        f.put("train/input_gradient", x.grad)
        for key, p in net.named_parameters():
            f.put(f"gradient/{key}", p.grad)
        for key, value in net.named_buffers():
            f.put(f"after/{key}", value)
        out.append(f)
    return out


def seeded_network(subject, arguments, shape):
    """A network too large to store: weights from manual_seed(0); gradients as norms and first values."""
    f = Fixture(subject)
    f.note("arguments", arguments)
    torch.manual_seed(0)
    net = UNet(**arguments)
    x, y = sample(shape, arguments["out_channels"], 7)
    f.put("input", x)
    f.put("label", y, "uint8")
    net.eval()
    with torch.no_grad():
        f.put("eval/output", net(x))
    result, loss = step(net, x, y)
    f.put("train/output", result)
    f.put("train/loss", loss)
    f.note("parameters", [k for k, _ in net.named_parameters()])
    f.note("biases_that_feed_a_norm", feeds_norm(net))
    f.put("gradient/norm", [p.grad.double().norm().item() for p in net.parameters()], "float64")
    f.put("gradient/sum", [p.grad.double().sum().item() for p in net.parameters()], "float64")
    f.put("gradient/first8", [(p.grad.flatten()[:8].tolist() + [0.0] * 8)[:8] for p in net.parameters()], "float32")
    for key, value in net.named_buffers():
        f.put(f"after/{key}", value)
    return f


def make():
    sixteens = dict(SMALL, channels=(16, 32, 64), norm="batch")
    return [
        parameters_by_seed(),
        *small_networks(),
        seeded_network("unet_sixteens", sixteens, (2, 1, 16, 16, 24)),
        seeded_network("unet_seed", SEED_NET, (1, 1, 32, 32, 32)),
    ]
