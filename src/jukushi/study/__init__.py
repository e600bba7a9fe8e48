"""What was run and what came out: parts on disk, provenance, and histories in words."""
