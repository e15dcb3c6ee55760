"""The command `maillon`. Each subcommand is a module of `ops/commands`, imported only when it is called."""

import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

import click

from maillon.kernel.errors import MaillonError
from maillon.ops import commands
from maillon.ops.declaring import refuse_silent

# These need no Django; every other command's module may import models.
PLAIN = frozenset({"index", "match", "settings", "stop"})


class Commands(click.Group):
    """The modules of `ops/commands` as subcommands; `import_.py` is `import`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(found.name.rstrip("_").replace("_", "-") for found in iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        if cmd_name not in PLAIN:
            # By name: Django costs half a second, which `maillon stop` need not pay.
            import_module("maillon.ops.installation").load_django()
        module = cmd_name.replace("-", "_")
        if module not in {found.name for found in iter_modules(commands.__path__)}:
            module += "_"
        found: click.Command = import_module(f"{commands.__name__}.{module}").command
        refuse_silent(cmd_name, found)
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="maillon")
def maillon() -> None:
    """From a citizen's report to the page offline, the victim helped and the law judged on evidence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. A user's mistake is one line on stderr, never a traceback."""
    try:
        result = maillon.main(args=arguments, prog_name="maillon", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as asked:
        print(asked.format_message())
        return 2
    except click.ClickException as mistake:
        context = getattr(mistake, "ctx", None)
        path = context.command_path if context else "maillon"
        return refuse(f"{mistake.format_message()} ({path} --help says more)", mistake.exit_code)
    except MaillonError as refusal:
        return refuse(str(refusal), 1)
    except (click.Abort, KeyboardInterrupt):
        return 130
    except Exception as error:
        if not database_is_away(error):
            raise
        return refuse(f"The database does not answer: {str(error).strip()}", 1)
    return result if isinstance(result, int) else 0


def refuse(sentence: str, code: int) -> int:
    print("maillon:", " ".join(sentence.split()), file=sys.stderr)
    return code


def database_is_away(error: Exception) -> bool:
    """Whether the database could not be reached; told by name, to import no driver for it."""
    kind = type(error)
    return kind.__name__ == "OperationalError" and kind.__module__.split(".")[0] in ("django", "psycopg")


if __name__ == "__main__":
    sys.exit(main())
