import Testing

@testable import Script
@testable import Session

@Suite struct TableTests {
  private let table = Table(
    [["1", "a < b", "", "10"], ["12", "c", "", "5"]], head: ["#", "what", "none", "n"],
    right: [0, 3])

  @Test func columnsOfText() {
    #expect(table.text() == " #  what    n\n 1  a < b  10\n12  c       5")
  }

  @Test func aTableOfHTML() {
    #expect(
      table.html == """
        <table>
        <thead><tr><th style="text-align:right">#</th><th>what</th>\
        <th style="text-align:right">n</th></tr></thead>
        <tbody>
        <tr><td style="text-align:right">1</td><td>a &lt; b</td>\
        <td style="text-align:right">10</td></tr>
        <tr><td style="text-align:right">12</td><td>c</td><td style="text-align:right">5</td></tr>
        </tbody>
        </table>
        """)
  }

  @Test func theLastColumnIsContinuedBelowItself() {
    let words = Array(repeating: "word", count: 12).joined(separator: " ")
    let text = Table([["name", words]], indent: 2).text(width: 40)
    #expect(
      text == """
          name  word word word word word word
                word word word word word word
        """)
    let narrow = Table([["a long name here", words]]).text(width: 40)
    #expect(narrow.hasPrefix("a long name here\n    word word"))
  }

  @Test func theFirstColumnIsColoured() {
    let style = TextStyle(hasColor: true)
    #expect(
      Table([["a", "b"], ["aa", "c"]]).text(style: style)
        == "\u{1B}[36ma\u{1B}[0m   b\n\u{1B}[36maa\u{1B}[0m  c")
  }

  @Test func nothingIsNothing() { #expect(Table([]).text().isEmpty) }
}
