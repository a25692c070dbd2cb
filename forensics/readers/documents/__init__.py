"""Documents read whole: configuration, manifest, results."""
