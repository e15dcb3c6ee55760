"""The portal: pages of partners without an installation, who see what was sent to their organisation and answer it."""
