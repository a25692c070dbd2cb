"""Commands in a batch: each stands for a call of its own, chosen by its number in CARLA's list of commands."""

from __future__ import annotations

from typing import Any

from trainer.loopback.calls import Host
from trainer.loopback.calls.actors import ActorCalls
from trainer.loopback.rpc import Handler, Raw, RpcError, failure, success


class BatchCalls:
    """`apply_batch` on the calls about actors."""

    def __init__(self, actors: ActorCalls, host: Host) -> None:
        self._host = host
        calls = actors.handlers()
        self._destroy = calls["destroy_actor"]
        self._spawn = calls["spawn_actor"]
        self._on_actor = {
            2: calls["apply_control_to_vehicle"],
            6: calls["set_actor_transform"],
            8: calls["set_actor_target_velocity"],
            14: calls["set_actor_simulate_physics"],
        }

    def handlers(self) -> dict[str, Handler]:
        """The call by name."""
        return {"apply_batch": self.apply}

    def apply(self, commands: list[Any], tick: bool) -> Raw:
        """Carry out each command; the answer to each is the actor's id or an error."""
        answers = [self._answer(command) for command in commands]
        if tick:
            self._host.advance()
        return Raw(answers)

    def _answer(self, command: Any, actor: int | None = None) -> Any:
        try:
            ((number, arguments),) = command
            return success(self._carry_out(number, arguments, actor))
        except (RpcError, TypeError, ValueError, LookupError) as error:
            return failure(str(error))

    def _carry_out(self, number: int, arguments: list[Any], actor: int | None) -> int:
        if number == 0:
            return self._spawn_with_orders(*arguments)
        target = int(arguments[0]) if actor is None else actor
        if number == 1:
            if not self._destroy(target):
                raise RpcError(f"actor {target} not found")
        elif number in self._on_actor:
            self._on_actor[number](target, *arguments[1:])
        else:
            raise RpcError(f"the loopback does not know batch command {number}")
        return target

    def _spawn_with_orders(self, description: Any, pose: Any, parent: Any, *rest: Any) -> int:
        """Spawn; the commands in the last argument are for the new actor, whose id nobody knew before."""
        given, *parent_id = parent
        spawned = int(self._spawn(description, pose, parent_id[0] if given else 0)[0])
        for command in rest[-1] if rest else []:
            self._answer(command, spawned)
        return spawned
