"""The nouns of an investigation. Imports nothing else of ours."""
