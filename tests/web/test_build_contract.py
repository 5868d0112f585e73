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
    "`reflex run --env prod` calls `run_granian_backend_prod`, with host, port, level and maybe a target",
    "production is served without limits of ours, at 150 KB a socket, and frames are encoded for each tab",
)
def test_production_is_served_by_a_function_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
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
    "`is_prod_mode` tells a production's build from a development's",
    "development's looser rules of origin hold in production",
)
def test_production_is_told_from_development(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFLEX_ENV_MODE", "prod")
    assert build_adapter.is_production()
    monkeypatch.setenv("REFLEX_ENV_MODE", "dev")
    assert not build_adapter.is_production()


@relied_on(
    REFLEX,
    build_adapter.web_folder,
    "`get_web_dir` says where it builds",
    "pages are sent without a policy of their scripts, and first posts are not in them",
)
def test_what_is_built_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFLEX_WEB_WORKDIR", "elsewhere")
    assert build_adapter.web_folder() == Path("elsewhere")


@relied_on(
    REFLEX,
    build_adapter.endpoints,
    "its script looks for endpoints by name in an env.json",
    "a build works at the address alone that it was made for",
)
def test_the_script_finds_the_endpoints_that_it_looks_for() -> None:
    assert f'from "{build_adapter.ENV_MODULE}"' in SCRIPT
    for name in ("EVENT", "PING", "UPLOAD"):
        assert name in build_adapter.endpoints() and f"env.{name}" in SCRIPT


@relied_on(
    REFLEX,
    build_adapter.other_settings,
    "its script finds how to connect beside the endpoints",
    "browsers poll, which no process answers that did not begin it",
)
def test_the_script_is_told_to_use_websockets() -> None:
    assert build_adapter.other_settings()["TRANSPORT"] == "websocket"
    assert "[env.TRANSPORT]" in SCRIPT


@relied_on(
    REFLEX,
    build_adapter.backend_port,
    "the configuration says where the backend listens",
    "in development pages find neither photos nor the log-in",
)
def test_the_backend_has_a_port() -> None:
    assert build_adapter.backend_port() > 0


@relied_on(
    REFLEX,
    build_adapter.with_lines,
    "vite.config.js has a server, plugins, aliases and groups, each beginning on a line of its own",
    "in development pages have no guard, and no build serves under another name",
)
def test_lines_find_their_place_in_vites_configuration() -> None:
    template = vite_config_template(
        base="/", hmr=True, force_full_reload=False, experimental_hmr=False, sourcemap=False
    )
    lines = (build_adapter.SERVER, build_adapter.PLUGINS, build_adapter.ALIASES, build_adapter.GROUPS)
    changed = build_adapter.with_lines(template, {}, dict.fromkeys(lines, "ours\n"))
    assert changed.count("ours") == len(lines)
    with pytest.raises(RuntimeError, match="layout of vite"):
        build_adapter.with_lines("export default {}", {}, {})


@relied_on(
    REFLEX,
    build_adapter.remove_from_head,
    "a page's title and picture are children of its root when plugins compile it",
    "shared links show Reflex's picture, and pages two titles",
)
def test_title_and_picture_are_left_out_of_a_page() -> None:
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
    "a page that is compiled has a `route` with its variable parts in brackets",
    "people's pages and posts carry a wrong title until scripts have run",
)
def test_a_page_with_a_variable_address_is_not_built_ahead() -> None:
    for route, ahead in (("p/[post_id]", False), ("404", False), ("login", True)):
        assert build_adapter.is_prerendered(SimpleNamespace(route=route)) == ahead


def test_everything_in_the_adapter_says_what_it_relies_on() -> None:
    assert untested(build_adapter) == set()
