"""Small honest implementations of the same slice, on the same tables, with the same JSON."""
