"""Training with one known mistake in it: a copy of the source is edited and the run is executed from the copy.

Neither the copy nor what the run leaves behind speaks of it; the truth goes to a file beside the run directory.
"""
