"""Many runs: where they lie in a folder, and which of them are seeds of one experiment."""
