"""The synthetic world that the demo and the tests share: fictitious sites, names, addresses, former files.

Every name ends in `.test` (RFC 6761), every address lies in a documentation range (RFC 5737, RFC 3849) and
every network number is one of 64496 to 64511 (RFC 5398): nothing here can be a real place.
"""
