"""The faults that are known, as data: what each predicts, what it leads to, and what to do about it."""
