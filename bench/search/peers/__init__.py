"""The peers, found by being there: each module's searchers. They run in an environment of their own."""
