"""`maillon match --engine ray`: hashes asked of an index whose parts stand in the processes of a Ray cluster.

Ray tells a cluster the command line and the folder of whoever asks it, which may name what is looked at. So a process
of its own does the asking (`process.py`), which is given hashes, and the index of this machine, and nothing else.
"""
