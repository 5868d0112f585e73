"""Where topics and fact keys are spelled."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from instagram_clone.live import fact_keys, topics
from tests.architecture.source import PACKAGE, modules

PREFIXES = {
    re.split(r"(?<=[:_])$|(?<=:):|(?<=_)_", spell(*[""] * len(inspect.signature(spell).parameters)))[0]
    for spell in (*vars(topics).values(), *vars(fact_keys).values())
    if inspect.isfunction(spell) and spell not in (topics.parts_of, topics.channel)
}
"""What each kind of topic and fact key begins with."""


SPELLERS = {
    PACKAGE / "live" / "topics.py": {"Topic"},
    PACKAGE / "live" / "fact_keys.py": {"FactKey", "FactKeys"},
}
"""The modules that spell them, and the types each one creates."""


def has_key_prefix(text: str) -> bool:
    """Return whether a text begins like a topic or a fact key, whatever is inserted later."""
    blank = re.split(r"%s|%\(|[{$]", text)[0]
    prefixes = {prefix for prefix in PREFIXES if prefix[-1] in ":_"}
    return blank in prefixes or (" " not in text and "".join(blank.partition(":")[:2]) in prefixes)


def spelled(module: ast.Module) -> Iterator[str]:
    """Yield the topics and fact keys that a module spells itself, in whole or in part, or makes from a
    string.
    """
    docstrings = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docstrings and has_key_prefix(text):
                yield text
            case (
                ast.Name(id="Topic" | "FactKey" | "FactKeys")
                | ast.Attribute(attr="Topic" | "FactKey" | "FactKeys")
            ) if is_called(module, node):
                yield ast.unparse(node)
            case ast.Call(func=ast.Name(id="fact" | "facts" | "peek"), args=[key, *_]):
                yield from built_here(module, key)
            case ast.Call(
                func=ast.Name(id="learn") | ast.Attribute(attr="send_facts"), args=[*_, ast.Dict(keys=keys)]
            ):
                for key in keys:
                    yield from built_here(module, key)


def is_called(module: ast.Module, name: ast.expr) -> bool:
    return any(isinstance(node, ast.Call) and node.func is name for node in ast.walk(module))


def built_here(module: ast.Module, value: ast.expr | None) -> Iterator[str]:
    """Yield the texts that a value is made from within a module: in place, under another name, or in a
    function.
    """
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr() | ast.BinOp():
            yield ast.unparse(value)
        case ast.Name(id=name) | ast.Call(func=ast.Name(id=name)):
            for node in ast.walk(module):
                match node:
                    case ast.Assign(targets=[ast.Name(id=target)], value=made_of) if target == name:
                        yield from built_here(module, made_of)
                    case ast.FunctionDef(name=target, body=[*_, ast.Return(value=made_of)]) if (
                        target == name
                    ):
                        yield from built_here(module, made_of)


def test_topics_are_spelled_in_one_module_and_fact_keys_in_one() -> None:
    assert len(PREFIXES) > 30
    strays = [
        f"{path.relative_to(PACKAGE)} spells {text!r}"
        for path in modules()
        if path not in SPELLERS
        for text in spelled(ast.parse(path.read_text()))
    ]
    assert strays == []


@pytest.mark.parametrize(("path", "own"), SPELLERS.items(), ids=lambda value: getattr(value, "stem", ""))
def test_topics_and_fact_keys_are_spelled_in_separate_modules(path: Path, own: set[str]) -> None:
    module = ast.parse(path.read_text())
    returned = {
        ast.unparse(node.returns)
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef) and node.returns is not None
    }
    assert own <= returned
    assert not returned & (set().union(*SPELLERS.values()) - own)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('live.watch(token, "feed", [f"post:{one}"])', True),
        ('live.watch(token, "feed", ["post:" + one])', True),
        ('live.watch(token, "feed", ["post:%s" % one])', True),
        ('live.watch(token, "feed", ["post:{}".format(one)])', True),
        ('kind = "post:"\nlive.watch(token, "feed", [kind + one])', True),
        ('def of(one): return f"thread:{one}:{reader}"', True),
        ('Topic(f"{kind}:{one}")', True),
        ('topics.Topic(f"{kind}:{one}")', True),
        ('fact(f"liked_{one}")', True),
        ('fact("unheard_of")', True),
        ('fact(f"{kind}_{one}")', True),
        ('key = f"{kind}_{one}"\npeek(key)', True),
        ('def key(one):\n    return kind + "_" + one\nlearn({key(one): 1})', True),
        ('live.send_facts(token, {"unheard_of": 1})', True),
        ('rows["chat_" + one]', True),
        ("fact(fact_keys.liked_key(one))", False),
        ("key = fact_keys.liked_key(one)\nlearn({key: 1})", False),
        ("live.watch(token, 'feed', [topics.post(one)])", False),
        ("def all_of(shown: list[topics.Topic]) -> Topic: ...", False),
        ('row["post_id"], "post: a photo", "comments_shown"', False),
    ],
)
def test_spelling_through_an_alias_is_detected(source: str, found: bool) -> None:
    assert bool(list(spelled(ast.parse(source)))) == found
