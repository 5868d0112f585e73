"""Layers over the page and movement within it: dialogs, menus, panels, toasts, scrolling, touch."""
