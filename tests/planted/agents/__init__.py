"""Runs on Stable-Baselines3 and its contributed algorithms, with and without a mistake."""
