"""What happens to the process of a run: killed, resumed, halted, or two in one directory."""
