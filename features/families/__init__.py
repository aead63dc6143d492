"""One module per family of features: its definitions, and the function that computes them."""
