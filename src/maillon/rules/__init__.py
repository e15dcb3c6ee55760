"""What law, protocol and partners decided, as dated and sourced data. Pure: no database, no clock."""
