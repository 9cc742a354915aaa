"""What people do with rulebooks from the command line: check, read, compare and try them."""

import json
from pathlib import Path
from typing import Annotated, Final

import typer

from services.eligibility.cli.options import AsJson, PackOption, open_service
from services.eligibility.cli.rulebook_print import print_tables, print_tried
from services.eligibility.differences.rulebook_diff import difference
from services.eligibility.differences.words import sentences
from services.eligibility.rulebooks.named import IN_FORCE, policy_named
from services.eligibility.rulebooks.proving import proved
from services.eligibility.rulebooks.rulebook import RulebookRefused
from services.eligibility.rulebooks.told import (
    combination_total,
    told_check,
    told_difference,
    told_refused,
    told_table,
    told_tried,
)
from services.eligibility.service import read_policies
from services.eligibility.trials.examples import ExamplesTried, tried
from services.eligibility.trials.examples_yaml import examples_beside, read_examples
from services.eligibility.verdicts.policy import Policy
from shared.clock import SystemClock
from shared.errors import FileRefused, FosterframeError
from shared.framework.framework import Framework
from shared.framework.pack import load_framework
from shared.settings import settings_from

rulebook: Final = typer.Typer(help="The councils' policy.", no_args_is_help=True)

_File = Annotated[Path, typer.Argument(help="The rulebook's YAML file.")]
_Examples = Annotated[
    Path | None,
    typer.Option(help="Its examples; if none, RULEBOOK-examples.yaml beside RULEBOOK.yaml."),
]
_WHICH: Final = f"A file; {IN_FORCE}; or the version or digest of a rulebook that was activated."


@rulebook.command("check")
def check(
    file: _File, *, examples: _Examples = None, pack: PackOption = None, as_json: AsJson = False
) -> None:
    """Read and prove a rulebook, and try its examples if it has any. Nothing is activated.

    Says each fault with its file and line. Exit code 1: the rulebook is not sound.
    """
    framework = _framework(pack)
    try:
        policy = proved(file, framework)
        examples_file = examples or examples_beside(file)
        is_tried = examples is not None or examples_file.is_file()
        found = _tried(policy, examples_file, framework) if is_tried else None
    except (FileRefused, RulebookRefused) as refused:
        if not as_json:
            raise
        _print_json(told_refused(str(refused).splitlines()))
        raise typer.Exit(1) from None
    if as_json:
        _print_json(told_check(policy, found))
        return
    told = policy.rulebook
    until = f" until {told.in_force.end}" if told.in_force.end else ""
    typer.echo(
        f"Rulebook {told} is sound: {len(policy.tables)} criteria, "
        f"{combination_total(policy.tables)} combinations of facts judged, {len(told.never)} "
        f"promises proved. Once activated it holds from {told.in_force.start}{until}."
    )
    if found is None:
        typer.echo(f"It has no examples, which it needs to be activated: {examples_file}")
    else:
        print_tried(found, examples_file)


@rulebook.command("table")
def table(
    criterion: Annotated[str | None, typer.Argument(help="One criterion; all if none.")] = None,
    *,
    of: Annotated[str, typer.Option("--rulebook", help=_WHICH)] = IN_FORCE,
    every: Annotated[bool, typer.Option(help="Print each combination of facts.")] = False,
    pack: PackOption = None,
    as_json: AsJson = False,
) -> None:
    """Print what a criterion says, with its texts and its source.

    Combinations of facts that come to the same are told in one line; --every prints each. With
    --pack, the rulebook of that pack is meant which holds today.
    """
    policy = _meant(of, pack)
    tables = [each for each in policy.tables if criterion in {None, each.criterion.id}]
    if not tables:
        known = ", ".join(each.criterion.id for each in policy.tables)
        raise FosterframeError(f"Rulebook {policy.rulebook} has only the criteria {known}.")
    sources = policy.rulebook.sources
    if as_json:
        told = [told_table(each, sources, every=every) for each in tables]
        _print_json({"rulebook": str(policy.rulebook), "tables": told})
        return
    print_tables(tables, sources, every=every)


@rulebook.command("diff")
def diff(
    old: Annotated[str, typer.Argument(help=_WHICH)],
    new: Annotated[str, typer.Argument(help=_WHICH)],
    *,
    pack: PackOption = None,
    as_json: AsJson = False,
) -> None:
    """Say in English what a new rulebook changes: for which facts, and for an agency as a whole.

    Exit code 0, whether anything changes or not.
    """
    framework = _framework(pack)
    found = difference(
        policy_named(old, framework, open_service), policy_named(new, framework, open_service)
    )
    if as_json:
        _print_json(told_difference(found))
        return
    for sentence in sentences(found):
        typer.echo(sentence)


@rulebook.command("test")
def try_examples(
    file: _File, *, examples: _Examples = None, pack: PackOption = None, as_json: AsJson = False
) -> None:
    """Try the examples of a rulebook, and say which verdicts no example expects.

    Exit code 1: an example fails, or a verdict has none; such a rulebook is not activated.
    """
    framework = _framework(pack)
    examples_file = examples or examples_beside(file)
    found = _tried(proved(file, framework), examples_file, framework)
    if as_json:
        _print_json({"file": str(examples_file), **told_tried(found)})
    else:
        print_tried(found, examples_file)
    if not found.is_complete:
        raise typer.Exit(1)


def _framework(pack: Path | None) -> Framework:
    return load_framework(pack or settings_from().framework)


def _tried(policy: Policy, examples: Path, framework: Framework) -> ExamplesTried:
    cases = read_examples(examples, policy.rulebook, framework.age_bands)
    return tried(policy.tables, cases)


def _meant(of: str, pack: Path | None) -> Policy:
    framework = _framework(pack)
    if pack is not None and of == IN_FORCE:
        return read_policies(pack, framework).on(SystemClock().today())
    return policy_named(of, framework, open_service)


def _print_json(told: object) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False))
