"""Every speed claim beside its peer, in one run: `python -m bench [NAME …]`, or `make bench FIGURE=name`."""
