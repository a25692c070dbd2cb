"""What a metric measures. Every field is claimed, established or contested; none is assumed."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Quantity(StrEnum):
    """The thing measured."""

    GRADIENT_NORM = "gradient_norm"
    CLIP_COEFFICIENT = "clip_coefficient"
    CLIP_LIMIT = "clip_limit"
    PARAMETER = "parameter"
    UPDATE_RATIO = "update_ratio"
    TRAINABLE_SHARE = "trainable_share"
    DEAD_UNIT_SHARE = "dead_unit_share"
    SATURATION_SHARE = "saturation_share"
    FEATURE_NORM = "feature_norm"
    LOSS = "loss"
    TD_ERROR = "td_error"
    Q_VALUE = "q_value"
    STATE_VALUE = "state_value"
    EXPLAINED_VARIANCE = "explained_variance"
    ADVANTAGE = "advantage"
    EPISODIC_RETURN = "episodic_return"
    EPISODE_LENGTH = "episode_length"
    SUCCESS_RATE = "success_rate"
    REWARD = "reward"
    REWARD_COMPONENT = "reward_component"
    OBSERVATION = "observation"
    ACTION = "action"
    EXPLORATION_NOISE = "exploration_noise"
    ENTROPY = "entropy"
    ENTROPY_COEFFICIENT = "entropy_coefficient"
    POLICY_STD = "policy_std"
    KL = "kl"
    CLIP_FRACTION = "clip_fraction"
    LEARNING_RATE = "learning_rate"
    DISCOUNT = "discount"
    DONE_SHARE = "done_share"
    BUFFER_SIZE = "buffer_size"
    BUFFER_SHARE = "buffer_share"
    BATCH_SIZE = "batch_size"
    ENV_STEP_COUNT = "env_step_count"
    UPDATE_COUNT = "update_count"
    EPISODE_COUNT = "episode_count"
    EPOCH = "epoch"
    TRAINING_FLAG = "training_flag"
    ALERT = "alert"
    MOTION = "motion"
    ACCURACY = "accuracy"
    AMP_SCALE = "amp_scale"
    THROUGHPUT = "throughput"
    OTHER = "other"


class Network(StrEnum):
    """The network a number belongs to."""

    ACTOR = "actor"
    CRITIC = "critic"
    VALUE = "value"
    ENCODER = "encoder"
    TEMPERATURE = "temperature"
    MODEL = "model"
    NONE = "none"


class Module(StrEnum):
    """The part of the network."""

    WHOLE = "whole"
    CNN = "cnn"
    MLP = "mlp"
    LAYER = "layer"


class Role(StrEnum):
    """On what a value was taken.

    `policy` is Q(s, pi(s)), `batch` is Q(s, a) on the replay batch, `target` is a TD target or a target
    network; `train`, `evaluation` and `validation` tell the data of a return or a loss.
    """

    POLICY = "policy"
    BATCH = "batch"
    TARGET = "target"
    TRAIN = "train"
    EVALUATION = "evaluation"
    VALIDATION = "validation"
    NONE = "none"


class Statistic(StrEnum):
    """How many numbers became one."""

    MEAN = "mean"
    STD = "std"
    MIN = "min"
    MAX = "max"
    NORM = "norm"
    SUM = "sum"
    VALUE = "value"


class ClipStage(StrEnum):
    """Where a gradient was measured relative to clipping."""

    PRE = "pre"
    POST = "post"
    NONE = "none"
    UNKNOWN = "unknown"


class Reduction(StrEnum):
    """How a gradient's tensors became one number."""

    L2 = "l2"
    SUM_OF_L2 = "sum_of_l2"
    MAX = "max"
    MEAN = "mean"
    UNKNOWN = "unknown"


class Aggregation(StrEnum):
    """What one logged point stands for in time."""

    INSTANT = "instant"
    WINDOW_MEAN = "window_mean"
    WINDOW_MAX = "window_max"
    EMA = "ema"
    UNKNOWN = "unknown"


class Axis(StrEnum):
    """What the logged step counts."""

    ENV_STEP = "env_step"
    UPDATE = "update"
    EPISODE = "episode"
    EPOCH = "epoch"
    WALL = "wall"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """How well a field of a meaning is known."""

    CLAIMED = "claimed"
    ESTABLISHED = "established"
    CONTESTED = "contested"


class Meaning(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one series measures. `member` numbers the critics of an ensemble; 0 means not one of several.

    `name` is the component, action or observation the tag ends in, where the quantity has several.
    """

    quantity: Quantity = Quantity.OTHER
    network: Network = Network.NONE
    module: Module = Module.WHOLE
    role: Role = Role.NONE
    statistic: Statistic = Statistic.VALUE
    member: int = 0
    name: str = ""
    clip_stage: ClipStage = ClipStage.UNKNOWN
    reduction: Reduction = Reduction.UNKNOWN
    aggregation: Aggregation = Aggregation.UNKNOWN
    axis: Axis = Axis.UNKNOWN
    unit: str = ""
