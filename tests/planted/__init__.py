"""Real training runs with one planted fault each, and the instrument that records them.

`train.py` makes a run, `recorder.py` measures it, `faults.py` holds what can be planted. They need stable-baselines3
(extra `bench`) and are never imported by the tests: the tests read the runs, from tests/archive.
"""
