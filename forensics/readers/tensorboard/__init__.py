"""TensorBoard event files: framing, decoding, damage, and series with their segments."""
