import Script

/// `help()`: ten minutes, a step at a time, each with lines to try. The steps make their own data, and
/// the tests run every line.
struct Tour {
  struct Step: Sendable {
    var title: String
    var text: String
    var lines: [String]
  }

  static let steps: [Step] = [
    Step(
      title: "Names and values",
      text: """
        A line is an expression, which is shown, or a binding. <name> is the value of a variable, as \
        "{name}" is in a config. Tab completes, ↑ brings a line back.
        """,
      lines: ["learning_rate = 2e-3", "<learning_rate> * 10", "[n * n for n in range(5)]"]),
    Step(
      title: "Data to work on",
      text: """
        synthesize() makes small CT volumes with one organ each, and the list of cases that goes with \
        them. The same call twice makes nothing new.
        """,
      lines: [
        "synthesize(\"tour_data\", n=3, shape=[32, 32, 32], val=1)",
        "datalist(\"tour_data/dataset.json\")",
      ]),
    Step(
      title: "Components",
      text: """
        Losses, networks, transforms: each has a class with arguments. A question mark shows what it \
        takes, Tab inside the brackets lists the arguments that are left. The bare name shows what is \
        written, @name is the object built from it.
        """,
      lines: [
        "?DiceLoss", "loss = DiceLoss(to_onehot_y=True, softmax=True)", "train.loss", "@loss",
      ]),
    Step(
      title: "A network and its optimizer",
      text: """
        Nothing is built before it is used. A component that needs another one names it with @.
        """,
      lines: [
        "model = UNet(spatial_dims=3, in_channels=1, out_channels=2, channels=[4, 8], strides=[2])",
        "optimizer = Adam(params=@model.parameters(), lr=<learning_rate>)",
        "summary(input_size=[1, 1, 32, 32, 32])",
      ]),
    Step(
      title: "A pipeline",
      text: """
        A list of transforms prepares each case. step() shows what every one of them makes of the \
        first case; the brackets may stay open over several lines.
        """,
      lines: [
        """
        pre_transforms = [
            LoadImaged(keys=["image", "label"]),
            EnsureChannelFirstd(keys=["image", "label"]),
            ScaleIntensityRanged(keys="image", a_min=-57, a_max=164, b_min=0, b_max=1, clip=True),
            ToTensord(keys=["image", "label"])]
        """,
        """
        dataset = CacheDataset(data_list_file_path="tour_data/dataset.json",
            data_file_base_dir="tour_data", data_list_key="training", transform=@pre_transforms)
        """,
        "step(train.pre_transforms)", "@dataset[0][\"image\"].shape",
      ]),
    Step(
      title: "Look at it",
      text:
        "show() draws a slice with the labels over it; file=\"slice.png\" draws it into a file.",
      lines: ["show(first(@dataset))"]),
    Step(
      title: "Train",
      text: """
        train(n) trains n epochs more. Ctrl-C stops after the iteration at work and keeps everything: \
        look around, then go on with train().
        """,
      lines: [
        "dataloader = DataLoader(dataset=@dataset, batch_size=1, shuffle=True)",
        """
        trainer = SupervisedTrainer(max_epochs=20, train_data_loader=@dataloader, network=@model,
            optimizer=@optimizer, loss_function=@loss)
        """,
        "check()", "r = train(2)", "r.train_loss",
      ]),
    Step(
      title: "Change something",
      text: """
        Bindings are relations: whatever reads <learning_rate> is made anew on its next use, and keeps \
        what it has learned. undo() takes a line back.
        """,
      lines: [
        "learning_rate = 1e-2", "train(1)", "train.optimizer.lr", "undo()", "<learning_rate>",
      ]),
    Step(
      title: "Configs",
      text: """
        A session is a config that is still being written: save() writes one that etude train and \
        Clara Train read, load() reads one back. A component copied out of a config can be pasted \
        here as it is.
        """,
      lines: [
        "{\"name\": \"DiceLoss\", \"args\": {\"to_onehot_y\": true, \"softmax\": true}}",
        "save(\"tour.json\", overwrite=True)", "load(\"tour.json\")", "train",
      ]),
    Step(
      title: "Where to go on",
      text: """
        %who lists your names, ?% the commands of the prompt, components() every class, and a mistake \
        says what to type instead. Your own config: load("path/to/mmar"), then check() and train().
        """,
      lines: ["%who", "runs()", "?%"]),
  ]

  /// Step `number`, counted from 1.
  static func page(_ number: Int, columns: Int, style: TextStyle) -> String {
    let step = steps[number - 1]
    var lines = [style.paint("\(number) of \(steps.count)  \(step.title)", .bold)]
    lines += ScreenText.wrapped("", step.text, indent: 0, width: min(columns, 80))
    for line in step.lines {
      lines += line.split(separator: "\n").map { "    " + style.code(String($0)) }
    }
    let isLast = number == steps.count
    lines.append(style.paint(isLast ? "help() shows all steps" : "then: %next", .dim))
    return lines.joined(separator: "\n")
  }

  static var contents: [[String]] {
    steps.enumerated().map { ["\($0 + 1)", $1.title] }
  }
}
