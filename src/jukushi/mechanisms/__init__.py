"""Verbs: what a week does to a history. One file each; `order.py` is the numbered week."""
