"""What the law, the protocol and the partners decided, as dated and sourced data. Pure: no database, no clock."""
