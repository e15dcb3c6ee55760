"""Two installations, each with its houses: how they know one another, and what they do after one was restored.

Every message, receipt and greeting is a JWS (RFC 7515) over canonical JSON, signed with the Ed25519 key (RFC 8037) of
the installation that says it and checked with the key that a person pinned for its house.
"""
