"""A Pygments lexer for the language of Étude (docs/grammar.txt)."""

from pygments.lexer import RegexLexer, bygroups, default, include, words
from pygments.token import (
    Comment,
    Generic,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
)

NAME = r"[^\W\d]\w*"
KEYWORDS = ("if", "elif", "else", "for", "lambda", "assert", "def", "return", "del", "as", "pass")
WORD_OPERATORS = ("and", "or", "not", "in", "is")
CONSTANTS = ("True", "False", "None", "true", "false", "null")


class EtudeLexer(RegexLexer):
    """Scripts and notebook scripts. `@` begins a reference where an operand may stand, else it multiplies."""

    name = "Étude"
    aliases = ["etude"]
    filenames = ["*.etude"]
    mimetypes = ["text/x-etude"]
    url = "docs/language.md"

    tokens = {
        "root": [
            (r"^# ?%%.*$", Comment.Special),
            (r"^(etude> |>>> |\.\.\. )", Generic.Prompt),
            (r"^([ \t]*)(%%?[A-Za-z_]+)", bygroups(Whitespace, Name.Decorator)),
            (r"^([ \t]*)(\?\??)(.*)$", bygroups(Whitespace, Name.Decorator, Name)),
            (r"^([ \t]*)([\w.@<>\[\]\"']+)(\?\??)([ \t]*)$", bygroups(Whitespace, Name, Name.Decorator, Whitespace)),
            (r"\s+", Whitespace),
            (r"#.*$", Comment.Single),
            (r"\\$", Punctuation),
            (r"(?i)(rf|fr|f)(\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?''')", bygroups(String.Affix, String.Interpol), "after"),
            (r"(?i)(rf|fr|f)(\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')", bygroups(String.Affix, String.Interpol), "after"),
            (r"(?i)(r?)(\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?''')", bygroups(String.Affix, String), "after"),
            (r"(\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')([ \t]*)(?=:)", bygroups(Name.Tag, Whitespace), "after"),
            (r"(?i)(r?)(\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')", bygroups(String.Affix, String), "after"),
            (r"0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+", Number, "after"),
            (r"(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d+)?|\d[\d_]*[eE][-+]?\d+", Number.Float, "after"),
            (r"\d[\d_]*", Number.Integer, "after"),
            (rf"<{NAME}>(?!=)", Name.Variable, "after"),
            (rf"@{NAME}", Name.Variable.Instance, "after"),
            (r"@", Operator),
            (words(CONSTANTS, prefix=r"\b", suffix=r"\b"), Keyword.Constant, "after"),
            (words(WORD_OPERATORS, prefix=r"\b", suffix=r"\b"), Operator.Word),
            (words(KEYWORDS, prefix=r"\b", suffix=r"\b"), Keyword),
            include("names"),
            (r"[\])}]", Punctuation, "after"),
            (r"[\[({,:;.]", Punctuation),
            (r"\*\*|//|[-+*/<>=!]=|[-+*/%<>=]", Operator),
        ],
        "names": [
            (rf"(?=[A-Z]){NAME}(?=[ \t]*\()", Name.Class, "after"),
            (rf"{NAME}(?=[ \t]*\()", Name.Function, "after"),
            (rf"{NAME}", Name, "after"),
        ],
        # An operand has ended: what follows joins it to the next.
        "after": [
            (r"[ \t]+", Whitespace),
            (rf"(\.)(\s*)({NAME})", bygroups(Punctuation, Whitespace, Name.Attribute)),
            (r"@", Operator, "#pop"),
            default("#pop"),
        ],
    }
