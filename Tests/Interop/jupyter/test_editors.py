"""The Pygments lexer of editors/, held against the grammar and the notebooks."""

import re
from pathlib import Path

import etude_pygments
import pytest
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String

ROOT = Path(__file__).parents[3]
# Names unless a rule asks for them.
CONTEXTUAL = {"train", "validate", "ref", "explain"}


def pairs(lexer, text):
    return [(kind, word) for kind, word in lexer.get_tokens(text) if word.strip()]


def test_the_words_are_those_of_the_grammar():
    rules = (ROOT / "docs/grammar.txt").read_text().split("# Tokens.")[0]
    rules = "\n".join(line for line in rules.splitlines() if not line.startswith("#"))
    words = set(re.findall(r'"([A-Za-z]+)"', rules)) - CONTEXTUAL
    assert words == {*etude_pygments.KEYWORDS, *etude_pygments.WORD_OPERATORS, *etude_pygments.CONSTANTS}


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.etude")), ids=lambda path: path.stem)
def test_every_notebook_is_covered(path):
    lexer = etude_pygments.EtudeLexer(stripnl=False, ensurenl=False)
    text = path.read_text()
    tokens = list(lexer.get_tokens(text))
    assert "".join(word for _, word in tokens) == text
    assert [word for kind, word in tokens if kind in Error] == []
    for line in text.splitlines():
        if line.startswith("# %%"):
            assert (Comment.Special, line) in tokens


@pytest.mark.parametrize(
    "text, expected",
    [
        ("x @ y", [(Name, "x"), (Operator, "@"), (Name, "y")]),
        ("x@y", [(Name, "x"), (Operator, "@"), (Name, "y")]),
        ("f(@model, <lr>)", [(Name.Function, "f"), None, (Name.Variable.Instance, "@model"), None, (Name.Variable, "<lr>"), None]),
        ("a < b", [(Name, "a"), (Operator, "<"), (Name, "b")]),
        ("UNet(a=1e-3)", [(Name.Class, "UNet"), None, (Name, "a"), (Operator, "="), (Number.Float, "1e-3"), None]),
        ("%time 1", [(Name.Decorator, "%time"), (Number.Integer, "1")]),
        ("5 % 2", [(Number.Integer, "5"), (Operator, "%"), (Number.Integer, "2")]),
        ('f"{x}" r\'\\d\'', [(String.Affix, "f"), (String.Interpol, '"{x}"'), (String.Affix, "r"), (String, "'\\d'")]),
        ("not x in y", [(Operator.Word, "not"), (Name, "x"), (Operator.Word, "in"), (Name, "y")]),
        ("format = format_", [(Name, "format"), (Operator, "="), (Name, "format_")]),
        ("x.in", [(Name, "x"), None, (Name.Attribute, "in")]),
        ("if true: pass", [(Keyword, "if"), (Keyword.Constant, "true"), None, (Keyword, "pass")]),
    ],
)
def test_words(text, expected):
    found = pairs(etude_pygments.EtudeLexer(), text)
    assert len(found) == len(expected), found
    for pair, wanted in zip(found, expected):
        assert wanted in (None, pair)
