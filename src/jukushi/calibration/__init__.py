"""Asked of the model: what real battles teach it, and how well it foretells them."""
