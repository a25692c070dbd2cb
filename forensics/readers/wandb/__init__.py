"""Weights & Biases: the binary record of a run, and what its client writes down of how the run was started."""
