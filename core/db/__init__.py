"""What Django's database backends leave to us."""
