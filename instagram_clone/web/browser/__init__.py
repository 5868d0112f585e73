"""Behaviour that can't wait for the server: Python traced into the page. See docs/browser.md."""
