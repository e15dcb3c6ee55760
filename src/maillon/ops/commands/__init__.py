"""One module per command of `maillon`; each holds a click command named `command`."""
