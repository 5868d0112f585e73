"""The development server passes our routes on and guards its pages, in the template Reflex ships now."""

from __future__ import annotations

import pytest
from reflex_base.compiler.templates import vite_config_template

from instagram_clone.web import vite


def test_the_proxy_and_the_headers_find_their_place_in_reflexs_template() -> None:
    source = vite_config_template(
        base="/", hmr=True, force_full_reload=False, experimental_hmr=False, sourcemap=False
    )
    changed = vite._one_origin(source)
    assert '"^/(api|media)/"' in changed and "frame-ancestors 'none'" in changed
    assert "    sameOrigin,\n" in changed
    assert changed.count("configureServer") == source.count("configureServer") + 1


def test_another_template_is_refused_rather_than_left_without_a_guard() -> None:
    with pytest.raises(RuntimeError, match="layout of vite"):
        vite._one_origin("export default {}")
