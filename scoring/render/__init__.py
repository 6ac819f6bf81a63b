"""Papers of scoring: plain data in, bytes out."""
