"""What we rely on where Reflex is configured, built and started, and what would break without it."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import reflex as rx
import reflex_base
from reflex.utils import exec as reflex_exec
from reflex_base.compiler.templates import vite_config_template
from reflex_base.plugins import CompilerHooks
from reflex_components_core.base.meta import Image
from reflex_components_core.el.elements.metadata import Title

from instagram_clone.web import build_adapter
from tests.contract import relied_on, untested

REFLEX = "reflex"
SCRIPT = (Path(reflex_base.__file__).parent / ".templates/web/utils/state.js").read_text()


@relied_on(
    REFLEX,
    build_adapter.serve_production_with,
    "`reflex run --env prod` calls `run_granian_backend_prod` with host, port, log level, maybe a target",
    "production runs without our limits, needs 150 KB per socket, and encodes every frame for each tab",
)
def test_production_is_served_by_our_own_function(monkeypatch: pytest.MonkeyPatch) -> None:
    # Parsed from the source, as rxconfig.py may already have replaced the function.
    source = ast.parse(Path(reflex_exec.__file__).read_text())
    [replaced] = [
        node
        for node in source.body
        if isinstance(node, ast.FunctionDef) and node.name == "run_granian_backend_prod"
    ]
    assert [one.arg for one in replaced.args.args] == ["host", "port", "loglevel", "app_target"]
    monkeypatch.setattr(reflex_exec, "run_granian_backend_prod", None)
    served: list[Any] = []
    build_adapter.serve_production_with(lambda *args, **_: served.append(args))
    monkeypatch.setattr(reflex_exec, "should_use_granian", lambda: True)
    reflex_exec.run_backend_prod("127.0.0.1", 1, None)  # pyright: ignore[reportArgumentType]
    assert served == [("127.0.0.1", 1, None)]


@relied_on(
    REFLEX,
    build_adapter.app_target,
    "`get_app_instance` names the module of the app",
    "production does not start",
)
def test_the_app_is_found_by_its_module() -> None:
    module, _, name = build_adapter.app_target().partition(":")
    assert name and module


@relied_on(
    REFLEX,
    build_adapter.is_production,
    "`is_prod_mode` distinguishes production from development",
    "production applies the looser origin rules of development",
)
def test_production_and_development_are_distinguished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFLEX_ENV_MODE", "prod")
    assert build_adapter.is_production()
    monkeypatch.setenv("REFLEX_ENV_MODE", "dev")
    assert not build_adapter.is_production()


@relied_on(
    REFLEX,
    build_adapter.web_folder,
    "`get_web_dir` returns the folder it builds in",
    "pages are sent without a policy for their scripts and without the first posts",
)
def test_the_build_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFLEX_WEB_WORKDIR", "elsewhere")
    assert build_adapter.web_folder() == Path("elsewhere")


@relied_on(
    REFLEX,
    build_adapter.endpoints,
    "its script looks up endpoints by name in an env.json",
    "a build works only at the address it was built for",
)
def test_the_script_finds_its_endpoints() -> None:
    assert f'from "{build_adapter.ENV_MODULE}"' in SCRIPT
    for name in ("EVENT", "PING", "UPLOAD"):
        assert name in build_adapter.endpoints() and f"env.{name}" in SCRIPT


@relied_on(
    REFLEX,
    build_adapter.other_settings,
    "its script reads the transport from the same module as the endpoints",
    "browsers fall back to polling, which only the process that opened the connection can answer",
)
def test_the_script_uses_websockets() -> None:
    assert build_adapter.other_settings()["TRANSPORT"] == "websocket"
    assert "[env.TRANSPORT]" in SCRIPT


@relied_on(
    REFLEX,
    build_adapter.backend_port,
    "the configuration has the port the backend listens on",
    "in development, pages reach neither photos nor the log-in",
)
def test_the_backend_has_a_port() -> None:
    assert build_adapter.backend_port() > 0


@relied_on(
    REFLEX,
    build_adapter.insert_lines,
    "vite.config.js has a server, plugins, aliases and groups, each starting on its own line",
    "in development, pages lack security headers, and a build works under no other host name",
)
def test_lines_are_inserted_into_vites_configuration() -> None:
    template = vite_config_template(
        base="/", hmr=True, force_full_reload=False, experimental_hmr=False, sourcemap=False
    )
    lines = (build_adapter.SERVER, build_adapter.PLUGINS, build_adapter.ALIASES, build_adapter.GROUPS)
    changed = build_adapter.insert_lines(template, {}, dict.fromkeys(lines, "ours\n"))
    assert changed.count("ours") == len(lines)
    with pytest.raises(RuntimeError, match="layout of vite"):
        build_adapter.insert_lines("export default {}", {}, {})


@relied_on(
    REFLEX,
    build_adapter.remove_from_head,
    "a page's title and preview image are children of its root when plugins compile it",
    "shared links show Reflex's image, and pages have two titles",
)
def test_title_and_preview_image_are_removed_from_a_page() -> None:
    root = rx.fragment(Title.create("One"), Image.create(content="a.png"), rx.el.div())
    page = SimpleNamespace(root_component=root, route="p/[post_id]")
    build_adapter.remove_from_head(page, title=False)
    assert isinstance(root.children[0], Title) and len(root.children) == 2
    build_adapter.remove_from_head(page, title=True)
    assert len(root.children) == 1
    assert "page_ctx" in inspect.signature(CompilerHooks.compile_page).parameters


@relied_on(
    REFLEX,
    build_adapter.is_prerendered,
    "a compiled page has a `route` with its parameters in brackets",
    "profiles and posts have a wrong title until scripts have run",
)
def test_a_page_with_parameters_is_not_prerendered() -> None:
    for route, prerendered in (("p/[post_id]", False), ("404", False), ("login", True)):
        assert build_adapter.is_prerendered(SimpleNamespace(route=route)) == prerendered


def test_everything_in_the_adapter_says_what_it_relies_on() -> None:
    assert untested(build_adapter) == set()
