"""`maillon doctor`: what is wrong with this installation."""

import dataclasses
import json
import os

import click

from maillon.kernel.clock import SystemClock
from maillon.ops import embedded
from maillon.ops.declaring import open_to_operator
from maillon.ops.doctor import Finding, Level, Patient, diagnose
from maillon.ops.installation import current
from maillon.ops.options import as_json

MARKS = {
    Level.OK: ("ok     ", "green"),
    Level.WARNING: ("warning", "yellow"),
    Level.PROBLEM: ("PROBLEM", "red"),
}


@click.command
@click.option("--verbose", is_flag=True, help="Show what each finding rests on.")
@as_json
@open_to_operator("it looks at the installation, and shows no item and no report")
def command(verbose: bool, as_json: bool) -> int:
    """Say what is wrong with this installation (exit code 1: a problem)."""
    settings = current()
    if settings.embedded:
        embedded.ensure_running(settings.home)
    findings = diagnose(Patient(settings=settings, environ=os.environ, clock=SystemClock()))
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            show(finding, verbose)
    return int(any(finding.level is Level.PROBLEM for finding in findings))


def show(finding: Finding, verbose: bool) -> None:
    mark, colour = MARKS[finding.level]
    click.echo(f"{click.style(mark, fg=colour)}  {finding.sentence}")
    if verbose:
        for detail in finding.details:
            click.echo(f"           {detail}")
