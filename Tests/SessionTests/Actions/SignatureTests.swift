import Components
import Testing

@testable import Session

/// The signatures that `help()` shows are those that a call is read by.
@Suite struct SignatureTests {
  @Test(arguments: [
    "train(epochs=None, iterations=None, cases=None, validate=True, fresh=False, run=None)",
    "validate(cases=None, save=False)", "infer(image, output=None)",
    "export(path, input_shape=None)", "sweep(path, values, epochs=1, seed=0)",
    "lr_range_test(start_lr=1e-7, end_lr=10, num_iter=100)",
    "step(pipeline, case=0, draw=False, file=None)",
    "show(x, overlay=None, slice=None, axis=2, window=None, slices=None, file=None, theme=None)",
    "plot(*what, y=None, kind=None, labels=None, file=None, smooth=0, log=False, theme=None, live=None)",
    "synthesize(dir, n=4, shape=(96, 96, 96), val=1, labels=1, seed=0)",
    "datalist(path, key='training', val_fraction=0, fold=None, seed=0)", "first(x)", "runs()",
    "summary(model=@model, input_size=None)", "components(kind=None)", "display(x)",
  ])
  func aSignature(text: String) throws {
    let dialogue = try Dialogue(loads: false)
    let name = String(text.prefix { $0 != "(" })
    let action = try #require(dialogue.session.action(name))
    #expect(action.signature == text)
    #expect(!action.help.isEmpty && !action.help.contains("\n"))
    #expect(try dialogue.type("help(\(name))").hasPrefix(text))
    // A name that is no parameter is refused with the nearest that is.
    if let parameter = action.parameters.first(where: { $0.name.count > 3 }) {
      let typo = parameter.name + "x"
      let fault = try #require(throws: Fault.self) { try dialogue.type("\(name)(\(typo)=1)") }
      #expect(fault.kind == .missingArgument || fault.suggestion == parameter.name, "\(fault)")
    }
  }
}
