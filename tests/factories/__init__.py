"""How tests reach what they need: by walking there through the real services, with time and network as arguments."""
