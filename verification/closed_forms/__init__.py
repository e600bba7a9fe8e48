"""Distributions with a known answer, made of the project's own pieces."""
