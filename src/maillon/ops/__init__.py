"""Running an installation: commands, embedded database, supervisor, worker, doctor."""
