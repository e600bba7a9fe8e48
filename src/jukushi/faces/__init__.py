"""How people and programs meet the product: the command line and the Python interface."""
