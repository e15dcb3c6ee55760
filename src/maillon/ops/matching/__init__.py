"""What `maillon match` and `maillon index` do, without database and Django: on a machine that has neither, too."""
