"""Criteria tables and score sheets as Excel files: written, filled in, read back, compared, taken over once.

``table_*`` is the criteria table, ``sheet_*`` the score sheet of one agency. In both ``columns`` says what the file
holds, ``out`` writes it, ``read`` understands what came back, ``plan`` compares it with what is recorded, ``write``
changes it. Words in the files stay Vietnamese in every language: a file that is filled in here must be read there.
"""
