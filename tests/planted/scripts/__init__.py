"""Training scripts in plain PyTorch, as people write them, and mistakes in them."""
