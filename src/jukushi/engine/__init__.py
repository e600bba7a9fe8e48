"""How a million histories run: the week, the block, the threads, and the slow reference."""
