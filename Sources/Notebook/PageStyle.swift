/// The look of a page: dark on light, or light on dark where the reader prefers that. The colours of code
/// are those of `TextStyle`; each has a contrast of 4.5 or more with its background.
enum PageStyle {
  static let text = """
    :root { color-scheme: light dark; --back: #ffffff; --ink: #1b1f24; --pale: #5c6672;
      --field: #f4f6f8; --line: #d6dce2; --link: #0059b3; --red: #b3261e; --error: #fdf0ee;
      --string: #8a4500; --number: #00607a; --constant: #7a2e8e; --keyword: #0b4fa8;
      --reference: #7a5200; --warn: #7a5200; }
    @media (prefers-color-scheme: dark) { :root { --back: #14181d; --ink: #e2e7ec;
      --pale: #9aa5b1; --field: #1e242b; --line: #37414b; --link: #7db7ff; --red: #ff8a80;
      --error: #331d1c; --string: #e5b27c; --number: #7fd1e8; --constant: #d9a3ea;
      --keyword: #8ab8ff; --reference: #e3c26b; --warn: #e3c26b; } }
    body { margin: 0; background: var(--back); color: var(--ink);
      font: 16px/1.6 system-ui, "DejaVu Sans", sans-serif; }
    main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
    section { margin: 0 0 1.1rem; }
    h1, h2, h3 { line-height: 1.25; margin: 1.6rem 0 .6rem; }
    h1 { font-size: 1.9rem; margin-top: 0; } h2 { font-size: 1.4rem; } h3 { font-size: 1.15rem; }
    p { margin: 0 0 .8rem; } a { color: var(--link); }
    blockquote { margin: 0 0 .8rem; padding-left: 1rem; border-left: 3px solid var(--line);
      color: var(--pale); }
    pre, code { font: .86rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
    .text code { background: var(--field); border-radius: 3px; padding: .1em .3em; }
    pre { margin: 0; overflow-x: auto; white-space: pre; }
    .text pre { background: var(--field); border-radius: 6px; padding: .6rem .8rem;
      margin-bottom: .8rem; }
    .text pre code { background: none; padding: 0; }
    .in { display: flex; gap: .8rem; background: var(--field); border: 1px solid var(--line);
      border-radius: 6px; padding: .6rem .8rem; }
    .in pre { flex: 1; min-width: 0; }
    .count { color: var(--pale); font: .75rem/1.72 ui-monospace, "DejaVu Sans Mono", monospace;
      min-width: 1.2rem; text-align: right; user-select: none; }
    .out { padding: .6rem .8rem 0; }
    .out > * { margin: 0 0 .6rem; }
    .stderr { color: var(--pale); white-space: pre-wrap; overflow-wrap: anywhere; }
    .error { background: var(--error); border-left: 3px solid var(--red); padding: .6rem .8rem; }
    .picture img, .rich img { max-width: 100%; height: auto; }
    .rich { overflow-x: auto; }
    table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
    table + p { margin-top: .5rem; } .text table { margin-bottom: .8rem; }
    th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left;
      vertical-align: top; }
    th { border-bottom-width: 2px; font-weight: 600; }
    caption { text-align: left; color: var(--pale); padding: .25rem 0; }
    progress { accent-color: var(--keyword); vertical-align: middle; }
    .t-red { color: var(--red); font-weight: 700; } .t-yellow { color: var(--warn); font-weight: 700; }
    .t-blue { color: var(--keyword); font-weight: 700; } .t-bold { font-weight: 700; }
    .t-dim, .t-comment { color: var(--pale); } .t-comment { font-style: italic; }
    .t-string { color: var(--string); } .t-number { color: var(--number); }
    .t-constant { color: var(--constant); } .t-reference { color: var(--reference); }
    .t-key, .t-keyword { color: var(--keyword); } .t-keyword { font-weight: 600; }
    @media print { .in { break-inside: avoid; } }
    """
}
