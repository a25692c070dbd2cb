"""The flight recorder, for anyone's PyTorch loop.

    rec = Recorder("runs/one")
    rec.clip_grad_norm_(critic.parameters(), 10.0, name="critic")   # in place of torch.nn.utils.clip_grad_norm_
    rec.step(env_step=step, critic_loss=loss, batch_q=q)            # after optimizer.step(); False means stop

docs/recorder.md says what is recorded and what a crash or a full disk may cost.
"""

from forensics.recorder.recorder import Recorder
from forensics.recorder.rundir import new_run_directory

__all__ = ["Recorder", "new_run_directory"]
