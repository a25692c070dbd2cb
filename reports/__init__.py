"""Renders a diagnosis. Knows forensics.model, nothing else of ours."""
