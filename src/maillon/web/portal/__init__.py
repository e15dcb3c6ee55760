"""The portal: pages of partners without an installation. They see what was sent to their organisation, and answer it."""
