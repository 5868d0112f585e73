"""What happens before the server can answer: Python traced into the page. See docs/browser.md."""
