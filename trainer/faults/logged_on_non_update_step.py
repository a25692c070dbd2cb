"""The actor's loss is recorded at every update, and is 0 at those that leave the actor out."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="logged-on-non-update-step",
    shows=("alternating-zeros",),
    what="the actor's loss is recorded where the actor is not updated",
    base="--log-interval 1",
    edits=(
        Edit(
            "trainer/td3.py",
            "        metrics, images, features = self.update_critic(batch)\n",
            "        metrics, images, features = self.update_critic(batch)\n"
            '        metrics["actor_loss"] = torch.zeros((), device=self.device)\n',
        ),
    ),
)
