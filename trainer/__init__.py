"""The run under study: TD3 with CNN encoders in CARLA, instrumented so that nothing important is left unrecorded."""
