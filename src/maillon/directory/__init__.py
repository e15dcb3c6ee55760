"""What everybody may know: countries, the hotlines of the network, and where providers are established."""
