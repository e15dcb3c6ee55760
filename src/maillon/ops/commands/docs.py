"""`maillon docs`: write the generated pages of docs/."""

import click

from maillon.kernel.errors import BadInput
from maillon.ops import docs
from maillon.ops.declaring import open_to_operator


@click.command
@click.option("--check", is_flag=True, help="Write nothing; fail where a page is not what the code says.")
@open_to_operator("it draws pages from the code, and reads no house")
def command(check: bool) -> None:
    """Write the generated pages of docs/."""
    if check and (old := docs.stale()):
        raise BadInput(f"These pages differ from the code: {', '.join(old)}; run maillon docs.")
    if not check:
        for name in docs.write():
            click.echo(f"wrote docs/{name}")
