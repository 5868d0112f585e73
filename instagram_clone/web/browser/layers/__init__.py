"""What lies over a page or moves it: dialogs, menus, panels, toasts, scrolling, touches."""
