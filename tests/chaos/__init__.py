"""`make torture`: what RELIABILITY.md promises, tried out on real processes with real signals."""
