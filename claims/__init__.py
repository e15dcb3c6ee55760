"""The promises, measured at full length: `python -m claims [NAME …]`, or `make claims`. Their short forms are tests."""
