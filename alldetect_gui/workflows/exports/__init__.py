"""Use case: one run as a table, a workbook, a report or JSON, each with a manifest from which it can be repeated."""
