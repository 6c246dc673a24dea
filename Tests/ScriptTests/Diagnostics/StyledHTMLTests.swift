import Components
import Script
import Testing

@Suite struct StyledHTMLTests {
  @Test func coloursBecomeSpans() {
    let style = TextStyle(hasColor: true)
    #expect(
      StyledHTML.text("a " + style.paint("<b>", .red) + " & " + style.paint("c", .dim))
        == "a <span class=\"t-red\">&lt;b&gt;</span> &amp; <span class=\"t-dim\">c</span>")
  }

  @Test func unknownAndUnfinishedSequencesLeaveNoTrace() {
    #expect(StyledHTML.text("a\u{1B}[7mb\u{1B}[0mc") == "abc")
    #expect(StyledHTML.text("\u{1B}[1mopen") == "<span class=\"t-bold\">open</span>")
    #expect(StyledHTML.text("end\u{1B}[3") == "end")
  }

  @Test func whatHTMLCannotSayIsMarked() {
    #expect(StyledHTML.escaped("a\u{0}\"\n\t") == "a\u{FFFD}&quot;\n\t")
  }

  @Test func theScreenOfAFaultKeepsItsCarets() {
    let fault = Fault(
      .invalid, "wrong",
      place: Place(source: "n", line: 1, column: 3, length: 2, lineText: "a <b"))
    let html = StyledHTML.text(FaultScreen(hasColor: true).text(fault))
    #expect(html.contains("a &lt;b"))
    #expect(html.contains("<span class=\"t-red\">^^</span>"))
  }

  @Test func codeOfAnyKind() {
    let code = StyledHTML.text(
      TextStyle(hasColor: true).code("%time x\n'''a\n# b''' + @m.x  # c\nfor i in <n>: pass"))
    #expect(
      code == """
        <span class="t-keyword">%time</span> x
        <span class="t-string">'''a
        # b'''</span> + <span class="t-reference">@m.x</span>  <span class="t-comment"># c</span>
        <span class="t-keyword">for</span> i <span class="t-keyword">in</span> \
        <span class="t-reference">&lt;n&gt;</span>: <span class="t-keyword">pass</span>
        """)
  }
}
