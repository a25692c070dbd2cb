"""What archived runs hold a diagnosis to."""
