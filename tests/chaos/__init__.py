"""`make chaos`: what docs/reliability.md promises, checked on real processes with real faults."""
