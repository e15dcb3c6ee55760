"""A backup is a file that nobody else reads."""

import stat
from pathlib import Path

from django.conf import settings

from maillon.ops.backup import back_up
from tests.factories.world import World


def test_a_backup_is_its_owners_alone_whatever_lay_where_it_is_written(world: World, tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "house.backup", tmp_path / "elsewhere"
    elsewhere.touch(mode=0o666)
    (tmp_path / ".house.backup.part").symlink_to(elsewhere)
    assert back_up(settings.MAILLON, file) == file.stat().st_size
    assert (stat.S_IMODE(file.lstat().st_mode), stat.S_ISREG(file.lstat().st_mode)) == (0o600, True)
    assert elsewhere.stat().st_size == 0
