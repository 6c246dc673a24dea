import Components
import Script

/// What to say about a class that the catalogue does not have.
enum UnknownComponent {
  static func fault(_ name: String, in catalog: Catalog) -> Fault {
    let short = name.split(separator: ".").last.map(String.init) ?? name
    if let newer = FormerNames.component(short) {
      return Fault(
        .unknownName, "\(short) is the name that an older Clara has for it",
        suggestion: catalog[newer] == nil ? nil : newer,
        notes: ["Clara 4.1 calls it \(newer)"])
    }
    var fault = Fault.unknown("component", short, among: catalog.spellings)
    if name.contains(".") {
      fault.message = "\(name) is Python code of your own, which cannot be loaded here"
      fault.notes = [
        fault.suggestion.map { "the nearest component there is: \"name\": \($0.jsonQuoted)" }
          ?? "components() lists what there is"
      ]
    }
    return fault
  }
}
