"""Location data kept with the program, and what is known about it. Licences: `docs/data-licences.md`."""
