"""What to log next time: where evidence is missing, the lines that would supply it in the run's own framework."""
