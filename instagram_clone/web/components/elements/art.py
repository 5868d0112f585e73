"""Drawings in the theme's colours, which is why they are inlined and not served as files."""

from __future__ import annotations

import reflex as rx

WELCOME = """<svg viewBox="12 4 146 124" aria-hidden="true"><g><rect x="70" y="12" width="78" height="92" rx="12" transform="rotate(8 109 58)" fill="var(--ic-illus-2)"/><g transform="rotate(-6 66 68)"><rect x="22" y="20" width="86" height="100" rx="14" fill="var(--ic-elevated)" stroke="var(--ic-hairline)"/><clipPath id="art-welcome-2"><rect x="29" y="27" width="72" height="72" rx="9"/></clipPath><g clip-path="url(#art-welcome-2)"><rect x="29" y="27" width="72" height="72" fill="var(--ic-illus-1)"/><circle cx="82" cy="48" r="9" fill="#EDB04E"/><path d="M20 99V82C34 62 48 62 60 78C72 66 88 68 106 84V99Z" fill="#F0775E"/><path d="M20 99V92C40 80 70 84 110 94V99Z" fill="#0E6763"/></g><rect x="29" y="106" width="34" height="5" rx="2.500" fill="var(--ic-illus-1)"/></g></g></svg>"""
_FRAME = (
    """<svg class="ic-illus" viewBox="0 0 168 128" aria-hidden="true"><rect x="46" y="8" width="76" height="96" rx="14" fill="var(--ic-illus-2)" transform="rotate(8 84 56)"/><g transform="rotate(-4 78 66)"><rect x="34" y="18" width="90" height="104" rx="15" fill="var(--ic-elevated)" stroke="var(--ic-hairline)"/><rect x="42" y="26" width="74" height="74" rx="9" fill="var(--ic-illus-1)"/>""",
    """</g></svg>""",
)
_STROKE = (
    'fill="none" stroke="var(--ic-accent)" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"'
)
# Illustrations for the first post to create, a profile with no posts yet, and the saved posts.
ALBUM = f'<path d="M79 50v26M66 63h26" {_STROKE}/>'.join(_FRAME)
PRINTS = f'<path d="M52 84l17-22 12 14 8-9 17 17" {_STROKE}/><circle cx="97" cy="46" r="6" fill="#EDB04E"/>'.join(
    _FRAME
)
SAVED = f'<path d="M68 46h22v34l-11-9-11 9Z" {_STROKE}/>'.join(_FRAME)
NOT_FOUND = """<svg class="ic-illus" viewBox="0 0 280 210" aria-hidden="true"><g transform="rotate(7 178 92)"><rect x="122" y="22" width="124" height="146" rx="18" fill="var(--ic-illus-2)"/></g> <g transform="rotate(-5 112 112)"><rect x="42" y="36" width="142" height="164" rx="20" fill="var(--ic-elevated)" stroke="var(--ic-hairline)" stroke-width="1.500"/><rect x="53" y="47" width="120" height="120" rx="12" fill="none" stroke="var(--ic-control)" stroke-width="1.500" stroke-dasharray="5 6"/><rect x="53" y="178" width="58" height="7" rx="3.500" fill="var(--ic-illus-1)"/></g> <circle cx="224" cy="168" r="24" fill="#F7D9A8"/><path d="M64 156c16-30 34-32 52-8 10 12 26 12 44-8" fill="none" stroke="var(--ic-accent)" stroke-width="3" stroke-linecap="round" opacity=".55"/></svg>"""

TALK = """<svg class="ic-illus" viewBox="0 0 168 128" aria-hidden="true"><rect x="58" y="10" width="96" height="64" rx="20" fill="var(--ic-illus-2)"/><path d="M132 68l14 18-30-13Z" fill="var(--ic-illus-2)"/><rect x="14" y="42" width="100" height="66" rx="20" fill="var(--ic-elevated)" stroke="var(--ic-hairline)"/><path d="M34 106l-8 18 26-17Z" fill="var(--ic-elevated)"/><circle cx="46" cy="75" r="6" fill="#F0775E"/><circle cx="64" cy="75" r="6" fill="#EDB04E"/><circle cx="82" cy="75" r="6" fill="#0E6763"/></svg>"""

BELL = """<svg class="ic-illus" viewBox="0 0 168 128" aria-hidden="true"><circle cx="84" cy="62" r="52" fill="var(--ic-illus-2)"/><g transform="rotate(10 84 60)"><path d="M56 84c0-8 5-10 5-28a23 23 0 0 1 46 0c0 18 5 20 5 28Z" fill="var(--ic-elevated)" stroke="var(--ic-hairline)"/><path d="M75 90a9 9 0 0 0 18 0Z" fill="#F0775E"/><circle cx="84" cy="31" r="5" fill="#0E6763"/></g><circle cx="132" cy="30" r="9" fill="#EDB04E"/></svg>"""
UPLOAD = """<svg class="ic-illus" viewBox="0 0 184 132" aria-hidden="true"><g transform="translate(8 0)"><g><rect x="70" y="12" width="78" height="92" rx="12" transform="rotate(8 109 58)" fill="var(--ic-illus-2)"/><g transform="rotate(-6 66 68)"><rect x="22" y="20" width="86" height="100" rx="14" fill="var(--ic-elevated)" stroke="var(--ic-hairline)"/><clipPath id="art-drop"><rect x="29" y="27" width="72" height="72" rx="9"/></clipPath><g clip-path="url(#art-drop)"><rect x="29" y="27" width="72" height="72" fill="var(--ic-illus-1)"/><circle cx="82" cy="48" r="9" fill="#EDB04E"/><path d="M20 99V82C34 62 48 62 60 78C72 66 88 68 106 84V99Z" fill="#F0775E"/><path d="M20 99V92C40 80 70 84 110 94V99Z" fill="#0E6763"/></g><rect x="29" y="106" width="34" height="5" rx="2.500" fill="var(--ic-illus-1)"/></g></g></g><g><circle cx="138" cy="104" r="19" fill="var(--ic-accent)"/><path d="M138 112v-16m-7 7 7-7 7 7" fill="none" stroke="var(--ic-on-accent)" stroke-width="2.600" stroke-linecap="round" stroke-linejoin="round"/></g></svg>"""


CLOSED = """<svg class="ic-illus" viewBox="0 0 168 128" aria-hidden="true"><rect x="66" y="10" width="76" height="92" rx="14" fill="var(--ic-illus-2)" transform="rotate(8 104 56)"/><g transform="rotate(-4 78 66)"><rect x="34" y="18" width="90" height="104" rx="15" fill="var(--ic-elevated)" stroke="var(--ic-hairline)"/><rect x="42" y="26" width="74" height="74" rx="9" fill="var(--ic-illus-1)"/><path d="M68 62v-8a11 11 0 0 1 22 0v8" fill="none" stroke="var(--ic-accent)" stroke-width="4"/><rect x="61" y="60" width="36" height="28" rx="8" fill="#F0775E"/><circle cx="79" cy="74" r="4" fill="#F7D9A8"/></g></svg>"""


def drawing(svg: str) -> rx.Component:
    """Render one of this module's drawings, and nothing else: the markup is inserted unescaped."""
    return rx.el.div(
        custom_attrs={"dangerouslySetInnerHTML": {"__html": svg}, "aria-hidden": "true"},
        class_name="ic-art",
    )
