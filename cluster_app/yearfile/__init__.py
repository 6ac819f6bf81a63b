"""The year file: one cluster-year in one file, in and out (docs/year-file.md).

``shapes`` says what is carried; ``schema``, ``dump``, ``compare``, ``check`` and ``load`` all follow that one table.
"""
