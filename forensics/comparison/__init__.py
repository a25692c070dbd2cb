"""Holds runs against each other, and a diagnosis against an earlier one. Pure: diagnoses in, differences out."""
