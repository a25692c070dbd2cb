"""The weight of the online networks in the average is that of the targets: they are all but copied."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="target-network-hard-copied",
    shows=("target-equals-online",),
    what="the targets take on 1 - tau of the online networks",
    base="--log-interval 1",
    edits=(
        Edit(
            "trainer/td3.py",
            "        tau = self.config.algorithm.tau\n",
            "        tau = 1.0 - self.config.algorithm.tau\n",
        ),
    ),
)
