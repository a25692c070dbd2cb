"""Scripts that train small runs with real libraries. They need those libraries and are never imported by tests."""
