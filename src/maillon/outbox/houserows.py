"""Migration operations for tables whose rows belong to a house: row security, composite keys, grants.

Row security is the second wall behind the permission matrix. `maillon_house()` raises when no house is set, so that
a forgotten `acting` is an error and never an empty answer. The sub-select makes it one evaluation per statement.
"""

from collections.abc import Sequence

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

HOUSE_FUNCTION = """
CREATE OR REPLACE FUNCTION maillon_house() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE house text := current_setting('maillon.house', true);
BEGIN
  IF house IS NULL OR house = '' THEN
    RAISE EXCEPTION 'no house is set for this transaction' USING ERRCODE = 'insufficient_privilege',
      HINT = 'Open the transaction with outbox.acting.';
  END IF;
  RETURN house;
END $$
"""


CLEARANCE_FUNCTION = """
CREATE OR REPLACE FUNCTION maillon_cleared() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT string_to_array(coalesce(current_setting('maillon.clearances', true), ''), ',')
$$
"""
"""The clearances of whoever acts; `*` alone stands for the program itself, which sees every row and shows none."""

OF_THE_HOUSE = "house = (SELECT maillon_house())"


class HouseTable(Operation):
    """Close `table` to all but the house that the transaction acts in, and tie it to its house's other rows.

    `refs` are (column, referenced table, referenced column) triples, each becoming the key (house, column).
    `states` are the values that column `state` may hold. `verbs` are what the program's role may do.
    """

    reversible = True

    def __init__(
        self,
        table: str,
        *,
        refs: Sequence[tuple[str, str, str]] = (),
        states: Sequence[str] = (),
        verbs: Sequence[str] = ("SELECT", "INSERT", "UPDATE"),
    ) -> None:
        self.table, self.refs, self.states, self.verbs = table, tuple(refs), tuple(states), tuple(verbs)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        table, role = self.table, settings.PROGRAM_ROLE
        statements = [
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'CREATE POLICY "{table}_house" ON "{table}" USING ({OF_THE_HOUSE}) WITH CHECK ({OF_THE_HOUSE})',
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_house_known" '
            "CHECK (house IN ('hotline', 'authority', 'care'))",
            f'GRANT {", ".join(self.verbs)} ON "{table}" TO "{role}"',
        ]
        statements += [
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_house" '
            f'FOREIGN KEY (house, {column}) REFERENCES "{target}" (house, {key})'
            for column, target, key in self.refs
        ]
        if self.states:
            values = ", ".join(f"'{s}'" for s in self.states)
            statements.append(f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_state" CHECK (state IN ({values}))')
        for statement in statements:
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        names = [f"{self.table}_house_known", *(f"{self.table}_{c}_house" for c, _, _ in self.refs)]
        names += [f"{self.table}_state"] if self.states else []
        for name in names:
            schema_editor.execute(f'ALTER TABLE "{self.table}" DROP CONSTRAINT IF EXISTS "{name}"', params=None)
        schema_editor.execute(f'DROP POLICY IF EXISTS "{self.table}_house" ON "{self.table}"', params=None)

    def describe(self) -> str:
        return f"Close {self.table} to other houses"


class States(Operation):
    """From now on column `state` of `table` may hold `states` and nothing else; `before` is what it held so far."""

    reversible = True

    def __init__(self, table: str, states: Sequence[str], *, before: Sequence[str]) -> None:
        self.table, self.states, self.before = table, tuple(states), tuple(before)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._hold(schema_editor, self.states)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._hold(schema_editor, self.before)

    def _hold(self, schema_editor: BaseDatabaseSchemaEditor, states: Sequence[str]) -> None:
        values = ", ".join(f"'{s}'" for s in states)
        schema_editor.execute(f'ALTER TABLE "{self.table}" DROP CONSTRAINT "{self.table}_state"', params=None)
        schema_editor.execute(
            f'ALTER TABLE "{self.table}" ADD CONSTRAINT "{self.table}_state" CHECK (state IN ({values}))', params=None
        )

    def describe(self) -> str:
        return f"Name the states of {self.table}"


class HideUncleared(Operation):
    """Show a row of `table` only to those who hold every clearance in its column `demands`. The table has a house."""

    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        schema_editor.execute(CLEARANCE_FUNCTION, params=None)
        cleared = "demands = '{}' OR demands <@ (SELECT maillon_cleared()) OR (SELECT maillon_cleared() = ARRAY['*'])"
        self._replace(schema_editor, f"{OF_THE_HOUSE} AND ({cleared})")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._replace(schema_editor, OF_THE_HOUSE)

    def _replace(self, schema_editor: BaseDatabaseSchemaEditor, shown: str) -> None:
        policy = f'"{self.table}_house" ON "{self.table}"'
        schema_editor.execute(f"DROP POLICY {policy}", params=None)
        schema_editor.execute(
            f"CREATE POLICY {policy} USING ({shown}) WITH CHECK ({OF_THE_HOUSE})",
            params=None,
        )

    def describe(self) -> str:
        return f"Hide rows of {self.table} from the uncleared"


class Grant(Operation):
    """Let the program's role use a table that has no house (listed in `outbox/houseless.py`)."""

    reversible = True

    def __init__(self, *tables: str, verbs: Sequence[str] = ("SELECT", "INSERT", "UPDATE", "DELETE")) -> None:
        self.tables, self.verbs = tables, tuple(verbs)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for table in self.tables:
            verbs = ", ".join(self.verbs)
            schema_editor.execute(f'GRANT {verbs} ON "{table}" TO "{settings.PROGRAM_ROLE}"', params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for table in self.tables:
            schema_editor.execute(f'REVOKE ALL ON "{table}" FROM "{settings.PROGRAM_ROLE}"', params=None)

    def describe(self) -> str:
        return f"Grant {', '.join(self.tables)} to the program"
