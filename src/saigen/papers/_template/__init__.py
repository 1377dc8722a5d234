"""Authors: Title (venue, year)."""
