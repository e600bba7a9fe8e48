"""Nouns: what a history is made of. State, parameters, the calendar, the scripted record."""
