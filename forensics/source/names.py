"""The names of frameworks that mean something to the interpreter."""

from __future__ import annotations

OPTIMIZERS = frozenset(
    "Adam AdamW SGD RMSprop Adagrad RAdam NAdam Adamax Adadelta SparseAdam ASGD LBFGS Rprop Lion Muon Adafactor "
    "FusedAdam AdamW8bit Adam8bit RMSpropTFLike KFACOptimizer LAMB Lamb".split()
)

EVENT_CALLS = frozenset(
    "backward manual_backward zero_grad clip_grad_norm_ clip_grad_value_ clip_grad_norm clip_gradients unscale_ "
    "clip_grads_with_norm_ load_state_dict lerp_ _foreach_lerp_ polyak_update soft_update".split()
)
"""Calls that make a function worth following. `step` is too common: it never stands without one of these."""

CLIPS = {
    "clip_grad_norm_": "norm",
    "clip_grad_norm": "norm",
    "clip_grads_with_norm_": "norm",
    "clip_grad_value_": "value",
    "clip_grad_value": "value",
    "clip_gradients": "norm",
}

_LOGGERS = ("log", "writer", "summary", "wandb", "tracker", "board", "run", "tb", "track", "metric", "mlflow", "sw")
SINK_CALLS: dict[str, tuple[str, ...]] = {
    "add_scalar": (),
    "add_scalars": (),
    "add_histogram": (),
    "log_scalar": (),
    "scalar_summary": (),
    "log_metric": (),
    "log_metrics": (),
    "log_dict": (),
    "logkv": (),
    "logkv_mean": (),
    "record_mean": _LOGGERS,
    "record": _LOGGERS,
    "log": (*_LOGGERS, "self", "fabric", "accelerator"),
    "track_data": (),
    "scalar": (*_LOGGERS,),
}
"""Methods that log a value, and the words one of which the receiver must hold (none: any receiver)."""

COMMON = frozenset(
    "get items keys values append extend copy pop popleft setdefault clear insert remove sort index count format join "
    "split strip lower upper replace startswith endswith print len encode decode add __init__".split()
)
"""Names so common that a call by name alone says nothing."""

CUTS = frozenset("detach detach_ numpy item tolist __float__ __int__ bool long int argmax argmin argsort".split())
"""Methods of a tensor whose result carries no gradient."""

CUTTING = frozenset(
    "zeros_like ones_like randn_like rand_like empty_like full_like randint_like argmax argmin argsort multinomial "
    "bernoulli randint zeros ones eq ne gt lt ge le isnan isfinite isinf as_tensor tensor from_numpy searchsorted "
    "one_hot arange empty".split()
)
"""Functions of torch whose result carries no gradient."""

LEAFLESS = frozenset(
    "ReLU LeakyReLU ELU SELU CELU GELU SiLU Mish Tanh Sigmoid Softmax LogSoftmax Softplus Softsign Hardtanh Hardswish "
    "Flatten Unflatten Identity Dropout Dropout2d MaxPool1d MaxPool2d MaxPool3d AvgPool1d AvgPool2d AdaptiveAvgPool1d "
    "AdaptiveAvgPool2d AdaptiveMaxPool2d Upsample ZeroPad2d ReplicationPad2d ReflectionPad2d PixelShuffle MSELoss "
    "L1Loss SmoothL1Loss HuberLoss CrossEntropyLoss NLLLoss BCELoss BCEWithLogitsLoss KLDivLoss GaussianNLLLoss "
    "CosineSimilarity PairwiseDistance GLU ReLU6 Softmax2d Softmin LogSigmoid "
    "Hardsigmoid Softshrink Hardshrink Tanhshrink Threshold AlphaDropout Dropout3d Dropout1d".split()
)
"""Classes of torch.nn without parameters."""

CONTAINERS = frozenset("Sequential ModuleList ModuleDict".split())

TRANSPARENT = frozenset(
    "DataParallel DistributedDataParallel DDP FSDP FullyShardedDataParallel OptimizedModule".split()
)
"""Wrappers whose parameters and calls are those of the first argument."""

IDENTITIES = frozenset(
    "compile script trace prepare prepare_model setup setup_module setup_optimizers setup_model device_put "
    "unwrap_model no_type_check jit".split()
)
"""Calls that return what they were given, improved."""

ENGINES = frozenset(["Accelerator", "Fabric"])
"""Classes that prepare networks and optimizers, and call backward and clip for the script."""

MODULE_SELF = frozenset(
    "to cuda cpu double float half bfloat16 train eval share_memory apply type xpu ipu compile to_empty".split()
)
"""Methods of a module that return the module."""

TARGET_MOVES = frozenset("copy_ lerp_ mul_ add_ sub_ set_".split())

MOVERS = frozenset(
    "polyak_update soft_update hard_update soft_update_params soft_update_network polyak_averaging".split()
)
"""Helpers that move one network towards another."""

MODULE_BASES = frozenset(
    "Module LightningModule TensorDictModule TensorDictModuleBase ModuleBase PreTrainedModel ScriptModule "
    "TorchModelV2 TorchRLModule LossModule ProbabilisticActor ModelMixin".split()
)
LIGHTNING = frozenset(["LightningModule"])

LEVELS = frozenset("debug info warning warn error critical exception".split())
