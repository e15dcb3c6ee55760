"""The synthetic location source: one MMDB file that says where the documentation ranges stand.

Record of a block: `{"registry": code, "dbip": code, "asn": int, "network": name, "cdn": bool}`. A key is
left out where the source it stands for says nothing.
"""

from pathlib import Path

from mmdb_writer import MMDBWriter
from netaddr import IPSet

from maillon.demo.networks import BLOCKS, Block

DATABASE_TYPE = "Maillon-Demo-Overlay"


def record(block: Block) -> dict[str, str | int | bool]:
    """What the overlay says of every address of a block."""
    said: dict[str, str | int | bool] = {
        "asn": block.network.asn,
        "network": block.network.name,
        "cdn": block.cdn,
    }
    if block.registry:
        said["registry"] = block.registry
    if block.dbip:
        said["dbip"] = block.dbip
    return said


def write(path: Path) -> Path:
    """Write the overlay to `path`, whole or not at all, and answer the path."""
    writer = MMDBWriter(ip_version=6, database_type=DATABASE_TYPE, description="Fictitious", ipv4_compatible=True)
    for block in BLOCKS:
        writer.insert_network(IPSet([str(block.v4), str(block.v6)]), record(block))
    unfinished = path.with_name(path.name + ".part")
    writer.to_db_file(str(unfinished))
    return unfinished.replace(path)
