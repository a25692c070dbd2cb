"""The evaluation opens a second environment on the simulator of the training, in the middle of an episode.

The second client removes the car of the first. An environment that then goes on with its last reading, where ours ends
the episode, freezes until the time limit, and what it repeats fills the replay buffer.
"""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="evaluation-corrupts-training",
    shows=("evaluation-disturbs-training",),
    what="evaluation opens a second client on the simulator, and its loss of the car goes unnoticed",
    base="--evaluation-interval 500 --evaluation-episodes 2",
    edits=(
        Edit(
            "trainer/loop.py",
            "            report(self.progress())\n            if self.global_step >=",
            "            report(self.progress())\n"
            "            self._between_episodes()\n"
            "            if self.global_step >=",
        ),
        Edit(
            "trainer/evaluation.py",
            "    training = agent.config.training\n    generator = environment_random_state(env)\n",
            "    training = agent.config.training\n"
            "    generator = environment_random_state(env)\n"
            "    server = env.unwrapped.simulator.address\n"
            "    env = make_environment(replace(agent.config.environment, backend=server))\n",
        ),
        Edit(
            "trainer/evaluation.py",
            "    restore_environment_random_state(env, generator)\n",
            "    env.close()\n",
        ),
        Edit(
            "trainer/evaluation.py",
            "from dataclasses import dataclass\n",
            "from dataclasses import dataclass, replace\n",
        ),
        Edit(
            "trainer/evaluation.py",
            "from trainer.observation import FrameStack, Layout\n",
            "from trainer.environment import make_environment\nfrom trainer.observation import FrameStack, Layout\n",
        ),
        Edit(
            "trainer/envs/simulator.py",
            '            raise SimulatorError("the car is gone: somebody else removed it or loaded another map")\n',
            "            self._lost = True\n            return self._held\n",
        ),
        Edit(
            "trainer/envs/simulator.py",
            "        return Reading(\n            pose.location.x,",
            "        self._held = Reading(\n            pose.location.x,",
        ),
        Edit(
            "trainer/envs/simulator.py",
            "            rig.collisions.since(before),\n        )\n",
            "            rig.collisions.since(before),\n        )\n        return self._held\n",
        ),
        Edit(
            "trainer/envs/simulator.py",
            "        if self.broken:\n"
            "            self.close()\n            self._connect()\n            self.broken = False\n",
            "        if self.broken or self._lost:\n"
            "            self.close()\n            self._connect()\n            self.broken = self._lost = False\n",
        ),
        Edit(
            "trainer/envs/simulator.py",
            "        self._frame = 0\n",
            "        self._frame = 0\n        self._lost = False\n",
        ),
    ),
)
