"""A stand-in CARLA server on this machine, for the unmodified `carla.Client` 0.9.16.

It speaks CARLA's RPC and streaming protocols, loads OpenDRIVE roads, moves vehicles by a kinematic bicycle model on a
flat world and renders what a camera sees of the road. It proves protocol, environment, trainer and logging; it says
nothing about driving quality in CARLA.

Start one with `trainer.loopback.process.LoopbackServer`, or on its own with `python -m trainer.loopback`.
"""
