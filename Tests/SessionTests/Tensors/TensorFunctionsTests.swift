import Components
import Testing

@testable import Session

/// The functions that make tensors, as a script calls them; numbers are those of PyTorch 1.13.1.
@Suite struct TensorFunctionsTests {
  @Test(arguments: [
    ("tensor([[1, 2], [3, 4]]).dtype", "'int64'"),
    ("tensor([1, 2.5]).dtype", "'float32'"),
    ("tensor([True, False]).tolist()", "[True, False]"),
    ("tensor([1, 2], dtype=\"float64\").dtype", "'float64'"),
    ("torch.tensor(3, dtype=torch.int32).dtype", "'int32'"),
    ("zeros(2, 3).shape, zeros([2, 3]).shape, torch.zeros((2,)).shape", "((2, 3), (2, 3), (2,))"),
    (
      "ones(2).tolist(), full([2], 7).tolist(), full(2, 0.5).tolist()",
      "([1.0, 1.0], [7, 7], [0.5, 0.5])"
    ),
    ("arange(3).tolist(), arange(1, 2, 0.25).tolist()", "([0, 1, 2], [1.0, 1.25, 1.5, 1.75])"),
    ("arange(5, 0, -2).tolist()", "[5, 3, 1]"),
    ("stack([ones(2), zeros(2)]).tolist()", "[[1.0, 1.0], [0.0, 0.0]]"),
    ("cat([ones(1), zeros(2)]).tolist()", "[1.0, 0.0, 0.0]"),
    ("argmax([1, 5, 2]).item(), argmax([[1, 5], [7, 0]], dim=1).tolist()", "(1, [1, 0])"),
    ("where(arange(3) > 0, 1, arange(3) - 5).tolist()", "[-5, 1, 1]"),
    ("sigmoid([0.0]).item()", "0.5"),
    ("one_hot([[0, 2]], 3, dim=0).shape", "(3, 2)"),
    ("softmax(zeros(1, 4), dim=1).tolist()", "[[0.25, 0.25, 0.25, 0.25]]"),
    ("set_seed(0); [round(x, 4) for x in rand(3).tolist()]", "[0.4963, 0.7682, 0.0885]"),
    ("set_seed(0); [round(x, 4) for x in randn(3).tolist()]", "[1.541, -0.2934, -2.1788]"),
    ("zeros(2, 2) @ ones(2)", "tensor float32 [2]  min 0  max 0\n  0  0"),
    ("-tensor([1, 2]) + 1 > -1", "tensor bool [2]  min False  max True\n   True  False"),
    (
      "sum(ones(3)).item(), max(tensor([1, 9])).item(), abs(tensor([-2.0])).item()", "(3.0, 9, 2.0)"
    ),
    ("[x.item() for x in arange(3)]", "[0, 1, 2]"),
    ("full = 3; full * 2", "6"),
  ])
  func functions(line: String, shown: String) throws {
    #expect(try SessionUnderTest().shows(line) == shown)
  }

  @Test(arguments: [
    ("tensor([[1, 2], [3]])", "the rows of a tensor are of one length"),
    ("tensor([\"a\"])", "wrong type"),
    ("tensor([1], requires_grad=True)", "only floating-point tensors have a gradient"),
    ("zeros(-1)", "the sizes of a tensor are not negative"),
    ("zeros()", "zeros needs a size"),
    ("zeros(1000000, 1000000)", "a value of 1000000000000 elements is too large here"),
    ("ones(2, dtype=\"float31\")", "no dtype is called 'float31'"),
    ("arange(0, 1, 0)", "the step of a range is not 0"),
    ("stack([])", "there is nothing to stack"),
    ("cat([ones(2), ones(2, 2)])", "shapes [2] and [2, 2] cannot be joined along axis 0"),
    ("tensor([1.0]).backward()", "this loss has no history to go back through"),
    ("set_seed(-1)", "a seed is not negative"),
  ])
  func refusals(line: String, message: String) throws {
    #expect(try SessionUnderTest().fault(line).message == message)
  }

  @Test func gradientsGatherInTheTensorThatWantsThem() throws {
    let session = try SessionUnderTest(
      running: "w = tensor([1.0, -2.0], requires_grad=True)\nc = tensor([3.0, 1.0])")
    #expect(try session.shows("w.grad is None, w.requires_grad") == "(True, True)")
    try session.run("(w * w * c).sum().backward()")
    #expect(try session.shows("w.grad.tolist()") == "[6.0, -4.0]")
    // A second pass begins a history of its own and adds to the gradient.
    try session.run("(w * w * c).sum().backward()")
    #expect(try session.shows("w.grad.tolist()") == "[12.0, -8.0]")
    try session.run("(w * 2).backward(tensor([1.0, 10.0]))")
    #expect(try session.shows("w.grad.tolist()") == "[14.0, 12.0]")
    try session.run("sgd = SGD(params=[w], lr=0.5)\n@sgd.step(); @sgd.zero_grad()")
    #expect(try session.shows("w.tolist(), w.grad is None") == "([-6.0, -8.0], True)")
  }

  /// A binding to what was drawn stays what it is; the stream goes on.
  @Test func drawnNumbersAreKept() throws {
    let session = try SessionUnderTest(running: "set_seed(0)\nx = rand(2)\ny = x * 1")
    let first = try session.shows("x.tolist()")
    #expect(try session.shows("x.tolist()") == first)
    #expect(try session.shows("y.tolist()") == first)
    #expect(try session.shows("rand(2).tolist()") != first)
    // `y` is a relation: it follows `x`, which is one more than what was drawn.
    let drawn = try session.shows("x.tolist()[0]")
    try session.run("x += 1")
    for name in ["x", "y"] {
      #expect(try session.shows("abs(\(name)[0].item() - 1 - \(drawn)) < 1e-6") == "True")
    }
  }

  @Test func networksLossesAndInferersAreCalled() throws {
    let session = try SessionUnderTest(
      running: """
        model = UNet(spatial_dims=2, in_channels=1, out_channels=2, channels=[4, 8], strides=[2])
        loss = DiceLoss(softmax=True, to_onehot_y=True)
        inferer = SlidingWindowInferer(roi_size=[8, 8])
        x = ones(1, 1, 8, 8)
        p = @model(x)
        """)
    #expect(
      try session.shows("p.shape, @inferer(x, @model).shape") == "((1, 2, 8, 8), (1, 2, 8, 8))")
    try session.run("l = @loss(p, zeros(1, 1, 8, 8))\nl.backward()")
    #expect(try session.shows("all([p.grad is not None for p in @model.parameters()])") == "True")
    #expect(try session.fault("@model(3)").wanted == "tensor")
    #expect(try session.fault("@model(zeros(1, 3, 8, 8))").kind == .shape)
  }
}
