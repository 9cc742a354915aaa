"""What is asked of rulebooks over HTTP: the files as they are written, and what is to be done."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.eligibility.api.examples import RULEBOOK, RULEBOOK_EXAMPLES
from services.eligibility.rulebooks.named import IN_FORCE
from services.eligibility.trials.examples_yaml import examples_beside
from shared.contracts.fields import Digest, Sentence

LARGEST_FILE: Final = 200_000
"""In characters; the sample rulebook has about 8,000."""

MOST_BESIDE: Final = 9
"""How many rulebooks may be put in force with another one."""

Text = Annotated[str, Field(min_length=1, max_length=LARGEST_FILE)]
"""A file, as it is written."""

Which = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LARGEST_FILE,
        description=f"The YAML of a rulebook; or `{IN_FORCE}`, the one in force today; or the "
        "digest of one that is kept.",
    ),
]
"""A rulebook that is written down or known."""


class _Body(BaseModel):
    """A body of a request: strict, unchangeable, and no field beside those named."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _such_as(**told: Any) -> ConfigDict:  # noqa: ANN401 - any JSON
    return ConfigDict(json_schema_extra={"examples": [told]})


class RulebookText(_Body):
    """A rulebook, and the examples that stand beside it, each as its file has it.

    Args:
        rulebook: the YAML of the rulebook.
        examples: the YAML of its examples.
    """

    model_config = _such_as(rulebook=RULEBOOK, examples=RULEBOOK_EXAMPLES)

    rulebook: Text
    examples: Text | None = None

    @contextmanager
    def as_files(self, named: str = "rulebook") -> Iterator[Path]:
        """Give the path of the rulebook, with the examples beside it, while they are read."""
        with TemporaryDirectory(prefix="fosterframe-rulebook-") as folder:
            path = Path(folder) / f"{named}.yaml"
            path.write_text(self.rulebook, encoding="utf-8")
            if self.examples is not None:
                examples_beside(path).write_text(self.examples, encoding="utf-8")
            yield path


class RulebookPair(_Body):
    """Two rulebooks to compare."""

    model_config = _such_as(old=IN_FORCE, new=RULEBOOK)

    new: Which
    old: Which = IN_FORCE


class SimulationAsked(_Body):
    """A rulebook to try on what was decided since a day, and with what it is compared.

    Args:
        against: what was decided then, if none.
    """

    model_config = _such_as(rulebook=RULEBOOK, since="2026-01-01", against=IN_FORCE)

    rulebook: Which
    since: Annotated[date, Field(strict=False)]
    against: Which | None = None


class ActivationAsked(RulebookText):
    """A rulebook to put in force, or in shadow, and why.

    Args:
        beside: others that are put in force with it: all of them, or none.
    """

    model_config = _such_as(
        rulebook=RULEBOOK,
        examples=RULEBOOK_EXAMPLES,
        reason="Record of decision 29/00012",
        **{"as": "in_force"},
    )

    reason: Sentence
    beside: Annotated[list[RulebookText], Field(max_length=MOST_BESIDE)] = []
    wanted: Annotated[Literal["in_force", "shadow"], Field(alias="as")] = "in_force"


class WithdrawalAsked(_Body):
    """A rulebook to take back before its first day, by its digest, and why."""

    model_config = _such_as(
        rulebook="74ff1e120f1ea8b4104c22a341489cc4b4b69bdecb040992a676f494c769fc3c",
        reason="Record of decision 29/00019",
    )

    rulebook: Digest
    reason: Sentence


class ShadowEnd(_Body):
    """Why a trial is ended."""

    model_config = _such_as(reason="The trial is over")

    reason: Sentence
