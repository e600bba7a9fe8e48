"""Rival explanations of why the event did not come, each as a change of setting or structure.

A hypothesis has up to two versions: the world without what it names, and the world with more of it.
A version is a reading of a factor, or changes of its own, or another decision-maker.
"""

from __future__ import annotations

from pydantic import Field, model_validator

from jukushi.case.schema import (
    Change,
    Confidence,
    DeciderName,
    Identifier,
    Model,
    Sentence,
    Status,
    Words,
    _fault,
)

__all__ = ["HypothesesFile", "Hypothesis", "Version"]


class Version(Model):
    """The world without what a hypothesis names, or with more of it.

    Attributes
    ----------
    reading : str, optional
        Of the hypothesis' factor; all else is then the factor's.
    title, leaves : Words, optional
        What changes; what that leaves inconsistent or unchanged.
    changes : list of Change
    decision_maker : str, optional
        Who decides for the hunter, if not whom the hypothesis names.
    """

    reading: Identifier | None = None
    title: Words | None = None
    leaves: Words | None = None
    changes: list[Change] = Field(default_factory=list)
    decision_maker: DeciderName | None = None

    @model_validator(mode="after")
    def _one(self) -> Version:
        own = bool(self.changes or self.decision_maker)
        if (self.reading is not None) == own:
            raise ValueError("a version is a reading of the factor, or changes of its own")
        if own and (self.title is None or self.leaves is None):
            raise _fault("title", "a version of its own says its title and what it leaves")
        return self


class Hypothesis(Model):
    """One explanation, who holds it, and its versions.

    Attributes
    ----------
    factor : str, optional
        The factor of a "why" that it is.
    decision_maker : str, optional
        Who decides for the hunter in its worlds; the documented doctrine, if none is named.
    absent, stronger : Version, optional
    as_written : Words, optional
        Why the case as written stands for one of the two that is not there.
    """

    id: Identifier
    title: Words
    held_by: Sentence
    denied_by: Sentence | None = None
    status: Status
    source: Sentence
    confidence: Confidence
    factor: Identifier | None = None
    decision_maker: DeciderName | None = None
    absent: Version | None = None
    stronger: Version | None = None
    as_written: Words | None = None

    @model_validator(mode="after")
    def _whole(self) -> Hypothesis:
        versions = [item for item in (self.absent, self.stronger) if item is not None]
        if not versions:
            raise _fault(
                "absent", "a hypothesis has a version without it, with more of it, or both"
            )
        if len(versions) < 2 and self.as_written is None:
            raise _fault("absent", "a hypothesis with one version says why in `as_written`")
        if self.factor is None and any(item.reading for item in versions):
            raise _fault("factor", "a reading needs its factor")
        return self


class HypothesesFile(Model):
    """``hypotheses.yaml``"""

    hypotheses: list[Hypothesis] = Field(default_factory=list)
