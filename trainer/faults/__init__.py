"""One module a fault. Each holds FAULT: what is edited, on which base, and what a diagnosis should name.

An edit is what a person would get wrong, in the words a person would use; nothing in it may name the fault.
"""
