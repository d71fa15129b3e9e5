"""Extensions of Django's database backends: locks, time limits, collation, search."""
