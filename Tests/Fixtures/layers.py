"""Single layers forward and backward: convolutions both ways, norms and PReLU, 2-D and 3-D, odd sizes and channels."""

import torch
from torch import nn

from fixture import Fixture

# (in channels, out channels, kernel, stride); 1, 2 and 17 are the channel counts that break blocked layouts
CONVOLUTIONS = [
    (1, 8, 3, 1),
    (1, 16, 3, 2),
    (2, 2, 3, 1),
    (8, 16, 3, 2),
    (16, 32, 3, 1),
    (16, 17, 3, 2),
    (17, 2, 3, 1),
    (32, 16, 1, 1),
    (8, 2, 1, 1),
    (1, 32, 1, 2),
    (17, 16, 1, 2),
]
TRANSPOSED = [(2, 1, 3, 2), (32, 2, 3, 2), (16, 8, 3, 2), (17, 16, 3, 2), (8, 17, 3, 1), (16, 16, 3, 1), (2, 2, 1, 2)]
NORMS = (1, 2, 8, 16, 17, 32)
SIZES = {2: (7, 6), 3: (5, 4, 3)}
KINDS = {
    2: (nn.Conv2d, nn.ConvTranspose2d, nn.BatchNorm2d, nn.InstanceNorm2d),
    3: (nn.Conv3d, nn.ConvTranspose3d, nn.BatchNorm3d, nn.InstanceNorm3d),
}


def record(f, name, layer, x, upstream, shared=None):
    """Input, weights, output, the gradient sent back and every gradient that comes out.

    `shared` is a gradient that several layers get for one input; the caller has put both into the file.
    """
    x = x.clone().requires_grad_()
    y = layer(x)
    g = torch.randn(y.shape, generator=upstream) if shared is None else shared
    y.backward(g)
    given = {"input": x, "output_gradient": g} if shared is None else {}
    for key, value in {**given, "output": y, "input_gradient": x.grad}.items():
        f.put(f"{name}/{key}", value)
    for key, p in layer.named_parameters():
        f.put(f"{name}/{key}", p)
        f.put(f"{name}/{key}_gradient", p.grad)


def convolutions(kind, dims, table):
    transposed = kind == "conv_transpose"
    f = Fixture(f"layer_{kind}_{dims}d")
    generator = torch.Generator().manual_seed(dims)
    torch.manual_seed(dims)
    cases = {}
    for inputs, outputs, kernel, stride in table:
        name = f"{inputs}-{outputs}-k{kernel}-s{stride}"
        padding = (kernel - 1) // 2
        extra = dict(output_padding=stride - 1) if transposed else {}
        layer = KINDS[dims][1 if transposed else 0](inputs, outputs, kernel, stride=stride, padding=padding, **extra)
        cases[name] = dict(
            in_channels=inputs, out_channels=outputs, kernel_size=kernel, stride=stride, padding=padding, **extra
        )
        record(f, name, layer, torch.randn((2, inputs, *SIZES[dims]), generator=generator), generator)
    f.note("cases", cases)
    return f


def norms(dims):
    f = Fixture(f"layer_norms_{dims}d")
    generator = torch.Generator().manual_seed(10 + dims)
    _, _, batch, instance = KINDS[dims]
    cases = {}
    for c in NORMS:
        x = torch.randn((2, c, *SIZES[dims]), generator=generator) * 2 + 1
        g = torch.randn(x.shape, generator=generator)
        f.put(f"input-{c}", x)
        f.put(f"output_gradient-{c}", g)
        layer = batch(c)
        with torch.no_grad():
            for p in (layer.weight, layer.bias, layer.running_mean, layer.running_var):
                p.copy_(torch.rand(c, generator=generator) + 0.5)
        for key in ("running_mean", "running_var", "num_batches_tracked"):
            f.put(f"batch-{c}/before/{key}", getattr(layer, key))
        layer.eval()
        f.put(f"batch-{c}/eval_output", layer(x))
        layer.train()
        record(f, f"batch-{c}", layer, x, generator, g)
        for key in ("running_mean", "running_var", "num_batches_tracked"):
            f.put(f"batch-{c}/after/{key}", getattr(layer, key))
        record(f, f"instance-{c}", instance(c), x, generator, g)
        record(f, f"instance_affine-{c}", instance(c, affine=True), x, generator, g)
        record(f, f"prelu-{c}", nn.PReLU(), x, generator, g)
        cases.update({f"{kind}-{c}": c for kind in ("batch", "instance", "instance_affine", "prelu")})
    record(f, "prelu_channels-8", nn.PReLU(8), torch.randn((2, 8, *SIZES[dims]), generator=generator), generator)
    f.note("channels", cases)
    f.note("eps", "1e-05")
    f.note("momentum", "0.1")
    return f


def make():
    out = []
    for dims in (2, 3):
        out += [convolutions("conv", dims, CONVOLUTIONS), convolutions("conv_transpose", dims, TRANSPOSED), norms(dims)]
    return out
