"""`make bench`: how fast the service is, beside its peers, and at a million products."""
