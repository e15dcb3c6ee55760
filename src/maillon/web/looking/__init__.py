"""The pages of looking at what was fetched, of how much one looked, and of letting somebody look on."""
