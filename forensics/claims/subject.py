"""Which signal or setting a document speaks of: by the tag, its last part, or words that only one signal bears."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

from forensics.claims.claim import Subject
from forensics.model.evidence import ConfigFact
from forensics.model.meaning import Meaning, Quantity, Role
from forensics.signals.signals import Signal, Signals
from forensics.signals.vocabulary import vocabulary, words

_HEADS = frozenset(
    "loss losses gradient gradients grad grads reward rewards return returns q qs entropy kl td lr accuracy "
    "length norm norms error errors rate variance noise advantage ratio score".split()
)
_METRIC_WORDS = _HEADS | frozenset(
    "actor critic policy value values cnn mlp encoder episode episodic episodes mean max min std average avg "
    "maximum minimum target batch learning train training eval evaluation validation test divergence explained "
    "exploration temperature alpha coefficient buffer replay size done td parameter parameters param weight "
    "weights feature action actions q1 q2 qf1 qf2 critics twin network networks log explained metric metrics "
    "rollout ep len rew".split()
)
# Words that make another thing of the metric beside them. No series is certain to be that other thing.
_ALTERING = frozenset(
    "current running immediate raw clipped unclipped pre post normalized normalised unnormalized scaled scale "
    "scaling smoothed squared discounted undiscounted cumulative total summed relative threshold thresholds limit "
    "limits bound bounds weight gap difference change changes slope previous explosion explosions clipping clip "
    "function functions landscape scaler component components shaping term terms penalty estimate estimates "
    "estimator computation calculation optimizer graph flow old new best worst".split()
)
_STATISTICS = frozenset("mean max min average avg maximum minimum final last first initial peak median overall".split())
_COUNTED = frozenset("updates update steps step descent ascent steps. updates.".split())
_EMPTY = frozenset("metric metrics logged the".split())
_ALIASES = {"lr": "learning rate", "discount": "gamma", "discount factor": "gamma", "random seed": "seed"}
_STOP = frozenset(
    "is are was were be of the a an in on at to and or not no by for from with has have as it its this that all "
    "any step steps updates point points total count number run time per debug alerts alert final last first "
    "initial after before during over since until where when only ran true false none id name".split()
)
_COMMON = _METRIC_WORDS | _ALTERING | _STATISTICS | _EMPTY | _STOP  # alone, they name no series
_TOKEN = re.compile(r"[A-Za-z_][\w/.\-:]{0,200}|\w+")
_POSSESSIVE = re.compile(r"'s\b")
_OWNED = re.compile(
    r"\b((?:(?:gradient|grad|update|parameter|param|action)\s)?(?:loss|norm|ratio|gradients?|entropy|rate|std))"
    r"\s(?:of|for|in)\s(?:the\s)?(actor|critic|policy)\b(?!\s(?:cnn|mlp|encoder|network|loss))",
    re.IGNORECASE,
)
_OWNER = re.compile(
    r"\s(?:of|for|in)\s(?:the\s|its\s)?(?:actor|critic|policy|encoder|cnn|mlp|target|discriminator|generator|head|"
    r"layer|"
    r"model|value|world|second|first|twin)\b",
    re.IGNORECASE,
)
_WORDS_MOST = 7
_PARTS = 7  # of a tag "a/b/c", so many last parts are a name
_TAG = 300  # characters
_SPACED = 200  # tags with blanks, which are looked for one by one
OPEN, CLOSE = "\ue000", "\ue001"  # a subject in encoded text: OPEN, its position, CLOSE


class Index:
    """Everything of one run that a document can name."""

    def __init__(self, signals: Signals) -> None:
        self.signals = signals
        self._by_name: dict[str, list[Signal]] = defaultdict(list)
        self._by_words: dict[str, list[Signal]] = defaultdict(list)
        self._settings: dict[str, list[ConfigFact]] = defaultdict(list)
        self._spaced: list[str] = []
        self._vocabulary = set(_METRIC_WORDS | _ALTERING | _STATISTICS)
        for signal in signals.signals:
            if not len(signal):
                continue
            parts = signal.tag.lower().split("/")
            for name in {"/".join(parts[-count:]) for count in range(1, _PARTS)} | {signal.tag.lower()}:
                self._by_name[name].append(signal)
            if " " in signal.tag:
                self._spaced.append(signal.tag.lower())
            for said in {_said(parts[-1]), _said(signal.tag)}:
                self._by_words[said].append(signal)
            self._vocabulary.update(word for word in _said(signal.tag).split() if word not in _STOP)
        for row in signals.run.config:
            last = row.key.rsplit(".", 1)[-1].lower()
            for name in {row.key.lower(), last, _said(last)}:
                self._settings[name].append(row)
            self._vocabulary.update(word for word in _said(last).split() if word not in _STOP)
        self._spaced = sorted(dict.fromkeys(self._spaced), key=len, reverse=True)[:_SPACED]
        self._read = lru_cache(maxsize=4096)(self._resolve)

    def encode(self, text: str) -> tuple[str, list[Subject]]:
        """Return the text with every subject replaced by a mark, and the subjects."""
        text = _OWNED.sub(r"\2 \1", _POSSESSIVE.sub("", text))
        tokens = [(found.start(), found.end(), found.group()) for found in _TOKEN.finditer(text)]
        pieces: list[str] = []
        subjects: list[Subject] = []
        done = position = 0
        while position < len(tokens):
            subject, used = self._at(tokens, position, text)
            if subject is None:
                position += used
                continue
            start, end = tokens[position][0], tokens[position + used - 1][1]
            if used == 1:
                end = start + len(tokens[position][2].rstrip(".:-"))
            pieces += [text[done:start], f"{OPEN}{len(subjects)}{CLOSE}"]
            subjects.append(subject)
            done = end
            position += used
        return "".join([*pieces, text[done:]]), subjects

    def read(self, said: str) -> Subject | None:
        """Return the subject that is all of `said`, or None."""
        encoded, subjects = self.encode(said.strip(" :.-"))
        return subjects[0] if encoded == f"{OPEN}0{CLOSE}" else None

    def _at(self, tokens: list[tuple[int, int, str]], position: int, text: str) -> tuple[Subject | None, int]:
        """Return the subject that begins at a token and the tokens it takes; or None and the tokens to pass."""
        token = tokens[position][2].rstrip(".:-")
        spaced = self._tag_with_blanks(text[tokens[position][0] :][:_TAG])
        if spaced:
            stop = tokens[position][0] + len(spaced)
            used = sum(start < stop for start, _, _ in tokens[position : position + _TAG])
            return _subject(spaced, tuple(self._by_name[spaced.lower()]), (), "", named=True), used
        named = self._named(token)
        if named is not None:
            return named, 1
        span = 1
        if not self._is_word(token):
            return None, span
        while (
            position + span < len(tokens)
            and span < 12
            and self._is_word(tokens[position + span][2].rstrip(".:-"))
            and text[tokens[position + span - 1][1] : tokens[position + span][0]] in (" ", "-")
            and tokens[position + span - 1][2][-1:] not in ".:"
            and self._named(tokens[position + span][2].rstrip(".:-")) is None
        ):
            span += 1
        said = [each[2].rstrip(".:-") for each in tokens[position : position + span]]
        if position + span < len(tokens) and tokens[position + span][2].lower() in _COUNTED:
            return None, span  # "gradient updates" are no gradient
        if _OWNER.match(text[tokens[position + span - 1][1] :][:40]):
            return _unclear(" ".join(said)), span  # "the gradient of the encoder": not of what the words before name
        lead = 0
        while lead < len(said) - 1 and said[lead].lower() in _STATISTICS:
            lead += 1
        tail = len(said)
        while tail > lead + 1 and said[tail - 1].lower() in _STATISTICS:
            tail -= 1
        if lead > 1:
            return _unclear(" ".join(said)), span  # "average max Q"
        bare = self._read(" ".join(said[lead:tail]))
        if lead == 0 and tail == len(said):
            return (bare, span) if bare is not None else (None, span)
        whole = self._read(" ".join(said))
        if whole is not None and _is_statistic(whole, said[0] if lead else said[-1]):
            return whole, span  # "mean Q" is what `q_mean` holds, not the mean of its points
        if bare is None:
            return whole, span
        if lead:
            if whole is not None and whole.signals and set(whole.signals) != set(bare.signals):
                return _unclear(" ".join(said)), span
            return None, lead
        if whole is not None and whole.signals and set(whole.signals) != set(bare.signals):
            return _unclear(" ".join(said)), span
        return bare, tail

    def _is_word(self, token: str) -> bool:
        return all(part in self._vocabulary for part in re.split(r"[-]", token.lower()))

    def _named(self, token: str) -> Subject | None:
        """Return the subject of a name as programs write it: a tag, its last parts, a configuration key."""
        name = token.lower()
        written = "_" in name or "/" in name
        if not written and not (name in self._settings and name not in _METRIC_WORDS):
            return None
        signals = tuple(self._by_name.get(name, ()))
        settings = tuple(self._settings.get(name, ()))
        exact = tuple(signal for signal in signals if signal.tag.lower() == name)
        if signals or settings:
            return _subject(token, exact or signals, settings, self._fact(name), named=True)
        return None

    def _tag_with_blanks(self, text: str) -> str:
        """Return the tag that the text begins with, or nothing. Only tags with blanks have to be looked for."""
        lower = text.lower()
        found = next((tag for tag in self._spaced if lower.startswith(tag)), "")
        return "" if lower[len(found) : len(found) + 1].isalnum() else text[: len(found)]

    def _fact(self, said: str) -> str:
        name = said.replace(" ", "_")
        return name if name in self.signals.facts and name not in ("updates", "env_steps", "last_step") else ""

    def _resolve(self, text: str) -> Subject | None:
        """Return the subject that words describe; without signals where they fit none or several."""
        said = " ".join(_said(text).split()[:_WORDS_MOST])
        said = _ALIASES.get(said, said)
        literal = list(self._by_words.get(said, ())) if said in self._settings or said not in _COMMON else []
        settings = tuple(self._settings.get(said, ()))
        spoken = said.split()
        if any(word in _ALTERING for word in spoken) or not (literal or settings or set(spoken) & _HEADS):
            return _subject(text, tuple(literal), settings, self._fact(said)) if literal or settings else None
        plural = any(word in ("metrics", "norms", "gradients", "losses", "values") for word in text.lower().split())
        found = {id(signal): signal for signal in [*literal, *self._by_meaning(said)]}
        return _subject(text, tuple(found.values()), settings, self._fact(said), plural=plural)

    def _by_meaning(self, said: str) -> list[Signal]:
        spoken = [word for word in said.split() if word not in _EMPTY]
        if len(spoken) > 1 and spoken[-1] in ("value", "values"):
            spoken.pop()
        if not _METRIC_WORDS.issuperset(spoken):
            return []  # a word that is not understood may change everything
        if spoken and spoken[-1] in ("gradient", "gradients", "grad", "grads"):
            spoken.append("norm")
        meaning, fields = vocabulary().claim(" ".join(spoken))
        quantities = {meaning.quantity} - {Quantity.OTHER}
        if (
            meaning.quantity in (Quantity.REWARD, Quantity.EPISODIC_RETURN)
            and "reward" in said
            and "episod" not in said
        ):
            quantities |= {Quantity.REWARD, Quantity.EPISODIC_RETURN}  # people say "reward" for both
        return [
            signal
            for signal in self.signals.signals
            if len(signal)
            and signal.meaning.quantity in quantities
            and (signal.meaning.module == meaning.module or fields.isdisjoint({"network", "module"}))
            and ("role" in fields or signal.meaning.role is not Role.TARGET)
            and all(_agrees(meaning, signal.meaning, name) for name in fields - {"quantity", "axis"})
        ]


def _agrees(said: Meaning, meant: Meaning, name: str) -> bool:
    return bool(getattr(said, name) == getattr(meant, name)) or (
        name == "role" and said.quantity != meant.quantity and said.role not in (Role.EVALUATION, Role.VALIDATION)
    )


def _subject(
    said: str,
    signals: tuple[Signal, ...],
    settings: tuple[ConfigFact, ...],
    fact: str,
    *,
    plural: bool = False,
    named: bool = False,
) -> Subject:
    alike = {_identity(signal.meaning) + ((_said(signal.tag.split("/")[-1]),) if named else ()) for signal in signals}
    return Subject(
        said=said,
        signals=signals,
        settings=settings,
        fact=fact,
        certain=len(alike) == 1,
        universal=plural and len(alike) > 1,
        named=named,
    )


def _identity(meaning: Meaning) -> tuple[object, ...]:
    return (
        meaning.quantity, meaning.network, meaning.module, meaning.role, meaning.statistic, meaning.member,
        meaning.name, meaning.clip_stage,
    )  # fmt: skip


def _is_statistic(subject: Subject, word: str) -> bool:
    """Whether the series hold a statistic by this name, such as the mean over a batch."""
    name = {"average": "mean", "avg": "mean", "maximum": "max", "minimum": "min"}.get(word.lower(), word.lower())
    return bool(subject.signals) and all(signal.meaning.statistic == name for signal in subject.signals)


def _unclear(said: str) -> Subject:
    return Subject(said=said)


def _said(name: str) -> str:
    """Return a name as words in the singular: "Actor CNN gradients" and "actor_cnn_gradient" are the same."""
    return " ".join(word for word in words(name).split())
