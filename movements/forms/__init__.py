"""Forms of the movements app."""
