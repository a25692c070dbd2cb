"""What the training source says, as observations: nothing of it was run."""
