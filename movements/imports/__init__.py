"""Activities with their contributions as a table: exported, filled in with Excel, read back, compared, taken over.

One row is one contribution with the columns of its activity repeated; an activity without any is one row. Rows of one
activity share its key. ``columns`` says what the table holds, ``values`` what its cells mean, ``layout`` how recorded
ones are written into it, ``plan`` what a file would change, ``write`` changes it.
"""
