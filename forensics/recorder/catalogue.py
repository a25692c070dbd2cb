"""What each tag of the recorder means, declared in the manifest so that nobody has to guess it from the name.

Only what the recorder itself measures, and names whose meaning docs/recorder.md fixes, are declared in full. Of any
other tag it is declared that its points are single values, and what their steps count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from forensics.model.meaning import (
    Aggregation,
    Axis,
    ClipStage,
    Meaning,
    Module,
    Network,
    Quantity,
    Reduction,
    Role,
    Statistic,
)

_STATISTICS = {"mean": Statistic.MEAN, "std": Statistic.STD, "min": Statistic.MIN, "max": Statistic.MAX}
_NETWORKS = [
    (re.compile(rf"(^|[_./])({words})\d*($|[_./])"), network)
    for words, network in [
        ("actor|policy|pi", Network.ACTOR),
        ("critic|critics|q|qf|twin", Network.CRITIC),
        ("value|vf|v", Network.VALUE),
        ("encoder|cnn|conv|backbone", Network.ENCODER),
        ("temperature|alpha|entropy_coefficient", Network.TEMPERATURE),
        ("model|decoder|generator|discriminator", Network.MODEL),
    ]
]
_MODULES = [
    (re.compile(r"(^|[_./])(encoder|cnn|conv\w*|backbone|features?_extractor)($|[_./])"), Module.CNN),
    (re.compile(r"(^|[_./])(mlp|head|trunk|fc)($|[_./])"), Module.MLP),
]
_MEMBER_OF_PART = re.compile(r"(^|[_./])(q|qf|critic|twin)_?(?P<member>[1-9])($|[_./])")
_TARGET = re.compile(r"(^|[_./])target($|[_./])")
_PART = r"(?P<part>.+)"
_STAT = r"_(?P<stat>mean|std|min|max)"
_MEMBER = r"(?P<member>\d?)"
# Each tag is read by the first pattern that fits the whole of it.
_RULES: list[tuple[re.Pattern[str], Meaning]] = [
    (re.compile(pattern), meaning)
    for pattern, meaning in [
        (r"counters/updates", Meaning(quantity=Quantity.UPDATE_COUNT)),
        (r"counters/episodes|episode", Meaning(quantity=Quantity.EPISODE_COUNT)),  # every line counts episodes
        (
            rf"gradients/{_PART}_norm_pre_clip",
            Meaning(quantity=Quantity.GRADIENT_NORM, clip_stage=ClipStage.PRE, reduction=Reduction.L2),
        ),
        (
            rf"gradients/{_PART}_norm_post_clip",
            Meaning(quantity=Quantity.GRADIENT_NORM, clip_stage=ClipStage.POST, reduction=Reduction.L2),
        ),
        (
            rf"gradients/{_PART}_norm",
            Meaning(quantity=Quantity.GRADIENT_NORM, clip_stage=ClipStage.NONE, reduction=Reduction.L2),
        ),
        (rf"gradients/{_PART}_clip_coefficient", Meaning(quantity=Quantity.CLIP_COEFFICIENT)),
        (rf"gradients/{_PART}_(zero|nonfinite|without_gradient)_count", Meaning(unit="elements")),
        (rf"parameters/{_PART}_update_ratio", Meaning(quantity=Quantity.UPDATE_RATIO)),
        (
            rf"parameters/{_PART}_norm",
            Meaning(quantity=Quantity.PARAMETER, statistic=Statistic.NORM, reduction=Reduction.L2),
        ),
        (
            rf"parameters/{_PART}_trainable_share",
            Meaning(quantity=Quantity.TRAINABLE_SHARE, unit="share of elements"),
        ),
        (rf"parameters/{_PART}_std", Meaning(quantity=Quantity.PARAMETER, statistic=Statistic.STD)),
        (rf"activations/{_PART}_dead_unit_share", Meaning(quantity=Quantity.DEAD_UNIT_SHARE, unit="share of units")),
        (
            rf"activations/{_PART}_saturation_share",
            Meaning(quantity=Quantity.SATURATION_SHARE, unit="share of outputs"),
        ),
        (rf"learning_rates/{_PART}", Meaning(quantity=Quantity.LEARNING_RATE)),
        (r"losses/critic_loss|losses/qf?(?P<member>\d)_loss", Meaning(quantity=Quantity.LOSS, network=Network.CRITIC)),
        (rf"losses/td_error{_STAT}", Meaning(quantity=Quantity.TD_ERROR, network=Network.CRITIC)),
        (r"losses/(actor|policy)_loss", Meaning(quantity=Quantity.LOSS, network=Network.ACTOR)),
        (r"losses/value_loss", Meaning(quantity=Quantity.LOSS, network=Network.VALUE)),
        (
            rf"q_values/policy_q{_MEMBER}{_STAT}",
            Meaning(quantity=Quantity.Q_VALUE, role=Role.POLICY, network=Network.CRITIC),
        ),
        (
            rf"q_values/(batch_|replay_)?q{_MEMBER}{_STAT}",
            Meaning(quantity=Quantity.Q_VALUE, role=Role.BATCH, network=Network.CRITIC),
        ),
        (
            rf"q_values/target_q{_MEMBER}{_STAT}",
            Meaning(quantity=Quantity.Q_VALUE, role=Role.TARGET, network=Network.CRITIC),
        ),
        (rf"actions/policy_action{_STAT}", Meaning(quantity=Quantity.ACTION, role=Role.POLICY, network=Network.ACTOR)),
        (r"environment/reward", Meaning(quantity=Quantity.REWARD, role=Role.TRAIN)),
        (r"environment/speed", Meaning(quantity=Quantity.MOTION, role=Role.TRAIN)),
        (rf"replay/reward{_STAT}", Meaning(quantity=Quantity.REWARD, role=Role.BATCH)),
        (r"replay/done_share", Meaning(quantity=Quantity.DONE_SHARE, unit="share of transitions")),
        (r"replay/effective_discount(_mean)?", Meaning(quantity=Quantity.DISCOUNT)),
        (r"replay/replay_age(_mean)?", Meaning(unit="environment steps")),
        (r"replay/buffer_size", Meaning(quantity=Quantity.BUFFER_SIZE, unit="transitions")),
        (r"exploration/exploration_noise", Meaning(quantity=Quantity.EXPLORATION_NOISE)),
        (r"episode_end/episodic_return", Meaning(quantity=Quantity.EPISODIC_RETURN, role=Role.TRAIN)),
        (r"episode_end/episode_length", Meaning(quantity=Quantity.EPISODE_LENGTH, role=Role.TRAIN, unit="steps")),
        (
            rf"evaluation/episodic_return{_STAT}",
            Meaning(quantity=Quantity.EPISODIC_RETURN, role=Role.EVALUATION),
        ),
        (
            rf"evaluation/episode_length{_STAT}",
            Meaning(quantity=Quantity.EPISODE_LENGTH, role=Role.EVALUATION, unit="steps"),
        ),
    ]
]


def declare(tag: str, axis: Axis, given: dict[str, str] | None = None) -> dict[str, str]:
    """Return the declared meaning of a tag as the manifest holds it. `given` are fields that the user declared."""
    meaning = _known(tag)
    fields = {} if meaning is None else {name: str(getattr(meaning, name)) for name in Meaning.__struct_fields__}
    fields = {name: value for name, value in fields.items() if value not in ("", "unknown")}
    return fields | {"aggregation": Aggregation.INSTANT.value, "axis": axis.value} | (given or {})


def declare_all(tags: Iterable[str], axis: Axis, given: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return the declared meanings of all tags."""
    return {tag: declare(tag, axis, given.get(tag)) for tag in tags}


def _of_part(meaning: Meaning, part: str) -> Meaning:
    """Return `meaning` with the network, the part of it and the member that the name of a watched module speaks of."""
    member = _MEMBER_OF_PART.search(part)
    return msgspec.structs.replace(
        meaning,
        network=next((found for pattern, found in _NETWORKS if pattern.search(part)), Network.NONE),
        module=next((found for pattern, found in _MODULES if pattern.search(part)), Module.WHOLE),
        role=Role.TARGET if _TARGET.search(part) else meaning.role,
        member=int(member["member"]) if member else 0,
    )


def _known(tag: str) -> Meaning | None:
    for pattern, meaning in _RULES:
        found = pattern.fullmatch(tag)
        if found is None:
            continue
        said = {key: value for key, value in found.groupdict().items() if value}
        if "part" in said:
            meaning = _of_part(meaning, said["part"])
        if "stat" in said:
            meaning = msgspec.structs.replace(meaning, statistic=_STATISTICS[said["stat"]])
        if "member" in said:
            meaning = msgspec.structs.replace(meaning, member=int(said["member"]))
        return meaning
    return None
